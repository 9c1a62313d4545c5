"""One function for each thing a person does with an account (one file a subject)."""
