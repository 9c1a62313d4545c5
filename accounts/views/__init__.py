"""Screens of the door, of one's own account, and of an organisation's administrator."""
