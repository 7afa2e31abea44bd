"""What is assumed where the user said nothing, each with its reason; faces show them."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.cost.draw import Band


@dataclass(frozen=True, slots=True)
class Spread:
    """How far a value may lie from the typical one, as factors, and why."""

    low: float
    high: float
    why: str

    def around(self, typical: float) -> Band:
        """Return the band around ``typical``."""
        return Band(typical * self.low, typical, typical * self.high)


RENT = Spread(
    0.75, 1.35, "list prices moved by up to 30 % within five months of 2026, up as well as down"
)
USE = Spread(0.7, 1.3, "assumed: your hours may turn out 30 % lower or higher")
TARIFF = Spread(0.8, 1.3, "assumed: tariffs change more often up than down over the years")
LOAD = Spread(0.85, 1.15, "assumed: the power of parts was estimated, not metered")
LIFE = Spread(0.75, 1.25, "assumed: hardware is replaced sooner or later than planned")
HYBRID_RENTED_SHARE = 0.25  # of the work; assumed where the user said nothing
RESALE_POINTS = 0.12  # either side of the share; assumed
PUE_HOME = 1.0
PUE_CLOUD = 1.1  # hyperscale mean as used by Epoch AI
LIFE_YEARS = 4.0
SPOT_MTBI_HOURS = 6.0  # the middle of the 1 h / 6 h / 24 h scenarios
SPOT_CHECKPOINT_S = 60.0
SPOT_RECOVER_S = 300.0


def resale_band(share: float) -> Band:
    """Return the band of a resale share, kept within 0..1."""
    return Band(max(0.0, share - RESALE_POINTS), share, min(1.0, share + RESALE_POINTS))
