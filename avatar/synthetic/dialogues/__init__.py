"""Conversations that nobody had: from a seed to a `DyadicClip` of two people who react to each other."""
