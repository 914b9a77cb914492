"""Talking with a server from Python: sound of this machine, and what comes back."""
