"""How wide an interval is: what left-out rows like the question were off by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.kin import is_strange
from hwstudio.core.predict.fitted.question import DeviceSheet, Question

_MEASURED = "seen"
_KNOWN_MODEL = (_MEASURED, "device")  # cases of a model that was measured
_NEW_DEVICE = ("device", "both")
_COUNTS = ("one", "many")


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


def width_of(
    widths: Mapping[str, Sequence[Sequence[float]]],
    known: Mapping[str, Mapping[str, frozenset[str]]],
    sheets: Mapping[str, DeviceSheet],
    question: Question,
    case: str,
    support: float,
) -> float:
    """Return the log half-width of a question's interval.

    Args:
        widths: as ``half_width`` takes them.
        known: by kind of work, the names of what was measured: "device", "framework".
        sheets: the data sheets of measured devices, by name.
        question: what is asked.
        case: what of the question was never measured.
        support: how much it has in common with what was, 0 to 1.
    """
    kind, many = class_of(question), "many" if question.count > 1 else "one"
    # What nobody measured is known no better than what somebody did, several no better than one.
    cases = (case, _MEASURED)
    numbers = (many, "one") if case in _NEW_DEVICE else (many,)
    half = max(half_width(widths, c, kind, n, support) for c in cases for n in numbers)
    if question.framework not in known.get(kind, {}).get("framework", ()):
        half = max(half, half_width(widths, "software", kind, many, support))
    if is_strange(question, known, sheets):
        half = max(half, _alone(widths, case, kind, support))
    return half


def _alone(
    widths: Mapping[str, Sequence[Sequence[float]]], case: str, kind: str, support: float
) -> float:
    """Return the least log half-width for a device without measured kin.

    Never less than what a device with kin gets for the same job, on several devices or on one:
    where the model was measured even one with little support, else one with as much.
    """
    if case in _KNOWN_MODEL:
        asked = [(each, 0.0) for each in _KNOWN_MODEL] + [("both", support), ("software", support)]
    else:
        asked = [(each, support) for each in ("model", "both", "software")]
    return max(
        half_width(widths, each, kind, some, least) for each, least in asked for some in _COUNTS
    )
