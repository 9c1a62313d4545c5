"""Documents: letters that the worker sets as tagged PDFs (docs/adr/0004)."""
