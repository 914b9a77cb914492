"""Voices: text in, samples and the times of phones and words out.

Read `base` first. This package imports nothing, because worker processes start through it.
"""
