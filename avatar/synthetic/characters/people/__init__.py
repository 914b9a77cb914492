"""The people who can be drawn: a table of numbers each."""
