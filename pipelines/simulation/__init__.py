"""Synthetic visitors, for measurements."""
