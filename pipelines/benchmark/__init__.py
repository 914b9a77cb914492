"""Measuring speed fairly."""
