"""What kind of training log a file is, from its name and, where that says little, its first bytes.

Nothing is ever unpickled: a checkpoint or a pickle is simply no log.
"""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path

from hwstudio.core.monitor.curves.columns import best_step, number_of
from hwstudio.core.monitor.curves.event_log import HEADER_BYTES, header_length
from hwstudio.core.monitor.curves.json_lines import numbers_in
from hwstudio.core.monitor.curves.role import Role, guess_role
from hwstudio.core.monitor.curves.table import COMMENT, cells, separator_of

SNIFF_BYTES = 8192


class LogKind(StrEnum):
    """A format that can be followed; the words are shown to people."""

    EVENTS = "TensorBoard events"
    CSV = "CSV"
    JSON_LINES = "JSON lines"
    JSON = "JSON document"


def kind_by_name(name: str) -> LogKind | None:
    """Return the kind a name promises; for CSV and JSON the content has to agree."""
    low = name.lower()
    if "tfevents" in low:
        return None if low.endswith((".profile-empty", ".json", ".csv")) else LogKind.EVENTS
    if low.endswith((".csv", ".tsv")):
        return LogKind.CSV
    if low.endswith((".jsonl", ".ndjson", ".jsonlines")):
        return LogKind.JSON_LINES
    if low == "trainer_state.json":
        return LogKind.JSON
    return None


def kind_by_content(path: Path) -> LogKind | None:
    """Return what the first bytes of a file look like; None = no training log.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(SNIFF_BYTES)
    if len(data) >= HEADER_BYTES and header_length(data[:HEADER_BYTES]) is not None:
        return LogKind.EVENTS
    text = _text(data)
    if text is None:
        return None
    start = text.lstrip()[:1]
    if start == "{" and _has_json_line(text):
        return LogKind.JSON_LINES
    if start in ("{", "["):
        return LogKind.JSON if '"log_history"' in text or start == "[" else None
    return LogKind.CSV if _is_table(text) else None


def _text(data: bytes) -> str | None:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if b"\0" in data:
        return None
    return data.decode("utf-8-sig", errors="replace")


def _has_json_line(text: str) -> bool:
    """Say whether one of the first whole lines is an object with a number in it."""
    for line in text.splitlines()[:20]:
        try:
            document = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(document, dict) and any(True for _ in numbers_in(document)):
            return True
    return False


def _is_table(text: str) -> bool:
    """Say whether a text is a table that trains something: a step, or a name with a role."""
    lines = [line for line in text.splitlines() if line.strip()]
    named = [line.lstrip(COMMENT).strip() for line in lines[:20]]
    for line in named:
        separator = separator_of(line)
        (row,) = cells([line], separator) or [[]]
        if len(row) < 2 or any(number_of(cell) is not None for cell in row):
            continue
        if best_step(row) or any(guess_role(cell) is not Role.OTHER for cell in row):
            return True
    return False
