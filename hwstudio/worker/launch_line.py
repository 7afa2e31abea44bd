"""How this worker starts another process of itself, with one word for its part."""

from __future__ import annotations

import sys


def own_command(word: str) -> list[str]:
    """Return the command line this process was started with, and a word that says what to be."""
    return [sys.executable, *sys.orig_argv[1:], word]


def rank_command() -> list[str]:
    """Return the command line of one rank."""
    return own_command("rank")
