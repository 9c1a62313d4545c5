"""Town counters, weeks and slots."""
