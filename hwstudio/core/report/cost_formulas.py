"""The break-even of own or rent as a table whose sums live on in a spreadsheet.

Change the price, the hours or the rent there, and the months until owning pays follow.
"""

from __future__ import annotations

from hwstudio.core.assess.own_or_rent import Comparison, Question, odds_case, speed_ratio
from hwstudio.core.cost.odds_case import OddsCase
from hwstudio.core.cost.options import Rental
from hwstudio.core.report.blocks import Cell, Column, Table

TITLE = "Break-even worked out"
NEVER = "never"
NOTE = (
    "Typical values. In a spreadsheet the last five lines are formulas: change a value above them "
    "and they follow."
)
_Row = tuple[str, Cell, str, str]  # name, value, unit, formula over B2.. ("" = typed)


def break_even_table(question: Question, answer: Comparison, ratio: float | None) -> Table | None:
    """Return the sums of the break-even; None where there is none to work out.

    ``ratio``: own hours one rented hour replaces; None = as predicted.
    """
    rental = answer.against
    if rental is None or answer.payback is None or question.own.price is None:
        return None
    if rental.is_commitment:
        return None  # its bill does not follow the hours
    case = _case(question, rental, answer)
    if case is None:
        return None
    speed = case.speed_ratio.typical if ratio is None else ratio
    rows = (*_inputs(case, rental, speed), *_sums(case, rental, speed))
    return Table(
        TITLE,
        (Column("Line"), Column("Value", digits=4, absent=""), Column("Unit", absent="")),
        tuple((name, value, unit) for name, value, unit, _ in rows),
        NOTE,
        formulas={(row, 1): formula for row, (*_, formula) in enumerate(rows) if formula},
    )


def _case(question: Question, rental: Rental, answer: Comparison) -> OddsCase | None:
    own = next((option for option in answer.options if option.kind == "own"), None)
    ratio = None if own is None else speed_ratio(rental, question.own, own.speed)
    return None if ratio is None else odds_case(question, rental, ratio)


def _inputs(case: OddsCase, rental: Rental, speed: float) -> tuple[_Row, ...]:
    return (
        ("Price of your own", case.purchase.typical, "USD", ""),  # B2
        ("Sold at the end for, share of the price", case.resale_share.typical, "", ""),  # B3
        ("Busy hours a month", case.hours_per_month.typical, "h", ""),  # B4
        ("Power while working", case.load_kw, "kW", ""),  # B5
        ("Electricity", case.price_per_kwh.typical, "USD/kWh", ""),  # B6
        ("Rent of the machine compared", float(rental.price_per_hour), "USD/h", ""),  # B7
        ("Hours of yours that one rented hour replaces", speed, "", ""),  # B8
        ("Billed hours for one hour of work", rental.overhead, "", ""),  # B9
        ("Storage and data out", case.rent_fixed_per_month, "USD a month", ""),  # B10
    )


def _sums(case: OddsCase, rental: Rental, speed: float) -> tuple[_Row, ...]:
    hours, price = case.hours_per_month.typical, float(rental.price_per_hour)
    rent = hours / speed * rental.overhead * price + case.rent_fixed_per_month
    power = hours * case.load_kw * case.price_per_kwh.typical
    net = case.purchase.typical * (1 - case.resale_share.typical)
    months: Cell = net / (rent - power) if rent > power else NEVER
    busy: Cell = months * hours if isinstance(months, float) else NEVER
    return (
        ("Renting the same work", rent, "USD a month", "B4/B8*B9*B7+B10"),  # B11
        ("Electricity of your own", power, "USD a month", "B4*B5*B6"),  # B12
        ("Price less what it sells for", net, "USD", "B2*(1-B3)"),  # B13
        ("Owning pays back after", months, "months", 'IF(B11<=B12,"never",B13/(B11-B12))'),
        ("The same in busy hours", busy, "h", 'IF(B11<=B12,"never",B13/(B11-B12)*B4)'),
    )
