"""Uploads: one gate that judges by content (`gate`), and one door out (`serve`)."""
