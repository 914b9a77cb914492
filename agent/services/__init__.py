"""Speech parts as pipecat services."""
