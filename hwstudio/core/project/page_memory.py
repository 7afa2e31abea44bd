"""Texts a page remembers between runs: fields and choices, by part, in one small file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from hwstudio.core.base.errors import HostError


class PageMemory:
    """Reads once, writes whole or not at all. A damaged file is as good as none."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._parts = _read(file)

    def texts(self, part: str) -> dict[str, str]:
        """Return the texts kept for a part of the page, by field."""
        return dict(self._parts.get(part, {}))

    def keep(self, part: str, texts: Mapping[str, str]) -> None:
        """Keep texts for a part in place of the last ones.

        Raises:
            HostError: the file cannot be written.
        """
        if self._parts.get(part) == dict(texts):
            return
        self._parts[part] = dict(texts)
        spare = self._file.with_suffix(".part")
        try:
            spare.write_text(json.dumps(self._parts, indent=1, sort_keys=True), "utf-8")
            spare.replace(self._file)
        except OSError as error:
            raise HostError(
                "What you typed could not be kept",
                error.strerror or str(error),
                f"Check {self._file.parent}",
            ) from error


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        found = json.loads(file.read_text("utf-8"))
        return {
            str(part): {str(name): str(text) for name, text in texts.items()}
            for part, texts in found.items()
        }
    except (OSError, ValueError, AttributeError, RecursionError):
        return {}
