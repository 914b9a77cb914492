"""Motion from conditions: what the avatar does with its head and face."""
