"""What people say in synthetic conversations: a table of sentences for each language."""
