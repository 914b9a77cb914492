"""What an embedded receptionist knows: answers from a folder of pages, without any model."""
