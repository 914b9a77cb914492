"""Training a motion auto-encoder: albums of people in motion in, networks for a renderer out."""
