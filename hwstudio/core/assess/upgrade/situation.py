"""What a plan of upgrades rests on, put together by whoever may open files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from hwstudio.core.assess.own_or_rent import Shapes
from hwstudio.core.assess.upgrade.book import UpgradeBook
from hwstudio.core.assess.upgrade.counterfactual import Ground, Trials
from hwstudio.core.assess.upgrade.known import Known
from hwstudio.core.assess.upgrade.lifecycle import Lifecycle
from hwstudio.core.assess.upgrade.rent import Use
from hwstudio.core.assess.upgrade.swap import Bought
from hwstudio.core.assess.upgrade.thresholds import USUAL, Thresholds
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.offer import Offer
from hwstudio.core.monitor.recorded_pressure import Pressure


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFacts:
    """What is known of a machine and its user beside what a look at it finds."""

    known: Known = field(default_factory=Known)
    limits: Thresholds = USUAL
    offers: Sequence[Offer] = ()
    use: Use = field(default_factory=Use)


Start = Callable[[Machine, Ground], Trials]
FindPart = Callable[[str], "Bought | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """All that a plan rests on.

    ``start`` makes the trials of a machine; ``find`` returns a wished part with its price.
    """

    machine: Machine
    book: UpgradeBook
    today: date
    ground: Ground
    start: Start
    find: FindPart
    lifecycles: tuple[Lifecycle, ...] = ()
    pressures: tuple[Pressure, ...] = ()
    allows_less_vram: bool = False
    shapes: Shapes | None = None  # for renting; None = nobody asks
    offers: Sequence[Offer] = ()
    use: Use = field(default_factory=Use)
    does_fit: bool = False  # the goal fits the machine as it is
