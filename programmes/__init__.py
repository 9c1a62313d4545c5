"""Integration programmes published and searched."""
