"""Tests with a real server and clients that share no code with it. They take real time."""

from pathlib import Path

ROOT = Path(__file__).parents[3]
