"""Checklists before and after buying: what the app can see is ticked with the evidence (R57-R59).

An item is done by evidence, done by hand, still to do, or wrong: evidence speaks against it. What
only a person can know is ticked by hand and kept in the project.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from hwstudio.core.base.money import money
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.price import PriceKind
from hwstudio.core.optimize.ownership import WEEKS_PER_YEAR
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.project.answer import Answer
from hwstudio.core.project.considerations import COOLING_RULES, POWER_RULES
from hwstudio.core.project.growth import Growth, Room, score_words
from hwstudio.core.project.state import ProjectState

PLATFORM_RULES = (*(f"R{n:02d}" for n in range(1, 10)), "R17", "R34", "R36", "R38")
RESERVE_LOW, RESERVE_HIGH = Decimal("0.10"), Decimal("0.15")
_WORST = (Severity.ERROR, Severity.WARNING, Severity.UNKNOWN)


class Done(StrEnum):
    """How an item stands."""

    SEEN = "seen"  # the app found the evidence
    BY_HAND = "by_hand"
    OPEN = "open"
    AGAINST = "against"  # the evidence says no


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist. ``evidence``: what was found, or what to look at."""

    id: str
    text: str
    done: Done
    evidence: str = ""

    @property
    def can_be_ticked(self) -> bool:
        """Say whether a person decides: what the app sees is not theirs to tick."""
        return self.done in (Done.BY_HAND, Done.OPEN)


@dataclass(frozen=True, slots=True)
class Checklist:
    """A titled list."""

    title: str
    items: tuple[Item, ...]

    @property
    def words(self) -> str:
        """Return "7 of 12 done"."""
        done = sum(item.done in (Done.SEEN, Done.BY_HAND) for item in self.items)
        return f"{done} of {len(self.items)} done"


@dataclass(frozen=True, slots=True)
class Known:
    """What the lists are ticked from. ``per_kwh`` in the money of the build."""

    answer: Answer
    chosen: PlannedBuild
    growth: tuple[Growth, ...]
    today: date
    per_kwh: Decimal
    ticked: tuple[str, ...] = ()  # ids of the items done by hand

    @property
    def project(self) -> ProjectState:
        return self.answer.asked


def checklists(known: Known) -> tuple[Checklist, ...]:
    """Return the lists in the order they are needed."""
    return (
        Checklist("Before you buy", tuple(_items(known, _BEFORE))),
        Checklist("Money", tuple(_items(known, _MONEY))),
        Checklist("When it is built", tuple(_items(known, _AFTER))),
    )


_Test = Callable[[Known], tuple[bool | None, str]]
_Row = tuple[str, str, _Test]


def _items(known: Known, rows: Iterable[_Row]) -> Iterable[Item]:
    for ident, text, test in rows:
        is_fine, evidence = test(known)
        if is_fine is None:
            is_ticked = ident in known.ticked
            yield Item(ident, text, Done.BY_HAND if is_ticked else Done.OPEN, evidence)
        else:
            yield Item(ident, text, Done.SEEN if is_fine else Done.AGAINST, evidence)


def _by_hand(hint: str) -> _Test:
    return lambda _known: (None, hint)


def _goal(known: Known) -> tuple[bool | None, str]:
    jobs = [known.answer.workload.title]
    further = len(known.project.also)
    return True, jobs[0] + (f" and {further} more" if further else "")


def _realistic(known: Known) -> tuple[bool | None, str]:
    if not known.answer.solution.builds:
        return False, known.answer.solution.why_not
    return True, "A whole computer for the job exists within the budget."


def _prices(known: Known) -> tuple[bool | None, str]:
    prices = [line.part.price for line in known.chosen.build.lines()]
    dated = [price for price in prices if price is not None]
    stale = [price for price in dated if price.is_stale(known.today)]
    guesses = sum(price.kind is PriceKind.ESTIMATE for price in dated)
    words = f"Oldest price of {known.chosen.total.oldest_as_of or 'an unknown date'}; "
    words += f"{len(stale)} of {len(prices)} older than half a year, {guesses} estimated."
    words += _memory_words(known)
    if len(dated) < len(prices) or stale or guesses:
        return False, words + " Look the prices up and enter yours (My price)."
    return True, words


def _memory_words(known: Known) -> str:
    """Return a warning of the memory kit's price where it is old or may be far off.

    Memory prices move more within a year than those of any other part; the planner had kits of
    every generation a board takes to choose from.
    """
    ram = known.chosen.build.ram
    price = None if ram is None else ram.price
    if ram is None or price is None:
        return ""
    if not price.is_stale(known.today) and price.high < 2 * price.low:
        return ""
    kits = known.chosen.build.ram_kits
    low, high = (money(each * kits, price.currency, decimals=0) for each in (price.low, price.high))
    return (
        f" Memory prices move fast: this {ram.mem_type} kit is priced as of {price.as_of}, "
        f"likely {low} to {high}; kits of every kind that boards take were compared."
    )


def _path(known: Known) -> tuple[bool | None, str]:
    found = score_words(known.growth)
    return any(g.room is Room.YES for g in known.growth), f"{found}: see Room to grow."


def _used(known: Known) -> tuple[bool | None, str]:
    if known.project.limits.new_only:
        return True, "You chose new parts only."
    used = [
        line.part.name
        for line in known.chosen.build.lines()
        if line.part.price is not None and line.part.price.kind is PriceKind.USED
    ]
    hint = f"Second-hand here: {', '.join(used)}. " if used else ""
    return None, f"{hint}A used card is cheaper, often without a warranty; enter it as My price."


