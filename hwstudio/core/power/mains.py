"""The wall: what a socket carries for hours, and what it carries at all."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError

USUAL = ("120V15A", "120V20A", "100V15A", "230V16A")
# A load that runs for hours may use 80 % of a breaker's rating (US NEC 210.20; used everywhere
# here as the careful figure).
CONTINUOUS_SHARE = 0.80
_TEXT = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*V\s*(?:[/ ]?\s*(\d+(?:\.\d+)?)\s*A)?\s*$", re.I)


@dataclass(frozen=True, slots=True)
class Mains:
    """A circuit; ``amps`` None = not known."""

    volts: float
    amps: float | None

    @property
    def rated_w(self) -> float | None:
        """Return where the breaker trips, in W."""
        return None if self.amps is None else self.volts * self.amps

    @property
    def continuous_w(self) -> float | None:
        """Return what the circuit carries for hours, in W."""
        return None if self.rated_w is None else self.rated_w * CONTINUOUS_SHARE

    @property
    def words(self) -> str:
        """Return "120 V / 15 A"."""
        amps = "" if self.amps is None else f" / {self.amps:g} A"
        return f"{self.volts:g} V{amps}"


def read_mains(text: str) -> Mains:
    """Read "120V15A" or "230V".

    Raises:
        UserError: it is nothing like that, or no mains in the world.
    """
    found = _TEXT.match(text)
    volts = float(found[1]) if found else 0.0
    amps = float(found[2]) if found and found[2] else None
    if not 90 <= volts <= 480 or (amps is not None and not 1 <= amps <= 125):
        raise UserError(
            f"'{text}' is no mains supply",
            "volts and amperes are wanted, like 120V15A",
            f"Use one of {', '.join(USUAL)}, or your own",
        )
    return Mains(volts, amps)
