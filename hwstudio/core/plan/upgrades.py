"""The upgrade plan: what to do now and in 6, 12 and 24 months, why, and what it costs.

Every phase is judged with what the phases before it put in. What lowers GPU memory is held back
until it is confirmed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from hwstudio.core.assess.upgrade.book import MONTHS, UpgradeBook, Wish
from hwstudio.core.assess.upgrade.counterfactual import Ground, Trials, best_pair, useful_of
from hwstudio.core.assess.upgrade.inventory import KINDS, THIS_PC
from hwstudio.core.assess.upgrade.known import put_into
from hwstudio.core.assess.upgrade.lifecycle import Lifecycle, has_ended
from hwstudio.core.assess.upgrade.rent import RentAdvice, rent_advice
from hwstudio.core.assess.upgrade.situation import Situation
from hwstudio.core.assess.upgrade.swap import Change, worth
from hwstudio.core.assess.upgrade.thresholds import Thresholds
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib
from hwstudio.core.model.machine import Machine
from hwstudio.core.model.part import PartKind
from hwstudio.core.monitor.recorded_pressure import MEMORY, Pressure
from hwstudio.core.plan.upgrade_steps import TITLES, Action, Phase, Step, UpgradePlan, later

MOST_SUGGESTIONS = 3
_SAME = {PartKind.GPU.value: PartKind.GPU_CARD.value}
ZERO = Decimal(0)
_REPLACES: dict[PartKind, set[str]] = {
    PartKind.GPU_CARD: {PartKind.GPU.value, PartKind.GPU_CARD.value},
    PartKind.RAM: {PartKind.RAM.value},
    PartKind.PSU: {PartKind.PSU.value},
    PartKind.CPU: {PartKind.CPU.value},
    PartKind.STORAGE: {PartKind.STORAGE.value},
}


def plan_of(situation: Situation) -> UpgradePlan:
    """Return the plan.

    Raises:
        UserError: a wished part is not for sale, or breaks a rule in this machine.
    """
    return _Planner(situation).plan()


def take(book: UpgradeBook, wish: Wish, change: Change) -> UpgradeBook:
    """Return the book with a part planned for a time, in the place of an earlier wish for it.

    Raises:
        UserError: it lowers GPU memory, and that is not confirmed.
    """
    if change.less_vram_bytes and not wish.is_confirmed:
        raise UserError(
            f"{change.change} lowers GPU memory by {gib(change.less_vram_bytes, 2)}",
            "jobs that fit now may no longer fit",
            "Confirm it to plan it all the same",
        )
    kept = tuple(old for old in book.wishes if old.part_id != wish.part_id)
    return replace(book, wishes=(*kept, wish))


@dataclass(slots=True)
class _Planner:
    """Walks through the phases; remembers what is in the machine and what was spent."""

    now: Situation
    machine: Machine = field(init=False)
    ground: Ground = field(init=False)
    spent: Decimal = ZERO
    held: list[Step] = field(default_factory=list)
    _trials: Trials | None = None
    _singles: dict[PartKind, list[Change]] | None = None
    replaced: set[str] = field(default_factory=set)  # kinds of part bought in an earlier phase

    def __post_init__(self) -> None:
        self.machine, self.ground = self.now.machine, self.now.ground

    def plan(self) -> UpgradePlan:
        first = self._open().now.total
        every = [change for found in self._all_singles().values() for change in found]
        choices = tuple(sorted(every, key=worth))
        phases = tuple(self._phase(months) for months in MONTHS)
        return UpgradePlan(
            phases=phases,
            held=tuple(self.held),
            score_now=first,
            rent=self._rent(phases),
            choices=choices,
        )

    def _rent(self, phases: Sequence[Phase]) -> RentAdvice | None:
        """Return what renting costs against the first graphics card the plan buys."""
        now, steps = self.now, [step for phase in phases for step in phase.steps]
        bought = [step.change for step in steps if step.change is not None]
        if now.shapes is None:
            return None
        goal, limits = now.shapes.workload, now.book.limits
        return rent_advice(
            goal, bought, now.offers, now.shapes, now.use, limits, does_fit=now.does_fit
        )

    def _phase(self, months: int) -> Phase:
        day = later(self.now.today, months)
        steps = [*self._dated(months, day), *self._wished(months)]
        if not any(step.is_wish for step in steps):
            bought = self._best(months)
            steps += [bought] if bought is not None else []
        if not steps:
            steps = [self._keep(months)]
        return Phase(
            at_months=months,
            title=TITLES[months],
            day=day,
            steps=tuple(steps),
            score=self._open().now.total,
        )

    def _open(self) -> Trials:
        """Return the trials of the machine as it is by now, also of what lowers GPU memory."""
        if self._trials is None:
            ground = replace(self.ground, allows_less_vram=True)
            self._trials = self.now.start(self.machine, ground)
        return self._trials

    def _all_singles(self) -> dict[PartKind, list[Change]]:
        if self._singles is None:
            self._singles = self._open().singles()
        return self._singles

    # --- what is due by date -----------------------------------------------------------------

    def _dated(self, months: int, day: date) -> list[Step]:
        """Return what ends or gets old between the phase before and this one."""
        before = max((m for m in MONTHS if m < months), default=None)
        since = date.min if before is None else later(self.now.today, before)
        found = []
        for each in self.now.lifecycles:
            if each.item.machine == THIS_PC and each.item.kind in self.replaced:
                continue
            step = _due(each, months, (since, day), self.now.today)
            if step is not None:
                found.append(replace(step, suggestions=self._suggestions(each)))
        return found

    def _suggestions(self, each: Lifecycle) -> tuple[Change, ...]:
        """Return what could take a part's place, best points per money first."""
        kind = _SAME.get(each.item.kind, each.item.kind)
        if each.item.machine != THIS_PC:
            return ()
        found = self._all_singles()
        alike = next((found[k] for k in found if k.value == kind), [])
        alike = [change for change in alike if not change.less_vram_bytes]
        return tuple(sorted(alike, key=worth)[:MOST_SUGGESTIONS])

    # --- what the user wants -----------------------------------------------------------------

    def _wished(self, months: int) -> list[Step]:
        steps = []
        for wish in self.now.book.wishes:
            if wish.at_months == months:
                step = self._wish(wish)
                if step.less_vram_bytes and not (wish.is_confirmed or self.now.allows_less_vram):
                    self.held.append(step)
                    continue
                self._put(step)
                steps.append(step)
        return steps

    def _wish(self, wish: Wish) -> Step:
        bought = [self.now.find(part_id) for part_id in wish.part_id.split("+")]
        parts = [each for each in bought if each is not None]
        if len(parts) < len(bought):
            raise UserError(
                f"The planned part '{wish.part_id}' has no price",
                "it is not in the catalogue, or nobody says what it costs",
                "Take the step out of the plan, or type a price for the part",
            )
        trials = self._open()
        change = trials.change(*parts)
        if change is None:
            raise UserError(
                f"{parts[0].words} breaks a rule in this computer",
                "it does not fit the parts you listed",
                "Choose another part",
            )
        change = replace(change, part_id=wish.part_id)
        return _buy(wish.at_months, trials.with_gains(change), ("You planned it.",), is_wish=True)

    # --- what pays most -----------------------------------------------------------------------

    def _best(self, months: int) -> Step | None:
        """Return the purchase worth most per money that can be paid by then.

        What is worth more but dearer is saved for: nothing is bought that would delay it. A kind
        of part that the plan has bought already is not bought again.
        """
        trials = self._open()
        urgent = self._urgent() if months == 0 else {}
        ordered = self._ordered(trials, urgent)
        self._hold_back(months, ordered, trials)
        kept = [c for c in ordered if not c.less_vram_bytes or self.now.allows_less_vram]
        first = next((c for c in kept if self._payable_at(c, months) is not None), None)
        payable = [c for c in kept if self._payable_at(c, months) == months]
        if first is None or not payable:
            return None if first is None else self._save_for(first, months)
        due = self._payable_at(first, months)
        free = [c for c in payable if c is first or not self._delays(c, first, months, due)]
        if not free:
            return self._save_for(first, months)
        best = trials.with_gains(free[0])
        reasons = tuple(words for kind, words in urgent.items() if _meets(best, {kind: words}))
        step = _buy(months, best, (*reasons, *_why(best)), _alike(best, payable, trials))
        self._put(step)
        return step

    def _ordered(self, trials: Trials, urgent: dict[PartKind, str]) -> list[Change]:
        """Return what is worth buying, urgent kinds first, then by points per money."""
        limits = self.ground.limits
        singles = {
            kind: found
            for kind, found in self._all_singles().items()
            if kind.value not in self.replaced
        }
        pair = best_pair(trials, singles)
        every = [change for found in singles.values() for change in found]
        useful = useful_of([*every, *([pair] if pair else [])], limits)
        worthy = [
            change
            for change in useful
            if change.points_per_hundred >= limits.least_per_hundred or _meets(change, urgent)
        ]
        return sorted(worthy, key=lambda c: (not _meets(c, urgent), *worth(c)))

    def _payable_at(self, change: Change, months: int, more: Decimal = ZERO) -> int | None:
        """Return the phase from this one on in which a change can be paid; None = in none.

        ``more`` is spent before.
        """
        book = self.now.book
        if book.budget is None and book.per_month is None:
            return months
        for at in MONTHS:
            there = (book.budget or 0) + (book.per_month or 0) * at - self.spent - more
            if at >= months and change.cost.typical <= there:
                return at
        return None

    def _delays(self, change: Change, first: Change, months: int, due: int | None) -> bool:
        """Say whether paying a change now puts off what is worth more."""
        return self._payable_at(first, months, change.cost.typical) != due

    def _save_for(self, change: Change, months: int) -> Step:
        at = self._payable_at(change, months)
        when = TITLES[at].lower() if at is not None else ""
        price = money(change.cost.typical, change.cost.currency, decimals=0)
        return Step(
            at_months=months,
            action=Action.KEEP,
            machine=THIS_PC,
            component="",
            title=f"Save for: {change.change[:1].lower()}{change.change[1:]}",
            reasons=(f"It brings most for its money, and its {price} are there {when}.",),
        )

    def _hold_back(self, months: int, ordered: Sequence[Change], trials: Trials) -> None:
        """Keep what would be the best purchase but lowers GPU memory, to be confirmed."""
        if self.now.allows_less_vram or not ordered or not ordered[0].less_vram_bytes:
            return
        best = trials.with_gains(ordered[0])
        if best.part_id not in {s.change.part_id for s in self.held if s.change}:
            self.held.append(_buy(months, best, _why(best)))

    def _urgent(self) -> dict[PartKind, str]:
        """Return which memory is short by the recordings, with the evidence."""
        found: dict[PartKind, str] = {}
        for pressure in self.now.pressures:
            kind, words = _short(pressure, self.ground.limits)
            if words:
                found.setdefault(kind, words)
        for each in self.now.lifecycles:
            if each.item.machine == THIS_PC and each.is_unsupported:
                words = f"{each.item.name} gets no more driver updates."
                found.setdefault(PartKind.GPU_CARD, words)
        return found

    def _keep(self, months: int) -> Step:
        book = self.now.book
        has_money = book.budget is not None or book.per_month is not None
        limit = " for the money there is" if has_money else ""
        limits = self.ground.limits
        words = (
            f"No part brings {limits.least_points:g} or more points{limit}, with at least "
            f"{limits.least_per_hundred:g} for each 100 of money."
        )
        return Step(
            at_months=months,
            action=Action.KEEP,
            machine=THIS_PC,
            component="",
            title="Keep what you have",
            reasons=(words,),
        )

    def _put(self, step: Step) -> None:
        """Put what a step buys into the machine."""
        if step.change is None:
            return
        self.spent += step.change.cost.typical
        build = self.ground.known.build
        self.machine = self._open().with_parts(step.change.bought)
        self._trials = self._singles = None
        for each in step.change.bought:
            build = put_into(build, each.part)
            self.replaced |= _REPLACES.get(each.part.kind, set())
        self.ground = replace(self.ground, known=replace(self.ground.known, build=build))


