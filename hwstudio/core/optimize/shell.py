"""Case, cooler and power supply of one prepared search, with what is asked of them again and again.

Every answer depends on a few figures only (a socket and its heat, the length of a card), so it is
worked out once for all cards and bases that share them. A base no case and cooler can take
together is out before any card is looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hwstudio.core.model.card_limit import limited_w
from hwstudio.core.model.part import Case, Cooler, GpuCard, Part, Psu
from hwstudio.core.optimize import limits
from hwstudio.core.optimize.base import Base
from hwstudio.core.optimize.drive_sets import are_in_case
from hwstudio.core.optimize.prices import NEVER_CENTS

NOWHERE_MM = -1.0  # no card has room: nothing takes the base at all
SAFE_SHARE = 0.80  # of a power supply's rating, for hours


@dataclass(slots=True)
class Shell:
    """The cases, coolers and power supplies of a search, cheapest first."""

    cases: tuple[Case, ...]
    coolers: tuple[Cooler, ...]
    psus: tuple[Psu, ...]
    least_cooler: int  # cents
    least_psu: int
    most_w: float  # what the strongest power supply is rated for
    ids: frozenset[str]
    _longest_first: tuple[tuple[float, Case], ...]  # room in mm, infinite where unlimited
    _cooling: dict[object, tuple[Cooler, ...]] = field(default_factory=dict)
    _long: dict[float | None, tuple[Case, ...]] = field(default_factory=dict)
    _room: dict[object, float] = field(default_factory=dict)
    _strong: dict[object, tuple[Psu, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        cases: Sequence[Case],
        coolers: Sequence[Cooler],
        psus: Sequence[Psu],
        cents: Callable[[Part], int],
    ) -> Shell:
        """Take the lists of a search."""
        return cls(
            tuple(cases),
            tuple(coolers),
            tuple(psus),
            min((cents(c) for c in coolers), default=NEVER_CENTS),
            min((cents(p) for p in psus), default=NEVER_CENTS),
            max((p.rated_w for p in psus), default=0.0),
            frozenset(part.id for group in (cases, coolers, psus) for part in group),
            tuple(sorted(((_room_mm(c), c) for c in cases), key=lambda r: r[0], reverse=True)),
        )

    def least_psu_for(self, watts: float, cents: Callable[[Part], int]) -> int:
        """Return the cents of the cheapest power supply that carries cards of so many watts."""
        strong = (p for p in self.psus if SAFE_SHARE * p.rated_w >= watts)  # cheapest first
        return next((cents(p) for p in strong), NEVER_CENTS)

    def coolers_of(self, base: Base) -> tuple[Cooler, ...]:
        """Return the coolers for the base's processor."""
        key = (base.cpu.socket, base.cpu.max_power_w)
        if key not in self._cooling:
            self._cooling[key] = tuple(c for c in self.coolers if cools(c, base))
        return self._cooling[key]

    def cases_for(self, card: GpuCard) -> tuple[Case, ...]:
        """Return the cases long enough for a card; a length nobody states counts as short."""
        length = card.length_mm
        if length not in self._long:
            self._long[length] = tuple(
                case
                for case in self.cases
                if length is None
                or case.max_gpu_length_mm is None
                or length <= case.max_gpu_length_mm
            )
        return self._long[length]

    def room_mm(self, base: Base) -> float:
        """Return the longest card any case has room for that takes the base under a cooler.

        Infinite where such a case sets no limit, ``NOWHERE_MM`` where there is no such case.
        """
        places = base.drives.places
        cpu = (base.cpu.socket, base.cpu.max_power_w)
        key = (cpu, base.board.form_factor, base.height, places)
        if key not in self._room:
            coolers = self.coolers_of(base)
            rooms = (
                length_mm
                for length_mm, case in self._longest_first
                if houses(case, base) and any(fits_under(c, case) for c in coolers)
            )
            self._room[key] = next(rooms, NOWHERE_MM)
        return self._room[key]

    def psus_for(self, base: Base, card: GpuCard, count: int, needed_w: float) -> tuple[Psu, ...]:
        """Return the power supplies with the plugs and watts for a base with its cards."""
        eps8 = base.board.eps8 or 1
        plugs = (card.conn_16pin, card.conn_8pin + card.conn_6pin, card.conn_eps8, card.tdp_w)
        sata = base.drives.places.sata
        key = (plugs, count, eps8, sata, needed_w)
        if key not in self._strong:
            self._strong[key] = tuple(
                psu
                for psu in self.psus
                if psu.rated_w >= needed_w
                and (psu.conn_sata is None or psu.conn_sata >= sata)
                and limits.powers_cards(psu, card, count, base.board)
            )
        return self._strong[key]

    def is_hopeless(
        self, card: GpuCard, count: int, limit_w: float | None, most_w: float | None
    ) -> bool:
        """Return whether the cards alone already draw too much.

        For the strongest power supply, or for the most watts wished for (``most_w``).
        """
        watts = limited_w(card.tdp_w, limit_w) * count
        if most_w is not None and watts > most_w:
            return True
        return watts > SAFE_SHARE * self.most_w


def _room_mm(case: Case) -> float:
    return math.inf if case.max_gpu_length_mm is None else case.max_gpu_length_mm


def houses(case: Case, base: Base) -> bool:
    """Return whether board, cards and drives have their places in the case."""
    if base.board.form_factor not in case.mb_form_factors:
        return False
    if case.expansion_slots is not None and base.height > case.expansion_slots:
        return False
    return are_in_case(base.drives.places, case.bays_35, case.bays_25)


def cools(cooler: Cooler, base: Base) -> bool:
    """Return whether the cooler is made for the socket and carries the processor's heat."""
    return base.cpu.socket in cooler.sockets and limits.cooling_w(cooler) >= base.cpu.max_power_w


def fits_under(cooler: Cooler, case: Case) -> bool:
    """Return whether an air cooler stays under the side panel; unknown heights were sorted out."""
    if cooler.cooler_type != limits.AIR or cooler.height_mm is None:
        return True
    return case.max_cooler_height_mm is None or cooler.height_mm <= case.max_cooler_height_mm


def takes_psu(case: Case, psu: Psu, *, allow_unknown: bool) -> bool:
    """Return whether the power supply has the case's form and length."""
    if psu.form_factor not in case.psu_form_factors:
        return False
    if case.max_psu_length_mm is None:
        return True
    if psu.length_mm is None:
        return allow_unknown
    return psu.length_mm <= case.max_psu_length_mm


def mated(
    cases: Sequence[Case], psus: Sequence[Psu], allow_unknown: bool
) -> tuple[tuple[Case, ...], tuple[Psu, ...]]:
    """Return the cases that take any of the power supplies, and the supplies any case takes."""

    def fit(case: Case, psu: Psu) -> bool:
        return takes_psu(case, psu, allow_unknown=allow_unknown)

    return (
        tuple(case for case in cases if any(fit(case, psu) for psu in psus)),
        tuple(psu for psu in psus if any(fit(case, psu) for case in cases)),
    )
