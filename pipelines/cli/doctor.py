"""`visavis doctor`: what this machine has, and what it would take to have more."""

import os
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import av
from platformdirs import user_cache_path
from rich.table import Table

from avatar.assets import shipped_avatars
from pipelines.catalogue import PARTS
from pipelines.cli.output import console

PACKAGES = ("numpy", "opencv-python-headless", "av", "torch", "pipecat-ai", "espeakng-loader")
ENCODERS = ("libx264", "aac")


def doctor() -> None:
    """Check this machine: parts, packages, encoders, and the cache."""
    parts = Table("part", "name", "what", "licence", "here", title="parts")
    for part in PARTS:
        reason = part.probe()
        here = "[green]yes[/green]" if reason is None else f"[yellow]no:[/yellow] {reason}"
        parts.add_row(part.kind, part.name, part.title, part.licence, here)
    console.print(parts)
    facts = Table("what", "value", title="machine", show_header=False)
    facts.add_row("python", sys.version.split()[0])
    facts.add_row("cores", str(os.cpu_count()))
    for package in PACKAGES:
        facts.add_row(package, _version(package))
    for encoder in ENCODERS:
        facts.add_row(f"encoder {encoder}", "yes" if encoder in av.codecs_available else "missing")
    cache = user_cache_path("visavis")
    facts.add_row("cache", f"{cache} ({'writable' if _writable(cache) else 'NOT writable'})")
    facts.add_row("avatars", ", ".join(shipped_avatars()))
    console.print(facts)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _writable(folder: Path) -> bool:
    """Whether the folder, or the nearest one that exists above it, can be written."""
    existing = next(parent for parent in (folder, *folder.parents) if parent.exists())
    return os.access(existing, os.W_OK)
