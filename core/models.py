"""Tables that every domain uses."""
