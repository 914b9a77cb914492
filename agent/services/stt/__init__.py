"""Speech to text without a network."""
