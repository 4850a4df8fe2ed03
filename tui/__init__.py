"""Ways in: the app, its keys and look, and the command line."""
