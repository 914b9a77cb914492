"""Comparing motion generators on conversations that none of them has met."""
