"""Language models as pipecat LLM services."""
