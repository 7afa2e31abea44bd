"""How this worker starts another process of itself: a rank of a distributed run."""

from __future__ import annotations

import sys


def rank_command() -> list[str]:
    """Return the command line of one rank: the one this process was started with, and a word."""
    return [sys.executable, *sys.orig_argv[1:], "rank"]
