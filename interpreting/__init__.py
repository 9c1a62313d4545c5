"""Interpreter requests from analysis to invoice."""
