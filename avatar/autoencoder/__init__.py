"""The motion auto-encoder (Avatar Forcing, section 3.1): an image is an identity plus a motion."""
