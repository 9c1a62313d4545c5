"""Documents: pages of HTML rendered to tagged PDFs by the worker (DESIGN §6)."""
