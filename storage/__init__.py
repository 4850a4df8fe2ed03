"""Where records live: one contract, several backends."""
