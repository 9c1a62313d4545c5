"""One function for each thing a person does with a date or a booking (one file a subject)."""
