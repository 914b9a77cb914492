"""People who do not exist: drawn characters to ship and, from them, pictures to learn from."""
