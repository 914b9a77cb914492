"""`visavis voices`: what the embedded voices are called."""

import typer

from avatar.voices.espeak import voice_names


def voices() -> None:
    """List the voices of espeak-ng; `+f1` to `+f5` and `+m1` to `+m8` vary any of them."""
    for name in voice_names():
        typer.echo(f"espeak:{name}")
