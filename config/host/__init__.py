"""What whoever hosts Perron does: migrating, backing up, restoring, drilling, watching."""
