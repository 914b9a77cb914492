"""What goes wrong with a knowledge folder as a whole."""

from avatar.errors import VisavisError


class KnowledgeError(VisavisError):
    """A knowledge folder holds nothing that could be answered from."""
