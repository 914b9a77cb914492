"""Who speaks, and when: the floor of a conversation."""
