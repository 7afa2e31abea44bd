"""One published calculation: the names of its formulas and its inputs in, named figures out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.examples import own, rent
from hwstudio.core.cost.examples.given import Given

FORMULAS: Mapping[str, tuple[str, Callable[[Given], dict[str, Any]]]] = {
    "F1": ("equivalent annual cost of hardware", own.f1),
    "F2": ("electricity", own.f2),
    "F3": ("price of a useful hour", rent.f3),
    "F4": ("break-even", own.f4),
    "F5": ("transfer time", rent.f5),
    "F6": ("spot and checkpoints", rent.f6),
    "F7": ("commitment", rent.f7),
    "F8": ("sustained use discount", rent.f8),
    "F9": ("data going out", rent.f9),
    "F10": ("disk", rent.f10),
    "F11": ("value after years", own.f11),
    "F12": ("present value and return", own.f12),
    "F13": ("energy and CO2e", own.f13),
    "F14": ("cost per trained model", rent.f14),
}
_NAME = re.compile(r"F\d+", re.IGNORECASE)


def run_example(formula: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Return every figure the formulas give, by name; "F2+F4" runs both on the same inputs.

    Figures of money are Decimal; None where there is none (never, no use). The same figure may
    stand under several of its usual names.

    Raises:
        UserError: no such formula, or an input is missing or wrong.
    """
    names = [name.upper() for name in _NAME.findall(formula)]
    unknown = [name for name in names if name not in FORMULAS]
    if not names or unknown:
        raise UserError(
            f"There is no formula '{(unknown[0] if unknown else formula)[:40]}' here",
            "",
            f"Use one of {', '.join(FORMULAS)}, or several with +",
        )
    given = Given(inputs)
    found: dict[str, Any] = {}
    for name in names:
        for key, value in FORMULAS[name][1](given).items():
            found.setdefault(key, value)
    return found
