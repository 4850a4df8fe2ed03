"""The command line's words and what they do: every screen's use case, and the vendor's daily runs, for scripts."""
