"""Screens of agents, managers and the operator."""
