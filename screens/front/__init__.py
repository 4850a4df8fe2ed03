"""Before signing in."""
