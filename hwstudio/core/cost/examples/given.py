"""Named inputs of a published calculation, read by any of the names and units people use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from hwstudio.core.base.errors import UserError

_HUNDRED = Decimal(100)
# What a name may end with, and what that makes of the number in the base unit.
Unit = tuple[str, Decimal]
WATTS: tuple[Unit, ...] = (("watts", Decimal(1)), ("w", Decimal(1)), ("kw", Decimal(1000)))
YEARS: tuple[Unit, ...] = (("years", Decimal(1)), ("months", Decimal(1) / 12))
SECONDS: tuple[Unit, ...] = (
    ("s", Decimal(1)),
    ("seconds", Decimal(1)),
    ("min", Decimal(60)),
    ("minutes", Decimal(60)),
    ("h", Decimal(3600)),
    ("hours", Decimal(3600)),
    ("days", Decimal(86400)),
)
GB: tuple[Unit, ...] = (("gb", Decimal(1)), ("gib", Decimal(1)), ("tb", Decimal(1024)))


class Given:
    """The inputs by lower-case name; every question names what it would take."""

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self._values = {str(name).strip().casefold(): value for name, value in inputs.items()}

    def has(self, names: Sequence[str]) -> bool:
        """Say whether one of the names is given."""
        return any(self._values.get(name) is not None for name in names)

    def raw(self, *names: str) -> Any:
        """Return the first that is given as it stands, or None."""
        return next((v for name in names if (v := self._values.get(name)) is not None), None)

    def may(self, *names: str) -> Decimal | None:
        """Return the first of the names that is given, or None.

        Raises:
            UserError: it is no number.
        """
        for name in names:
            if self._values.get(name) is not None:
                return number(self._values[name], name)
        return None

    def need(self, *names: str) -> Decimal:
        """Return the first of the names that is given.

        Raises:
            UserError: none is given, naming those that would do.
        """
        found = self.may(*names)
        if found is None:
            raise missing(names)
        return found

    def or_(self, default: Decimal | int, *names: str) -> Decimal:
        """Return the first of the names that is given, else the default."""
        found = self.may(*names)
        return Decimal(default) if found is None else found

    def share(self, *names: str) -> Decimal | None:
        """Return a share 0..1, given as one or as ``<name>_pct`` in per cent."""
        for name in names:
            if (found := self.may(name)) is not None:
                return found
            for tail in ("_pct", "_percent"):
                if (found := self.may(f"{name}{tail}")) is not None:
                    return found / _HUNDRED
        return None

    def sized(self, units: Sequence[Unit], *stems: str) -> Decimal | None:
        """Return a quantity in its base unit, from ``<stem>_<unit>`` or ``<unit>`` alone."""
        for stem in stems:
            for tail, factor in units:
                name = f"{stem}_{tail}" if stem else tail
                if (found := self.may(name)) is not None:
                    return found * factor
        return None

    def need_sized(self, units: Sequence[Unit], *stems: str) -> Decimal:
        """Return a quantity in its base unit.

        Raises:
            UserError: none of the names is given.
        """
        found = self.sized(units, *stems)
        if found is None:
            raise missing([f"{stem}_{tail}".strip("_") for stem in stems for tail, _ in units])
        return found


def number(value: Any, name: str) -> Decimal:
    """Return a JSON value as an exact number.

    Raises:
        UserError: it is none, or not finite.
    """
    if isinstance(value, (bool, list, dict)):
        raise UserError(f"{name} is not a number", str(value)[:60], "Give a plain number")
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise UserError(f"{name} is not a number", str(value)[:60], "Give a plain number")
    return found


def missing(names: Sequence[str]) -> UserError:
    """Return the refusal for an input that is not there."""
    first, *others = names
    shown = f" (or {', '.join(others[:4])})" if others else ""
    return UserError(f"{first} is missing", "this formula cannot do without it", f"Give it{shown}")
