"""The list after buying as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hwstudio.core.project.after.check import Check, words_of
from hwstudio.core.project.after.ground import Ground


def after_document(ground: Ground, checks: Sequence[Check]) -> dict[str, Any]:
    """Return every item with its state, number, how it was found and what to do."""
    return {
        "machine": ground.host,
        "checked_at": ground.checked_at,
        "words": words_of(checks),
        "items": [_item(each) for each in checks],
    }


def _item(each: Check) -> dict[str, Any]:
    return {
        "id": each.id,
        "text": each.text,
        "state": each.state.value,
        "by": each.by,
        "number": each.number,
        "how": each.how,
        "to_do": each.to_do,
        "points": [
            {
                "what": point.what,
                "state": point.state.value,
                "number": point.number,
                "how": point.how,
                "to_do": point.to_do,
            }
            for point in each.points
        ],
    }
