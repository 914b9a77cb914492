"""Weights of others, read into our own modules."""