def _buy(
    months: int,
    change: Change,
    reasons: tuple[str, ...],
    suggestions: tuple[Change, ...] = (),
    *,
    is_wish: bool = False,
) -> Step:
    return Step(
        at_months=months,
        action=Action.BUY,
        machine=THIS_PC,
        component=change.part,
        title=change.change,
        reasons=reasons,
        change=change,
        suggestions=suggestions or (change,),
        is_wish=is_wish,
    )


def _why(change: Change) -> tuple[str, ...]:
    points = "1 point" if change.gain_points == 1 else f"{change.gain_points} points"
    hundred = money(Decimal(100), change.cost.currency, decimals=0)
    said = f"{points} more, {change.points_per_hundred:.1f} for each {hundred}."
    return (said, *(f"{gain.words}." for gain in change.gains[:2]))


def _alike(best: Change, kept: Sequence[Change], trials: Trials) -> tuple[Change, ...]:
    """Return two or three choices of the same kind, by points per money, the taken one first."""
    others = [c for c in kept if c.part == best.part and c.part_id != best.part_id]
    more = [trials.with_gains(c) for c in others[: MOST_SUGGESTIONS - 1]]
    return (best, *more)


def _meets(change: Change, urgent: dict[PartKind, str]) -> bool:
    return any(each.part.kind in urgent for each in change.bought)


