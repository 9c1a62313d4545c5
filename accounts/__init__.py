"""Tenants, organisations, people, roles and signing in."""
