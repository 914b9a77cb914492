"""Training what sees faces: pictures of synthetic people in, networks for `avatar.tracking` out."""