def _short(pressure: Pressure, limits: Thresholds) -> tuple[PartKind, str]:
    """Return which part a full memory asks for, and the evidence ("" = it is not short)."""
    is_main = pressure.device == MEMORY
    percent = limits.ram_pressure_pct if is_main else limits.vram_pressure_pct
    kind = PartKind.RAM if is_main else PartKind.GPU_CARD
    hours, share = pressure.hours_above(percent / 100), pressure.p95_share
    if share is None or share * 100 < percent or hours < limits.pressure_hours:
        return kind, ""
    what = "Memory" if is_main else f"The memory of {pressure.device}"
    return kind, (
        f"{what} was at least {percent:.0f} % full for {hours:.1f} of "
        f"{pressure.recorded_hours:.0f} recorded hours."
    )


def _due(each: Lifecycle, months: int, span: tuple[date, date], today: date) -> Step | None:
    """Return the step for a part whose support or warranty ends in a span, or that gets old."""
    reasons = _ends(each, span, today)
    if months == 0 and each.is_unsupported and not reasons:
        worst = next(s for s in each.supports if s.stack == "driver" and s.state == "ended")
        reasons.append(f"{worst.words}: no more security updates.")
    old = _gets_old(each, span, today)
    if old:
        reasons.append(old)
    if not reasons:
        return None
    item = each.item
    return Step(
        at_months=months,
        action=Action.LOOK,
        machine=item.machine,
        component=KINDS.get(item.kind, item.kind),
        title=f"Look again at {item.name}",
        reasons=tuple(reasons),
    )


def _ends(each: Lifecycle, span: tuple[date, date], today: date) -> list[str]:
    since, until = span
    said = []
    for end, words in (
        (each.support_until, "Support by its maker"),
        (each.item.warranty_until, "The warranty"),
    ):
        if has_ended(end, until) and not has_ended(end, since):
            said.append(f"{words} {'ended' if has_ended(end, today) else 'ends'} {end}.")
    return said


def _gets_old(each: Lifecycle, span: tuple[date, date], today: date) -> str:
    age, limit = each.age_years, each.look_after_years
    if age is None:
        return ""
    before, then = (age + (day - today).days / 365.25 for day in span)
    if not before < limit <= then:
        return ""
    is_now = span[1] <= today
    return (
        f"It {'is' if is_now else 'will be'} {then:.1f} years old; you look again after {limit:g}."
    )
