"""The sentences of the Budgets page: the answer first, in plain words."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.cost.budget.limits import LIMIT_NAMES, Limits, Span, binding, conflicts
from hwstudio.core.cost.budget.notices import Level, standing
from hwstudio.core.cost.budget.policy import least_conflicts
from hwstudio.core.cost.budget.simulate import Replay
from hwstudio.core.report.blocks import Status
from hwstudio.gui.cloud.budgets.state import BudgetsState

LEVEL_KIND = {Level.WARNING: "warn", Level.ACTION: "warn", Level.STOP: "error"}
LEVEL_WORD = {
    Level.WARNING: "80 % reached",
    Level.ACTION: "90 % reached",
    Level.STOP: "Limit reached",
}
STATUS_KIND = {
    Status.GOOD: "ok",
    Status.WATCH: "warn",
    Status.BAD: "error",
    Status.UNKNOWN: "muted",
}
STATUS_WORD = {
    Status.GOOD: "Good",
    Status.WATCH: "Watch",
    Status.BAD: "Off target",
    Status.UNKNOWN: "Not measured",
}
_PERIOD = {Span.DAY: "today", Span.WEEK: "this week", Span.MONTH: "this month"}


def limits_sentence(state: BudgetsState) -> str:
    """Return how spending stands, worst first."""
    if not state.watch.forecasts:
        return "No limit is set yet. Enter how much a day, a week or a month may cost."
    found = standing(state.watch.notices)
    if found:
        order = list(Level)
        worst = max(found, key=lambda n: (order.index(n.level), not n.is_forecast))
        return worst.words
    seen, limit = state.watch.forecasts[-1]
    return (
        f"{money(seen.spent, state.currency, decimals=2)} of "
        f"{money(limit, state.currency, decimals=2)} is spent {_PERIOD[seen.term.span]}; "
        f"at this rate it becomes {money(seen.expected, state.currency, decimals=2)}."
    )


def limits_detail(state: BudgetsState) -> str:
    """Return which limit decides."""
    caps = state.book.limits
    return binding(caps, state.currency).words if any(caps.each()) else ""


def limits_conflicts(state: BudgetsState) -> str:
    """Return the contradictions, one per line."""
    found = conflict_lines(state.book.limits, state.currency)
    return "\n".join(["These limits contradict each other:", *found]) if found else ""


def conflict_lines(caps: Limits, currency: str) -> list[str]:
    """Return the contradictions; a day against a month only where no week stands between."""
    found = conflicts(caps, currency)
    near = [each for each in found if (each.short, each.long) != (Span.DAY, Span.MONTH)]
    return [f"• {each.words}" for each in near or found]


def policy_sentence(state: BudgetsState) -> str:
    """Return what the policy costs and who waits."""
    seen, demand = state.comparison, state.demand
    if seen is None or demand is None:
        if state.is_replaying:
            return "Replaying the demand…"
        return state.demand_problem or "Choose a demand to replay."
    policy = state.book.policy
    days = len(demand.hours) / 24
    length = f"{days:,.0f} days" if days >= 2 else f"{len(demand.hours)} hours"
    words = f"This policy costs {money(seen.policy.spend, state.currency)} in {length}"
    if seen.always_max.spend > 0:
        share = seen.saved / seen.always_max.spend * 100
        side = "less" if share >= 0 else "more"
        machines = _machines(policy.max_instances)
        words += f", {abs(share):.0f} % {side} than always running {machines}"
    return f"{words}. {_waiting(seen.policy)}"


def _machines(count: int) -> str:
    return "1 machine" if count == 1 else f"{count:,} machines"


def _waiting(done: Replay) -> str:
    if done.unfinished_hours > Decimal("0.05"):
        return f"{done.unfinished_hours:,.0f} machine-hours of work are left over at the end."
    if done.mean_wait_s < 1:
        return "Nothing waits."
    mean, longest = duration(done.mean_wait_s), duration(done.longest_wait_s)
    return f"Work waits {mean} on average, {longest} at most."


def duration(seconds: float) -> str:
    """Return a wait as people say it."""
    if seconds < 1:
        return "none"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    hours = seconds / 3600
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def policy_detail(state: BudgetsState) -> str:
    """Return contradictions, cap hits and what was not recorded."""
    policy = state.book.policy
    lines = conflict_lines(policy.caps, policy.currency)
    lines += [f"• {words}" for words in least_conflicts(policy)]
    if lines:
        lines.insert(0, "These settings contradict each other:")
    seen, demand = state.comparison, state.demand
    if seen is not None:
        held = [
            f"the {LIMIT_NAMES[span]} limit {hits} x for {seen.policy.cap_hours[span]:,.0f} h"
            for span, hits in seen.policy.cap_hits.items()
            if hits
        ]
        if held:
            lines.append(f"Machines were held back by {', '.join(held)}.")
    if demand is not None and demand.missing_hours:
        lines.append(f"{demand.missing_hours:,} hours were not recorded and count as no work.")
    return "\n".join(lines)


def plan_sentence(state: BudgetsState) -> str:
    """Return whether the cash lasts."""
    if state.cash is None or state.book.plan is None:
        return "There is no plan yet. Begin with a template, or add a purchase."
    if state.cash.problems:
        return state.cash.problems[0]
    if not state.book.plan.items:
        return "Nothing is bought in this plan yet. Add a purchase."
    lowest = min(state.cash.months, key=lambda month: month.cash_after)
    return (
        f"The cash lasts: it is lowest in {lowest.name} with "
        f"{money(lowest.cash_after, state.currency, decimals=2)}."
    )


def plan_detail(state: BudgetsState) -> str:
    """Return sums and hints."""
    if state.cash is None:
        return ""
    bills = money(state.cash.total_bills, state.currency, decimals=2)
    aside = money(state.cash.total_contingency, state.currency, decimals=2)
    parts = [f"Bills of {bills}, and {aside} set aside for surprises.", *state.cash.hints]
    if state.cash.owed_after > 0:
        owed = money(state.cash.owed_after, state.currency, decimals=2)
        parts.append(f"{owed} of loans and leases are still to be paid back after the plan.")
    return " ".join(parts)


def return_sentence(state: BudgetsState) -> str:
    """Return how many of the six figures are on target."""
    if state.board is None:
        return "Reading what was recorded…" if state.is_reading else "Nothing was read yet."
    figures = state.board.figures
    measured = [figure for figure in figures if figure.status is not Status.UNKNOWN]
    good = [figure for figure in measured if figure.status is Status.GOOD]
    if not measured:
        return "None of the six figures is measured yet. The table says what would measure each."
    off = [figure.name for figure in measured if figure.status is Status.BAD]
    words = f"{len(good)} of {len(measured)} measured figures meet their target"
    words += f"; off target: {', '.join(off)}." if off else "."
    missing = len(figures) - len(measured)
    return words + (f" {missing} not measured." if missing else "")
