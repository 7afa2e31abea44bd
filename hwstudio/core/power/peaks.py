"""Short peaks: what the cards draw for a millisecond and for ten, and what an ATX 3 unit stands.

Igor's Lab measured 901 W for under 1 ms and 738 W for up to 10 ms on an RTX 5090 of 575 W. Other
cards are taken to peak by the same factor, which is an estimate: older ones were measured higher
(RTX A6000: 654 W of 300 W, for 200 microseconds). The shares of the rating are those the ATX 3.x
design guide asks for; the peak of 100 microseconds (200 %) has no measured draw to set against it.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.model.build import Build
from hwstudio.core.model.circumstance import Circumstances
from hwstudio.core.power import draw

_TDP_W = 575.0
# (ms, W measured on the 575 W card, share of its rating an ATX 3.x unit stands that long)
_MEASURED = ((1.0, 901.0, 1.80), (10.0, 738.0, 1.60))


@dataclass(frozen=True, slots=True)
class Peak:
    """What the whole build may draw for so long, all cards at once, and the unit it takes."""

    duration_ms: float
    power_w: float
    atx3_share: float

    @property
    def least_atx3_w(self) -> float:
        """Return the smallest rating of an ATX 3.x unit that stands this peak, in W."""
        return self.power_w / self.atx3_share


def peaks(build: Build, around: Circumstances, limit_w: float | None) -> tuple[Peak, ...]:
    """Return the peaks, shortest first; a longer one is never higher."""
    sustained = draw.sustained_w(draw.power_items(build, around, limit_w))
    cards = sum(group.count * (draw.card_w(group, limit_w) or 0.0) for group in around.cards(build))
    return tuple(
        Peak(ms, sustained + cards * (round(peak_w / _TDP_W, 2) - 1), share)
        for ms, peak_w, share in _MEASURED
    )
