"""Support services apply for families under a power of attorney."""
