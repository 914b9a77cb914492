"""Voices as pipecat TTS services."""
