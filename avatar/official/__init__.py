"""The generator of the official checkpoints, live: what it hears, and what keeps a face itself."""