def _rules(numbers: Iterable[str], fine: str) -> _Test:
    wanted = frozenset(numbers)

    def test(known: Known) -> tuple[bool | None, str]:
        mine = [f for f in known.chosen.findings if f.rule in wanted]
        worst = _worst(mine)
        if worst is None:
            return True, fine
        if worst.severity is Severity.UNKNOWN:
            return None, worst.text
        return False, worst.text

    return test


def _worst(findings: list[Finding]) -> Finding | None:
    for severity in _WORST:
        found = next((f for f in findings if f.severity is severity), None)
        if found is not None:
            return found
    return None


def _case(known: Known) -> tuple[bool | None, str]:
    found = next((g for g in known.growth if g.what == "A longer card"), None)
    if found is None or found.room is Room.UNKNOWN:
        return None, "Not known for this case: ask the maker."
    return found.room is Room.YES, found.words


def _backup(known: Known) -> tuple[bool | None, str]:
    drives = known.project.data_drives
    if drives is not None and drives.level not in ("none", "0"):
        return None, (
            f"RAID {drives.level} survives a failed drive, but not a mistake or a theft: "
            "keep a copy elsewhere."
        )
    return None, "A second copy on another device or in another place."


def _within(known: Known) -> tuple[bool | None, str]:
    total, budget = known.chosen.total, known.project.budget
    if total.unpriced:
        return None, f"Without a price: {', '.join(total.unpriced)}"
    words = f"{money(total.amount, total.currency)} of {money(budget, total.currency)}"
    return total.amount <= budget, words


def _hidden(known: Known) -> tuple[bool | None, str]:
    tax = known.project.tax_pct
    taxed = f"Tax of {tax:g} % is in. " if tax else "No tax is in: set it under Budget. "
    return None, (
        f"{taxed}Not in: delivery, system licence, screen, keyboard, cables, thermal paste, UPS."
    )


def _reserve(known: Known) -> tuple[bool | None, str]:
    total, budget = known.chosen.total, known.project.budget
    left = budget - total.amount
    share = left / budget if budget else Decimal(0)
    words = (
        f"{money(left, total.currency)} left, {share:.0%} of the budget; "
        f"{RESERVE_LOW:.0%} to {RESERVE_HIGH:.0%} are usual."
    )
    return share >= RESERVE_LOW, words


def _years(known: Known) -> tuple[bool | None, str]:
    usage, power, total = known.project.usage, known.chosen.power, known.chosen.total
    hours = Decimal(str(usage.hours_per_week * WEEKS_PER_YEAR * usage.years))
    electricity = Decimal(str(power.wall_w)) / 1000 * hours * known.per_kwh
    words = (
        f"{usage.years:g} years at {usage.hours_per_week:g} h of full load a week: "
        f"{money(electricity, total.currency, decimals=0)} of electricity beside "
        f"{money(total.amount, total.currency, decimals=0)} for the computer."
    )
    return True, words


_PSU = "Sustained load, short peaks and plugs are within what the supply gives."
_COOL = "The cooler fits the socket, carries the heat and stays under the side panel."
_BOARD = "Socket, memory, slots and size of the board agree with the other parts."
_BEFORE: tuple[_Row, ...] = (
    ("goal", "It is settled what the computer is for", _goal),
    ("realistic", "The budget is enough for that", _realistic),
    ("prices", "The prices are of today", _prices),
    ("path", "It can be upgraded later", _path),
    ("used", "Second-hand parts were considered", _used),
    ("psu", "The power supply is strong enough", _rules(POWER_RULES, _PSU)),
    ("cooling", "The cooling is sufficient", _rules(COOLING_RULES, _COOL)),
    ("board", "The board fits everything", _rules(PLATFORM_RULES, _BOARD)),
    ("case", "The case has room for a longer card", _case),
    ("backup", "There is a place for copies of the data", _backup),
    ("warranty", "Warranty and returns are clear", _by_hand("Who repairs or replaces, how long?")),
    ("time", "It arrives when it is needed", _by_hand("Delivery times; what else waits for it.")),
)
_MONEY: tuple[_Row, ...] = (
    ("within", "The total is within the budget", _within),
    ("hidden", "What is not on the list is counted", _hidden),
    ("reserve", "A reserve is left", _reserve),
    ("years", "The cost over the years is known", _years),
)
# Item, words, what to look at: ticked by hand in reports, checked on the computer itself by
# core.project.after.
AFTER_WORDS = (
    ("drivers", "Drivers are in, and PyTorch finds the card", "This PC shows both."),
    ("monitor", "A monitor runs beside the work", "Monitor, button Record."),
    ("heat", "Temperatures under load are fine", "Benchmark, with Monitor open."),
    ("xmp", "Memory runs at its rated speed", "XMP or EXPO in the firmware; This PC."),
    ("trim", "Drives are set up", "TRIM on; NVMe drives in their fastest slot."),
    ("copies", "Copies of the data are made regularly", "Try to bring one back once."),
    ("baseline", "First results are kept to compare with", "Benchmark keeps every run."),
    ("learn", "You know where to look things up", "Makers' manuals; framework guides."),
)
_AFTER: tuple[_Row, ...] = tuple((name, text, _by_hand(hint)) for name, text, hint in AFTER_WORDS)
