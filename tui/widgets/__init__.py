"""Pieces screens are built of."""
