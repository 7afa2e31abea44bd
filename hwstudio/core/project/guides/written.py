"""Writes a guide's table to a file the user named."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.base.errors import HostError


def write_text(file: Path, text: str) -> None:
    """Write a text as UTF-8, lines as they are.

    Raises:
        HostError: the file cannot be written.
    """
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise HostError(
            f"{file} cannot be written",
            error.strerror or str(error),
            "Choose a folder you may write to",
        ) from error
