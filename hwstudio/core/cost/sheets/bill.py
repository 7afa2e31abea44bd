"""The sheet "A month in the cloud": hours, storage, transfer; and whether a term saves."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.cost.amount import HOURS_PER_MONTH
from hwstudio.core.cost.cloud_bill import GB_PER_TB, CloudBill, CloudUse, cloud_bill, term
from hwstudio.core.cost.commitment import Commitment
from hwstudio.core.cost.sheets.model import (
    Answer,
    Cell,
    Curves,
    Field,
    Figure,
    Heading,
    Inputs,
    Preset,
    Reader,
    Row,
    Sheet,
)
from hwstudio.core.cost.sheets.money_words import exact_dollars, hourly, percent

_D = Decimal
USE, TERM = "One month", "Prices under a term"
FIELDS = (
    Field(id="hours_per_month", label="Hours a month", unit="h", default=_D(40), high=_D(744),
          group=USE, slider_top=_D(730)),
    Field(id="price_per_hour", label="Price per hour", unit="$/h", default=_D("3.06"),
          high=_D(10) ** 5, decimals=2, group=USE),
    Field(id="storage_tb", label="Storage", unit="TB", default=_D(1), high=_D(10) ** 6, decimals=2,
          group=USE, tip="1 TB = 1,000 GB here; a provider that bills GiB takes 2.4 % more."),
    Field(id="storage_per_gb_month", label="Storage price", unit="$/GB a month",
          default=_D("0.08"), high=_D(1000), decimals=3, group=USE),
    Field(id="egress_gb", label="Data going out", unit="GB", default=_D(100), high=_D(10) ** 9,
          group=USE),
    Field(id="egress_per_gb", label="Price of data out", unit="$/GB", default=_D("0.09"),
          high=_D(1000), decimals=3, group=USE),
    Field(id="year_1_per_hour", label="1-year price", unit="$/h", high=_D(10) ** 5, decimals=2,
          group=TERM, is_optional=True, tip="Billed for all 730 hours of a month, used or not."),
    Field(id="year_3_per_hour", label="3-year price", unit="$/h", high=_D(10) ** 5, decimals=2,
          group=TERM, is_optional=True, tip="Billed for all 730 hours of a month, used or not."),
)  # fmt: skip
_NOTE = (
    "The source multiplies {tb} TB by $0.08 as if it were per TB; the price is per GB and month, "
    "so storage is ${storage}, not ${wrong}, and its totals were too low."
)


def _example(name: str, title: str, values: dict[str, str], note: str) -> Preset:
    given: dict[str, Decimal | str | None] = {key: _D(value) for key, value in values.items()}
    prices = {"storage_per_gb_month": _D("0.08"), "egress_per_gb": _D("0.09")}
    return Preset(
        id=name, title=title, values={**prices, **given}, says="published example", note=note
    )


PRESETS = (
    _example("small", "Small example: 1 V100, 40 h", {
        "hours_per_month": "40", "price_per_hour": "3.06", "storage_tb": "1", "egress_gb": "100",
    }, _NOTE.format(tb=1, storage="80", wrong="0.08")),
    _example("medium", "Medium example: 4 V100, 200 h", {
        "hours_per_month": "200", "price_per_hour": "12.24", "storage_tb": "5", "egress_gb": "500",
    }, _NOTE.format(tb=5, storage="400", wrong="0.40")),
    _example("large", "Large example: 8 A100, 500 h", {
        "hours_per_month": "500", "price_per_hour": "32.77", "storage_tb": "20",
        "egress_gb": "2000",
    }, _NOTE.format(tb=20, storage="1,600", wrong="1.60")),
    _example("term", "1-year or 3-year term at 500 h", {
        "hours_per_month": "500", "price_per_hour": "3.06", "storage_tb": "0", "egress_gb": "0",
        "year_1_per_hour": "2.45", "year_3_per_hour": "1.84",
    }, "The source bills a term only for the hours used. It bills every hour: at 500 h the 1-year "
       "price loses money, and the 3-year price saves 187, not 610."),
)  # fmt: skip
HEADINGS = (
    Heading("Line"),
    Heading("A month, $", is_number=True, decimals=2),
    Heading("A year, $", is_number=True, decimals=2),
    Heading("How"),
)
_TERMS = (("year_1_per_hour", "1-year term"), ("year_3_per_hour", "3-year term"))
Terms = tuple[tuple[str, Decimal, Commitment], ...]


def answer(inputs: Inputs) -> Answer:
    """Return a month's bill and what terms do to it."""
    read = Reader(inputs)
    use = CloudUse(
        hours_per_month=read.or_zero("hours_per_month"),
        price_per_hour=read.need("price_per_hour", "The price per hour"),
        storage_gb=read.or_zero("storage_tb") * GB_PER_TB,
        storage_per_gb_month=read.or_zero("storage_per_gb_month"),
        egress_gb=read.or_zero("egress_gb"),
        egress_per_gb=read.or_zero("egress_per_gb"),
    )
    bill, terms = cloud_bill(use), _terms(use, read)
    sentence, kind = _sentence(bill, terms)
    return Answer(
        sentence=sentence,
        kind=kind,
        detail=" ".join(_term_words(name, one) for name, _, one in terms),
        figures=_figures(bill, terms),
        headings=HEADINGS,
        rows=_rows(use, bill, terms),
        curves=_curves(use, terms),
        cells=_cells(),
        document=_document(bill, terms),
    )


