"""The demonstration playing itself, with captions."""
