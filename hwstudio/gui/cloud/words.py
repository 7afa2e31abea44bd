"""The Cloud tab's sentences: short, plain, with ranges, and "never" said plainly."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.assess.own_or_rent import Question, electricity_hour
from hwstudio.core.assess.when import Reason, Verdict
from hwstudio.core.base.money import money
from hwstudio.core.cost.breakeven import Payback
from hwstudio.core.cost.cloud_data import DataBill
from hwstudio.core.cost.odds import Odds, Swing
from hwstudio.core.cost.options import KIND_WORDS, Rental
from hwstudio.core.model.provider_names import provider_name
from hwstudio.gui.cloud.state import CloudState

PAY_WORDS = {
    "on_demand": "On demand",
    "spot": "Spot",
    "by_month": "By the month",
    "commit_1y": "1-year commitment",
    "commit_3y": "3-year commitment",
}
LINE_WORDS = {
    "on_demand": "on demand",
    "marketplace": "on demand",
    "spot": "spot",
    "commit_1y": "1 year",
    "commit_3y": "3 years",
}
_LONG_MONTHS = 120


def months(value: float | None) -> str:
    """Return a number of months as people say it."""
    if value is None:
        return "never"
    if value > _LONG_MONTHS:
        return "over 10 years"
    return "under a month" if value < 1 else f"{value:.0f}"


def spread(odds: Odds) -> str:
    """Return ``9 to 22 months``, with "never" where the worst cases never pay back."""
    low, high = months(odds.p10_months), months(odds.p90_months)
    if low == high:
        return low if low in ("never", "over 10 years") else f"{low} months"
    unit = " months" if high[-1].isdigit() else ""
    middle = " months" if not unit and low[-1].isdigit() else ""
    return f"{low}{middle} to {high}{unit}"


def swing_words(swing: Swing) -> str:
    """Return ``$1,190 to $3,008``."""
    return f"{money(round(swing.gain_at_low))} to {money(round(swing.gain_at_high))}"


def rental_name(rental: Rental) -> str:
    """Return ``Verda, 1 x A100 SXM, spot``."""
    offer = rental.offer
    kind = KIND_WORDS[rental.kind].partition(",")[0]
    return f"{provider_name(offer.provider)}, {shape(rental)}, {kind}"


def shape(rental: Rental) -> str:
    """Return ``8 x H100 SXM``."""
    offer = rental.offer
    return f"{offer.accelerator_count:g} x {offer.accelerator} {offer.variant}".strip()


def line_name(rental: Rental) -> str:
    """Return the short name of a way to pay, for the chart."""
    return f"Rent: {LINE_WORDS[rental.kind]}"


def answer_words(
    question: Question, payback: Payback, odds: Odds, rent_month: Decimal
) -> tuple[str, str, str]:
    """Return the answer, what it means in months, and whether it is ok or warn."""
    hours = f"{question.hours_per_month:,.0f} h a month"
    if question.hours_per_month == 0:
        return "Never: without any use there is nothing to save by owning.", "", "warn"
    if payback.months is None:
        power = electricity_hour(question) * Decimal(str(question.hours_per_month))
        text = (
            f"Never: at {hours} renting costs {money(rent_month)}, and the electricity of your "
            f"own hardware alone would cost {money(power)}."
        )
        return text, "", "warn"
    wait = months(float(payback.months))
    wait = f"about {wait} months" if wait[-1].isdigit() else wait
    if payback.is_in_life is False:
        detail = (
            f"Renting is cheaper: at {hours} owning would take {wait} to pay back, longer than "
            f"the {question.life_years:g} years you keep it."
        )
        return odds_words(odds), detail, "warn"
    detail = f"Owning pays back after {wait} at {hours} (likely {spread(odds)})."
    return odds_words(odds), detail, "ok"


def share_words(share: float) -> str:
    """Return a share in per cent; "all" and "none" are said only where they are true."""
    if 0.995 <= share < 1:
        return "over 99%"
    return "under 1%" if 0 < share < 0.005 else f"{share:.0%}"


def odds_words(odds: Odds) -> str:
    """Return the odds and what decides, in one sentence."""
    text = f"Owning wins in {share_words(odds.owning_wins_share)} of cases"
    if odds.deciding_input:
        is_plural = odds.deciding_input.startswith(("the hours", "the years"))
        text += f"; {odds.deciding_input} {'decide' if is_plural else 'decides'}"
    return f"{text}."


def compared_words(rental: Rental) -> str:
    """Return what owning is compared with."""
    return f"Compared with {rental_name(rental)}, at {_price(rental)} an hour."


def data_words(data: DataBill) -> str:
    """Return what of a month's rent is for data, and what of it is not counted."""
    return f"In the rent, a month: {data.words}." if data.lines else ""


def verdict_words(verdict: Verdict | None) -> str:
    """Return which of the usual reasons decided, and what speaks against."""
    if verdict is None or not (verdict.decided_by or verdict.why):
        return ""
    side = {"own": "Own", "rent": "Rent"}.get(verdict.side, "Undecided")
    text = f"{side}, because of: {_listed(verdict.decided_by)}. {verdict.why}"
    if verdict.against:
        text += f" Against it: {_listed(verdict.against)}."
    return text


def _listed(reasons: tuple[Reason, ...]) -> str:
    return "; ".join(reason.words[:1].lower() + reason.words[1:] for reason in reasons)


def count_words(state: CloudState) -> str:
    """Return how many offers are shown and how old their prices are."""
    count, stale = len(state.rows), sum(row.is_stale for row in state.rows)
    text = f"{count:,} offer" if count == 1 else f"{count:,} offers"
    small = sum(not row.fits for row in state.rows)
    if small:
        text += f", {small:,} too small for the job"
    if state.is_one_region:
        text += " (each machine's cheapest region)"
    unknown = sum(any(line.cost is None for line in row.data.lines) for row in state.rows)
    if unknown:
        text += f"; storage or data out not counted for {unknown:,}"
    if not stale:
        return text
    return f"{text}, {'all' if stale == count else f'{stale:,}'} with a price over 90 days old"


def _price(rental: Rental) -> str:
    value = rental.price_per_hour
    return money(value, decimals=2 if value >= Decimal("0.1") else 3)


_BANDS = {
    "purchase": "${:,.0f} to ${:,.0f}",
    "rent_per_hour": "${:,.2f} to ${:,.2f}/h",
    "speed_ratio": "{:.2f} to {:.2f} x yours",
    "hours_per_month": "{:,.0f} to {:,.0f} h",
    "price_per_kwh": "${:.2f} to ${:.2f}",
    "load_kw": "{:.2f} to {:.2f} kW",
}


def band_words(swing: Swing) -> str:
    """Return the range of an input in its own unit, 8 of 10 cases."""
    if swing.key == "resale_share":
        return f"{swing.low:.0%} to {swing.high:.0%}"
    if swing.key == "life_months":
        return f"{swing.low / 12:.1f} to {swing.high / 12:.1f} years"
    return _BANDS.get(swing.key, "{:g} to {:g}").format(swing.low, swing.high)
