"""Which wishes cannot be met together: the fewest of them, and how far one must give.

A question without an answer asks for too much at once. Wishes are dropped one after another, or
several at once; those without which the rest still cannot be met are innocent and stay dropped.
What is left cannot be met, and could be without any one of it: an irreducible set (a deletion
filter). Where lifting a wish may take builds away the set is gone through again until it stays.

A look asks whether any build inside the budget meets some wishes. Under a slider it asks for the
least price of them all, which no budget changes and which is remembered: so it is told at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace

from hwstudio.core.base.units import watts
from hwstudio.core.model.part import GpuCard
from hwstudio.core.optimize.complete import lower_bound, may_house
from hwstudio.core.optimize.limits import unmatched_pins
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.prices import NEVER_CENTS
from hwstudio.core.optimize.request import LARGEST_BUDGET, Request
from hwstudio.core.optimize.space import budget_free
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.optimize.wish_list import Wish, vram_words, wishes_of

SPACES_KEPT = 24  # of one inquiry
MOST_SEARCHES = 1500  # classes of one inquiry
TRIED_FIRST = 2  # classes of a look, before all of them are looked at together
STEP_W = 50.0
MOST_W = 3000.0
COUNT_WORDS = {2: "two", 3: "three", 4: "four", 5: "five", 6: "six"}
MEMORY_GIB = (16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512)


@dataclass(frozen=True, slots=True)
class Blame:
    """Wishes that cannot be met together, in words; ``way``: the smallest step that helps."""

    wishes: tuple[str, ...]
    fields: frozenset[str]  # of the request
    way: str = ""
    is_fewest: bool = True  # else not every one of them was tried without

    @property
    def is_news(self) -> bool:
        """Say that it tells more than the reason does: of money or time alone that says all."""
        return self.fields not in ({"budget"}, {"min_per_second"})

    @property
    def words(self) -> str:
        """Return the sentence, without its end."""
        if len(self.wishes) == 1:
            text = f"One wish alone cannot be met: {self.wishes[0]}"
        else:
            number = COUNT_WORDS.get(len(self.wishes), str(len(self.wishes)))
            listed = f"{', '.join(self.wishes[:-1])} and {self.wishes[-1]}"
            text = f"These {number} wishes cannot be met together, {self._how_few}: {listed}"
        return f"{text}; {self.way}" if self.way else text

    @property
    def _how_few(self) -> str:
        if self.is_fewest:
            return "but can without any one of them"
        return "and fewer of them may already be too many"


class Inquiry:
    """Looks for the wishes to blame for a question that has no answer."""

    def __init__(self, planner: Planner) -> None:
        self._request = planner.request
        self._stock = planner.stock
        names = {p.id: p.name for g in planner.stock.groups() for p in g}
        names |= {card.gpu.id: card.gpu.name for card in planner.stock.cards}
        self._wishes = tuple(wishes_of(planner.request, names))
        self._budget = planner.budget_cents
        self._left = MOST_SEARCHES

    def blame(self) -> Blame | None:
        """Return an irreducible set; None when no wish is to blame, or a lock names nothing."""
        request = self._request
        parts = (part for group in self._stock.groups() for part in group)
        if unmatched_pins(parts, request):
            return None
        budget, others = self._wishes[:1], self._wishes[1:]
        guilty = others
        if self._can_be_met(others):  # then the budget is to blame, often it alone
            guilty = self._wishes if self._can_be_met(budget) else budget
        before, guilty = guilty, self._fewest(guilty)
        while self._may_take_away and guilty != before:  # the last round changes nothing
            before, guilty = guilty, self._fewest(guilty)
        if not guilty:
            return None
        names, is_fewest = frozenset(wish.field for wish in guilty), self._left > 0
        words = tuple(wish.words for wish in guilty)
        return Blame(words, names, self._way(guilty), is_fewest=is_fewest)

    @property
    def _may_take_away(self) -> bool:
        """Say that lifting a wish may take builds away, so that one pass is not enough.

        Parts at hand must then be bought, locked parts may be older than others, and chips
        nobody measured are trusted only where their maker was asked for.
        """
        request = self._request
        return bool(request.owned or request.pinned or request.gpu_makers)

    def _fewest(self, wishes: tuple[Wish, ...]) -> tuple[Wish, ...]:
        """Return what is left when wishes are dropped in their order, the guilty ones kept.

        Half of them is tried at once: what can go together could have gone one by one.
        """
        if len(wishes) == 1:
            return self._without(wishes, wishes)
        half = (len(wishes) + 1) // 2
        return self._without(self._without(wishes, wishes[:half]), wishes[half:])

    def _without(self, kept: tuple[Wish, ...], group: tuple[Wish, ...]) -> tuple[Wish, ...]:
        """Return ``kept`` without those of a group, one after another, that need not be kept."""
        others = tuple(wish for wish in kept if wish not in group)
        if not self._can_be_met(others):
            return others
        if len(group) == 1:
            return kept
        half = len(group) // 2
        return self._without(self._without(kept, group[:half]), group[half:])

    def _can_be_met(self, kept: Sequence[Wish]) -> bool:
        """Return whether some build meets the job and these wishes; all others are lifted.

        What is not told counts as met: too many wishes may then be kept, never too few.
        """
        names = {wish.name for wish in kept}
        request, budget = self._request, self._budget
        for wish in self._wishes:
            if wish.name not in names:
                request = wish.lift(request)
        found = self._is_met(request, budget if "budget" in names else NEVER_CENTS - 1)
        return found is not False

    def _is_met(self, request: Request, most: int) -> bool | None:
        """Return whether any build for a request costs up to ``most`` cents; None = not told.

        It is not told once too many classes were searched. They are counted, not timed, so that
        the answer is the same on every machine.
        """
        planner = Planner(replace(request, budget=LARGEST_BUDGET), self._stock)
        if self._stock.spaces_kept > SPACES_KEPT and planner.space.least is None:
            planner.space.least = least_cents(planner)
        if planner.space.least is not None:
            return planner.space.least <= most
        bounds = ((lower_bound(planner.space, c), c) for c in planner.classes())
        within = [
            c for _, _, c in sorted((b, n, c) for n, (b, c) in enumerate(bounds) if b <= most)
        ]
        for number, gpu_class in enumerate(within):
            if number == TRIED_FIRST and not may_house(planner.space, within, most):
                return False
            if not self._left:
                return None
            self._left -= 1
            if planner.cheapest(gpu_class, most) is not None:
                return True
        return False

    def _way(self, guilty: Sequence[Wish]) -> str:
        """Return how far one of the wishes must give, all others kept; "" where none alone does."""
        for wish in guilty:
            eases = _EASES.get(wish.field)
            if eases is None or not self._is_met(wish.lift(self._request), self._budget):
                continue
            found = self._mildest(list(eases(self._request, self._stock)))
            if found:
                return f"{found} would do"
        return ""

    def _mildest(self, milder: list[tuple[str, Request]]) -> str:
        """Return the words of the first milder wish that helps; each is milder than the last."""
        low, high = 0, len(milder)
        while low < high:
            middle = (low + high) // 2
            if self._is_met(milder[middle][1], self._budget):
                high = middle
            else:
                low = middle + 1
        return milder[low][0] if low < len(milder) else ""


def blame_of(planner: Planner) -> Blame | None:
    """Return which wishes of a question without an answer cannot be met together.

    ``planner``: one with room to remember (``beside``).
    """
    return Inquiry(planner).blame()


def least_cents(planner: Planner) -> int:
    """Return the least price of all builds of a planner; ``NEVER_CENTS`` where there is none."""
    least = NEVER_CENTS
    for gpu_class in sorted(planner.classes(), key=lambda c: lower_bound(planner.space, c)):
        if lower_bound(planner.space, gpu_class) >= least:
            break
        choice = planner.cheapest(gpu_class, least - 1)
        if choice is not None:
            least = choice.cents
    return least


def may_help(request: Request, other: Request, blame: Blame | None) -> bool:
    """Return whether another request may have an answer where this one has none.

    It has none unless it differs in a wish that is to blame. Parts at hand forbid the conclusion.
    """
    if blame is None or request.owned:
        return True
    return any(
        getattr(request, each.name) != getattr(other, each.name)
        for each in fields(request)
        if each.name in blame.fields
    )


def beside(planner: Planner) -> Planner:
    """Return the same planner with room to remember the other requests an inquiry looks at.

    The room stays with the wishes: the next budget asks the same.
    """
    stock, space = planner.stock, planner.space
    if stock.spaces_kept >= SPACES_KEPT:
        return planner
    if space.beside is None:
        key = budget_free(planner.request)
        space.beside = replace(stock, spaces={key: space}, spaces_kept=SPACES_KEPT)
    return Planner(planner.request, space.beside)


def _less_vram(request: Request, stock: Stock) -> Iterator[tuple[str, Request]]:
    cards: tuple[GpuCard, ...] = stock.cards
    for size in sorted({c.vram_bytes for c in cards}, reverse=True):
        if size < request.min_vram_bytes:
            yield vram_words(size), replace(request, min_vram_bytes=size)


def _more_watts(request: Request, _stock: Stock) -> Iterator[tuple[str, Request]]:
    most = (request.max_power_w or 0.0) // STEP_W * STEP_W + STEP_W
    while most <= MOST_W:
        yield f"at most {watts(most)}", replace(request, max_power_w=most)
        most += STEP_W


def _more_noise(request: Request, stock: Stock) -> Iterator[tuple[str, Request]]:
    for dba in sorted({c.noise_dba for c in stock.coolers if c.noise_dba is not None}):
        if request.max_noise_dba is not None and dba > request.max_noise_dba:
            yield f"a cooler of {dba:g} dBA", replace(request, max_noise_dba=dba)


def _less_memory(request: Request, _stock: Stock) -> Iterator[tuple[str, Request]]:
    for size in reversed(MEMORY_GIB):
        if size << 30 < request.min_ram_bytes:
            yield f"at least {size} GiB of memory", replace(request, min_ram_bytes=size << 30)


_EASES: dict[str, Callable[[Request, Stock], Iterator[tuple[str, Request]]]] = {
    "min_vram_bytes": _less_vram,
    "max_power_w": _more_watts,
    "max_noise_dba": _more_noise,
    "min_ram_bytes": _less_memory,
}