def _terms(use: CloudUse, read: Reader) -> Terms:
    found = []
    for name, words in _TERMS:
        rate = read.may(name)
        made = term(use, rate)
        if rate is not None and made is not None:
            found.append((words, rate, made))
    return tuple(found)


def _sentence(bill: CloudBill, terms: Terms) -> tuple[str, str]:
    text = f"A month costs {exact_dollars(bill.month)}, a year {exact_dollars(bill.year)}."
    best = max(terms, key=lambda one: one[2].saving, default=None)
    if best is None:
        return text, "info"
    name, _, made = best
    if made.saving <= 0:
        return f"{text} No term saves anything at this use.", "warn"
    return f"{text} The {name} saves {exact_dollars(made.saving)} a month.", "ok"


def _term_words(name: str, one: Commitment) -> str:
    verdict = (
        f"saves {exact_dollars(one.saving)}"
        if one.saving > 0
        else f"no saving, {exact_dollars(-one.saving)} more"
    )
    return (
        f"{name}: bills {exact_dollars(one.bill)} for all {HOURS_PER_MONTH} h, {verdict}; it pays "
        f"above {one.break_even_hours:,.0f} h."
    )


def _figures(bill: CloudBill, terms: Terms) -> tuple[Figure, ...]:
    found = [
        Figure("A month", exact_dollars(bill.month), "", "", "hours + storage + data out"),
        Figure("A year", exact_dollars(bill.year), "", "", "12 x a month"),
    ]
    for name, _, one in terms:
        found.append(
            Figure(f"{name} pays above", f"{one.break_even_hours:,.0f}", "h a month",
                   f"{percent(one.break_even_utilisation)} use",
                   "term price / price per hour x 730")
        )  # fmt: skip
    return tuple(found)


def _rows(use: CloudUse, bill: CloudBill, terms: Terms) -> tuple[Row, ...]:
    rows = [
        Row(("Hours", bill.compute, bill.compute * 12,
             f"{Decimal(use.hours_per_month):,.0f} h x {use.price_per_hour} $")),
        Row(("Storage", bill.storage, bill.storage * 12,
             f"{Decimal(use.storage_gb):,.0f} GB x {use.storage_per_gb_month} $ per GB-month")),
        Row(("Data going out", bill.egress, bill.egress * 12,
             f"{Decimal(use.egress_gb):,.0f} GB x {use.egress_per_gb} $")),
        Row(("Together", bill.month, bill.year, ""), is_sum=True),
    ]  # fmt: skip
    for name, rate, one in terms:
        total = bill.month - bill.compute + one.bill
        words = f"hours at {hourly(rate)} x {HOURS_PER_MONTH}, used or not"
        rows.append(Row((f"Together, {name}", total, total * 12, words), is_sum=True))
    return tuple(rows)


def _curves(use: CloudUse, terms: Terms) -> Curves:
    hours = tuple(range(0, 731, 10))
    price = float(use.price_per_hour)
    lines = [("On demand", tuple(price * hour for hour in hours))]
    lines += [(name, (float(one.bill),) * len(hours)) for name, _, one in terms]
    marks = [
        (float(one.break_even_hours), f"{name}: {one.break_even_hours:,.0f} h")
        for name, _, one in terms
        if one.break_even_hours <= HOURS_PER_MONTH
    ]
    return Curves(
        "Hours of a month, on demand and under a term",
        "Hours used a month",
        "Bill for the hours, $",
        tuple(map(float, hours)),
        tuple(lines),
        tuple(marks) or ((float(use.hours_per_month), "your use"),),
    )


def _cells() -> tuple[Cell, ...]:
    return (
        Cell("compute", "Hours", "hours_per_month*price_per_hour"),
        Cell("storage", "Storage", "storage_tb*1000*storage_per_gb_month"),
        Cell("egress", "Data going out", "egress_gb*egress_per_gb"),
        Cell("month", "A month", "compute+storage+egress"),
        Cell("year", "A year", "month*12"),
        Cell("year_1_bill", "1-year term, all hours",
             'IF(ISBLANK(year_1_per_hour),"not given",year_1_per_hour*730)'),
        Cell("year_1_saving", "1-year term saves",
             'IF(ISBLANK(year_1_per_hour),"not given",compute-year_1_bill)'),
        Cell("year_1_hours", "1-year term pays above, h",
             'IF(ISBLANK(year_1_per_hour),"not given",year_1_per_hour/price_per_hour*730)'),
        Cell("year_3_bill", "3-year term, all hours",
             'IF(ISBLANK(year_3_per_hour),"not given",year_3_per_hour*730)'),
        Cell("year_3_saving", "3-year term saves",
             'IF(ISBLANK(year_3_per_hour),"not given",compute-year_3_bill)'),
        Cell("year_3_hours", "3-year term pays above, h",
             'IF(ISBLANK(year_3_per_hour),"not given",year_3_per_hour/price_per_hour*730)'),
    )  # fmt: skip


def _document(bill: CloudBill, terms: Terms) -> dict[str, object]:
    return {
        "compute": bill.compute,
        "storage": bill.storage,
        "egress": bill.egress,
        "month": bill.month,
        "year": bill.year,
        "terms": [
            {
                "name": name, "bill": one.bill, "saving": one.saving,
                "break_even_hours": one.break_even_hours,
                "break_even_utilisation": one.break_even_utilisation,
            }
            for name, _, one in terms
        ],
    }  # fmt: skip


BILL = Sheet(
    id="cloud-bill",
    title="A month in the cloud",
    about="Hours, storage and data out of one month; what a 1-year or 3-year term does to it.",
    fields=FIELDS,
    presets=PRESETS,
    answer=answer,
)
