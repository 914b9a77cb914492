"""Pictures from motion: the avatar bundle and the portrait warp renderer."""
