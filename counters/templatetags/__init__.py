"""Template tags of counters."""
