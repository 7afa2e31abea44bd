"""What the alert engine remembers over a restart, so that nothing is told twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hwstudio.core.base.log import logger
from hwstudio.core.monitor.alerts.event import of_document, to_document
from hwstudio.core.monitor.alerts.rule import Rule, When
from hwstudio.core.monitor.alerts.watch import RAISED, Watch

SCHEMA = 1
Key = tuple[str, str]


def signature(rule: Rule) -> str:
    """Return what makes an alert the same alert: its condition, without words and quiet times."""
    return repr(
        (rule.sensor, rule.when, rule.level, rule.band, rule.hold_s, rule.within_s, rule.also)
    )


def write(
    watches: Iterable[Watch], waiting: Mapping[Key, Mapping[str, Any]], steady_s: float
) -> dict[str, Any]:
    """Return the state of the watches, and of those whose sensor has not come back yet."""
    rows = [_row(watch, steady_s) for watch in watches if _is_worth_it(watch)]
    return {"schema": SCHEMA, "watches": [*rows, *map(dict, waiting.values())]}


def _is_worth_it(watch: Watch) -> bool:
    return (
        watch.phase is RAISED
        or watch.base is not None
        or watch.rule.when is When.LOST
        or watch.told_s > float("-inf")
    )


def _row(watch: Watch, steady_s: float) -> dict[str, Any]:
    left_s = watch.rule.repeat_s - (steady_s - watch.told_s)
    return {
        "rule": watch.rule.id,
        "subject": watch.subject,
        "signature": signature(watch.rule),
        "is_raised": watch.phase is RAISED,
        "since_s": watch.since_s,
        "last_s": watch.last_s,
        "held_s": watch.held_s,
        "is_told": watch.is_told,
        "quiet_left_s": max(0.0, left_s),
        "base": watch.base,
        "owed": watch.owed,
        "event": to_document(watch.event) if watch.event and watch.phase is RAISED else None,
    }


def read(raw: Mapping[str, Any] | None) -> dict[Key, Mapping[str, Any]]:
    """Return the kept rows by rule and subject, without what is damaged or of another schema."""
    if raw is None:
        return {}
    rows = raw.get("watches")
    if raw.get("schema") != SCHEMA or not isinstance(rows, list):
        logger("alerts").warning("the kept state of the alerts cannot be read; it begins anew")
        return {}
    return {
        (row["rule"], row["subject"]): row
        for row in rows
        if isinstance(row, dict)
        and isinstance(row.get("rule"), str)
        and isinstance(row.get("subject"), str)
    }


def restore(watch: Watch, row: Mapping[str, Any] | None, steady_s: float) -> None:
    """Give a new watch the state it had, unless its rule means something else now."""
    if row is None or row.get("signature") != signature(watch.rule):
        return
    try:
        numbers = [float(row[name]) for name in ("since_s", "last_s", "held_s", "quiet_left_s")]
        base, owed = (None if row[n] is None else float(row[n]) for n in ("base", "owed"))
        event = of_document(row["event"]) if row.get("event") else None
    except (KeyError, TypeError, ValueError):
        return
    watch.since_s, watch.last_s, watch.held_s, left_s = numbers
    watch.base, watch.owed, watch.event = base, owed, event
    watch.is_told = row.get("is_told") is True
    if left_s > 0:
        watch.told_s = steady_s - (watch.rule.repeat_s - left_s)
    if row.get("is_raised") is True:
        watch.phase = RAISED
