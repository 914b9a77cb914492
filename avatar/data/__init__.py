"""Conversations to learn from and to measure by: clips of two parties, and where they are kept."""
