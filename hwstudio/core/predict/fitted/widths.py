"""How wide an interval is: what left-out rows like the question were off by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def half_width(
    widths: Mapping[str, Sequence[Sequence[float]]], case: str, kind: str, many: str, support: float
) -> float:
    """Return the log half-width: of this case, kind and number of devices, else a wider circle's.

    Args:
        widths: by ``case|kind|number``: (least support, half-width), best supported first.
        many: "one" or "many" devices.
    """
    for key in (f"{case}|{kind}|{many}", f"{case}||{many}", f"{case}||"):
        found = widths.get(key)
        if found:
            return next((half for least, half in found if support >= least), found[-1][1])
    return max(half for steps in widths.values() for _, half in steps)
