"""What people do with counters: one function each."""
