"""Applications: what is put together from the parts, and the command line."""
