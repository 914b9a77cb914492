"""From a photo to an avatar bundle, without a hand on it."""
