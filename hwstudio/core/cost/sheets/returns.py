"""The sheet "Return on it": return, present value and payback, without and with soft benefits."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.amount import ZERO
from hwstudio.core.cost.benefit import Benefit, Roi, RoiCase, roi, time_saved_per_month
from hwstudio.core.cost.finance import Return
from hwstudio.core.cost.sheets.model import (
    Answer,
    Cell,
    Curves,
    Figure,
    Heading,
    Inputs,
    Months,
    Reader,
    Row,
    Sheet,
)
from hwstudio.core.cost.sheets.money_words import dollars, months_words, percent
from hwstudio.core.cost.sheets.rent_fields import (
    EGRESS_FORMULA,
    EGRESS_PRICE,
    STORAGE_FORMULA,
    STORAGE_PRICE,
    egress_month,
    is_asked,
    storage_month,
)
from hwstudio.core.cost.sheets.returns_fields import FIELDS, NO, PRESETS

HARD, SOFT, CANCELS = "money saved", "a judgement", "cancels: the same either way"
# The input a benefit rests on, to say who gave it.
_BASIS = {
    "Rent no longer paid": "rent_avoided_per_month",
    "Storage no longer paid": STORAGE_PRICE,
    "Data out no longer paid": EGRESS_PRICE,
    "Other savings": "other_saving_per_month",
    "Time saved": "hours_per_week",
    "Earlier results, sales": "advantage_per_month",
    "New things possible": "innovation_per_month",
}
HEADINGS = (
    Heading("Line"),
    Heading("A month, $", is_number=True),
    Heading("In all, $", is_number=True),
    Heading("Kind"),
    Heading("Who says"),
)


def case_of(inputs: Inputs) -> RoiCase:
    """Return the case.

    Raises:
        UserError: an input that cannot be.
    """
    read = Reader(inputs)
    cost, old = read.or_zero("cost"), read.or_zero("trade_in")
    if old > cost:
        raise UserError(
            "The old hardware sells for more than the new one costs",
            f"{old:,.0f} against {cost:,.0f} $",
            "Then nothing is invested; check both prices",
        )
    return RoiCase(
        cost=cost - old,
        benefits=_benefits(read),
        life_months=max(1, int(read.need("life_months", "The months it is used"))),
        running_per_month=read.or_zero("running_per_month"),
        resale=read.or_zero("resale"),
        discount_rate=read.share("discount_pct") or ZERO,
        common=(
            ("Development time", read.or_zero("same_work")),
            ("Other shared costs", read.or_zero("same_other")),
        ),
    )


def _benefits(read: Reader) -> tuple[Benefit, ...]:
    hard, soft = read.share("hard_sure_pct") or ZERO, read.share("soft_sure_pct") or ZERO
    found = [
        Benefit("Rent no longer paid", read.or_zero("rent_avoided_per_month"), True, hard),
        *_data_saved(read, hard),
        Benefit("Other savings", read.or_zero("other_saving_per_month"), True, hard),
    ]
    if read.word("soft_counted") == NO:
        return tuple(found)
    time = time_saved_per_month(
        read.or_zero("hours_per_week"),
        read.or_zero("value_per_hour"),
        read.share("adoption_pct") or ZERO,
    )
    return (
        *found,
        Benefit("Time saved", time, False, soft),
        Benefit("Earlier results, sales", read.or_zero("advantage_per_month"), False, soft),
        Benefit("New things possible", read.or_zero("innovation_per_month"), False, soft),
    )


def _data_saved(read: Reader, sure: Decimal) -> Iterable[Benefit]:
    """Return a line for storage and one for data out, where there are any and a price is given."""
    kept, leaves = is_asked(read)
    for is_asked_for, name, month in (
        (kept, "Storage no longer paid", storage_month(read)),
        (leaves, "Data out no longer paid", egress_month(read)),
    ):
        if is_asked_for and month is not None:
            yield Benefit(name, month, True, sure)


def _not_counted(read: Reader) -> Iterable[Row]:
    kept, leaves = is_asked(read)
    for is_asked_for, name, month in (
        (kept, "Storage no longer paid", storage_month(read)),
        (leaves, "Data out no longer paid", egress_month(read)),
    ):
        if is_asked_for and month is None:
            yield Row((name, None, None, HARD, "no price is given"), is_muted=True)


def answer(inputs: Inputs) -> Answer:
    """Return the return on hardware."""
    case = case_of(inputs)
    sums = roi(case)
    has_soft = sums.soft_per_month > 0
    sentence, kind = _sentence(case, sums, has_soft=has_soft)
    return Answer(
        sentence=sentence,
        kind=kind,
        detail=_detail(sums, has_soft=has_soft),
        figures=_figures(sums, has_soft=has_soft),
        headings=HEADINGS,
        rows=_rows(case, sums, Reader(inputs)),
        curves=_curves(sums, has_soft=has_soft),
        cells=_cells(),
        months=_months(case.life_months),
        document=_document(case, sums),
    )


def _pays(found: Return) -> str:
    if found.payback_month is None:
        return "does not pay back"
    return f"pays back in month {found.payback_month}"


def _sentence(case: RoiCase, sums: Roi, *, has_soft: bool) -> tuple[str, str]:
    time = months_words(case.life_months)
    hard = sums.hard
    worth = dollars(abs(hard.net_present_value))
    gain = f"gains {worth}" if hard.net_present_value >= 0 else f"loses {worth}"
    if hard.payback_month is not None:
        text = f"It {_pays(hard)} and {gain} in {time}, from savings alone."
        return text, "ok" if hard.net_present_value >= 0 else "warn"
    text = f"From savings alone it does not pay back within {time}: it {gain}."
    if has_soft and sums.all.payback_month is not None:
        return f"{text} With the softer benefits it {_pays(sums.all)}.", "warn"
    return text, "warn"


def _detail(sums: Roi, *, has_soft: bool) -> str:
    parts = []
    if has_soft:
        worth = dollars(sums.all.net_present_value)
        parts.append(
            f"With {dollars(sums.soft_per_month)} a month of softer benefits: {worth}, "
            f"return {percent(sums.all.roi)}."
        )
    if sums.cancelling:
        parts.append(f"{dollars(sums.cancelling)} cost the same either way and cancel.")
    return " ".join(parts)


def _rate(value: float | None) -> str:
    if value is None:
        return ""
    return percent(value) if value < 10 else "over 1,000 %"


def _figures(sums: Roi, *, has_soft: bool) -> tuple[Figure, ...]:
    hard, both = sums.hard, sums.all

    def note(text: str) -> str:
        return f"with softer benefits {text or 'none'}" if has_soft else ""

    def month(found: Return) -> str:
        return "Never" if found.payback_month is None else f"{found.payback_month}"

    return (
        Figure("Return (ROI)", percent(hard.roi), "", note(percent(both.roi)),
               "present value of everything / what is invested"),
        Figure("Worth today (NPV)", dollars(hard.net_present_value), "",
               note(dollars(both.net_present_value)),
               "-C0 + sum(saving / (1+d)^(m/12)) + S / (1+d)^L"),
        Figure("Return a year (IRR)", _rate(hard.internal_rate), "",
               note(_rate(both.internal_rate)) or ("" if hard.internal_rate is not None else
                                                   "no rate makes it even"),
               "the yearly rate at which the present value is zero"),
        Figure("Pays back in month", month(hard), "", note(month(both)),
               "first month in which the savings add up to what was paid, not discounted"),
    )  # fmt: skip


def _rows(case: RoiCase, sums: Roi, read: Reader) -> tuple[Row, ...]:
    life = case.life_months
    rows = [
        Row(("Price, less the old hardware", "", -Decimal(str(case.cost)), "once",
             read.says("cost")), read.says("cost"), "price less what the old hardware brings"),
        Row(("Running cost", -Decimal(str(case.running_per_month)),
             -Decimal(str(case.running_per_month)) * life, "every month",
             read.says("running_per_month")), "", "a month x months"),
    ]  # fmt: skip
    for one in case.benefits:
        sure = Decimal(str(one.confidence)) * 100
        says = read.says(_BASIS[one.name]) + ("" if sure == 100 else f"; {sure:.0f} % sure")
        kind = HARD if one.is_hard else SOFT
        rows.append(
            Row((one.name, one.expected, one.expected * life, kind, says), says,
                "amount x how sure; time: hours x value x share used x 52 / 12")
        )  # fmt: skip
    rows += _not_counted(read)
    rows.append(
        Row(("Sold in the end", "", Decimal(str(case.resale)), "once, at the end",
             read.says("resale")))
    )  # fmt: skip
    rows += [
        Row((name, "", Decimal(str(amount)), CANCELS, "both sides"), is_muted=True)
        for name, amount in case.common
        if amount
    ]
    gain = sum(sums.all.flows, ZERO)
    rows.append(Row(("Gain, not discounted", "", gain, "", ""), is_sum=True))
    return tuple(rows)


def _curves(sums: Roi, *, has_soft: bool) -> Curves:
    lines = [("Savings alone", _cumulative(sums.hard))]
    if has_soft:
        lines.append(("With softer benefits", _cumulative(sums.all)))
    marks = [
        (float(found.payback_month), f"pays back: month {found.payback_month}")
        for found in ((sums.all,) if has_soft and sums.hard.payback_month is None else (sums.hard,))
        if found.payback_month
    ]
    return Curves(
        "Money so far",
        "Month",
        "Got back less paid, $",
        tuple(float(month) for month in range(len(sums.hard.flows))),
        tuple(lines),
        tuple(marks),
    )


def _cumulative(found: Return) -> tuple[float, ...]:
    total, sums = ZERO, []
    for flow in found.flows:
        total += flow
        sums.append(float(total))
    return tuple(sums)


# --- for scripts and spreadsheets --------------------------------------------------------------


def _as_data(found: Return, case: RoiCase) -> dict[str, object]:
    years = Decimal(case.life_months) / 12
    return {
        "roi": found.roi,
        "roi_per_year": None if found.roi is None else found.roi / years,
        "npv": found.net_present_value,
        "irr": found.internal_rate,
        "payback_months": found.payback_month,
        "never": found.payback_month is None,
    }


def _document(case: RoiCase, sums: Roi) -> dict[str, object]:
    return {
        "hard": _as_data(sums.hard, case),
        "with_soft": _as_data(sums.all, case),
        "hard_per_month": sums.hard_per_month,
        "soft_per_month": sums.soft_per_month,
        "cancelling": sums.cancelling,
        "common": [{"name": name, "amount": amount} for name, amount in case.common],
    }


def _cells() -> tuple[Cell, ...]:
    saved = f"rent_avoided_per_month+{STORAGE_FORMULA}+{EGRESS_FORMULA}+other_saving_per_month"
    hard = f"({saved})*hard_sure_pct/100"
    soft = (
        '(hours_per_week*value_per_hour*adoption_pct/100*52/12+advantage_per_month'
        '+innovation_per_month)*soft_sure_pct/100*IF(soft_counted="no",0,1)'
    )  # fmt: skip
    hard_worth = "-invested+PV(month_rate,life_months,-hard_net)+resale/(1+month_rate)^life_months"
    all_worth = hard_worth.replace("hard_net", "all_net")
    return (
        Cell("invested", "Invested", "cost-trade_in"),
        Cell("month_rate", "Return elsewhere, a month", "(1+discount_pct/100)^(1/12)-1"),
        Cell("hard_per_month", "Savings a month", hard),
        Cell("soft_per_month", "Softer benefits a month", soft),
        Cell("hard_net", "Savings less running cost", "hard_per_month-running_per_month"),
        Cell("all_net", "With softer benefits", "hard_net+soft_per_month"),
        Cell("hard_npv", "Worth today, savings alone", hard_worth),
        Cell("all_npv", "Worth today, with softer benefits", all_worth),
        Cell("hard_roi", "Return, savings alone", 'IF(invested=0,"none",hard_npv/invested)'),
        Cell("all_roi", "Return, with softer benefits", 'IF(invested=0,"none",all_npv/invested)'),
        Cell("hard_irr", "Return a year, savings alone",
             'IFERROR((1+IRR(Months!B2:B{last}))^12-1,"none")'),
        Cell("all_irr", "Return a year, with softer benefits",
             'IFERROR((1+IRR(Months!C2:C{last}))^12-1,"none")'),
        Cell("cancelling", "The same either way, in no sum", "same_work+same_other"),
    )  # fmt: skip


def _months(count: int) -> Months:
    ends = "IF({m}=life_months,resale,0)"
    return Months(
        count,
        (
            ("Month", "{m}"),
            ("Savings alone, $", f"IF({{m}}=0,-invested,hard_net+{ends})"),
            ("With softer benefits, $", f"IF({{m}}=0,-invested,all_net+{ends})"),
            ("Savings alone so far, $", "SUM(B$2:B{row})"),
            ("With softer benefits so far, $", "SUM(C$2:C{row})"),
        ),
    )


RETURNS = Sheet(
    id="roi",
    title="Return on it",
    about="What hardware brings back: savings first, softer benefits apart.",
    fields=FIELDS,
    presets=PRESETS,
    answer=answer,
)
