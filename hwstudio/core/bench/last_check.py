"""The newest whole check of the history, put together again from the results it left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hwstudio.core.bench.profile import PROFILES
from hwstudio.core.bench.profile_run import CHECK, ProfileRun
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.model.result import Outcome, Result

NO_RESULT = "this check has no result of it"


def last_check(results: Sequence[Result]) -> ProfileRun | None:
    """Return the check the newest result is from; None where it was run by itself.

    Args:
        results: newest first, as the history gives them.
    """
    mine = [each for each in results if not is_imported(each)]
    tag = _tag(mine[0]) if mine else {}
    found = PROFILES.get(str(tag.get("profile")))
    if found is None:
        return None
    of_it = [each for each in mine if _tag(each).get("id") == tag.get("id")]
    of_it.sort(key=_number)
    there = {each.bench for each in of_it}
    missing = tuple((s.bench, NO_RESULT) for s in found.steps if s.bench not in there)
    seconds = _tag(of_it[-1]).get("seconds")
    return ProfileRun(
        found,
        tuple(of_it),
        missing,
        float(seconds) if isinstance(seconds, (int, float)) else 0.0,
        of_it[-1].outcome is Outcome.CANCELLED,
    )


def _tag(result: Result) -> dict[str, Any]:
    tag = result.conditions.get(CHECK)
    return tag if isinstance(tag, dict) else {}


def _number(result: Result) -> int:
    number = _tag(result).get("number")
    return number if isinstance(number, int) else 0
