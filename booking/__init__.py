"""Advisory interviews: communes book, integration offices advise."""
