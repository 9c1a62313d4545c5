"""Screens of booking, a file for each kind of person: find inside the tenant, check, act."""
