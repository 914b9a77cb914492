"""Conversations that nobody had: from a seed to two people who react to each other."""
