"""The sheet "New, used, faster": a used part against a new one, and two parts by value."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.cost.sheets.model import (
    Answer,
    Cell,
    Field,
    Figure,
    Heading,
    Inputs,
    Preset,
    Reader,
    Row,
    Sheet,
)
from hwstudio.core.cost.sheets.money_words import dollars, percent
from hwstudio.core.cost.used import (
    Rival,
    UsedCost,
    UsedPart,
    ValueRatio,
    compare_value,
    used_cost,
)

_D = Decimal
BOTH, USED = "Two parts", "The first part, used"
FIELDS = (
    Field(id="first_cost", label="First: cost", unit="$", default=_D(1200), low=_D("0.01"),
          group=BOTH, tip="Over the same years: price with electricity, or the price alone."),
    Field(id="first_speed", label="First: speed", default=_D(100), low=_D("0.000001"),
          decimals=2, group=BOTH, tip="In any unit, the same for both."),
    Field(id="second_cost", label="Second: cost", unit="$", default=_D(1500), low=_D("0.01"),
          group=BOTH),
    Field(id="second_speed", label="Second: speed", default=_D(140), low=_D("0.000001"),
          decimals=2, group=BOTH),
    Field(id="hours_saved_per_year", label="Hours saved a year", unit="h", high=_D(8760),
          group=BOTH, is_optional=True),
    Field(id="value_per_hour", label="Value of an hour", unit="$/h", default=_D(50), group=BOTH),
    Field(id="years", label="Over", unit="years", default=_D(3), low=_D("0.1"), high=_D(30),
          decimals=1, group=BOTH),
    Field(id="new_price", label="New price", unit="$", group=USED, is_optional=True),
    Field(id="used_price", label="Used price", unit="$", group=USED, is_optional=True),
    Field(id="age_years", label="Its age", unit="years", high=_D(30), decimals=1, group=USED,
          is_optional=True),
    Field(id="warranty_months", label="Warranty left", unit="months", default=_D(0), high=_D(120),
          group=USED),
    Field(id="kept_months", label="You keep it", unit="months", default=_D(24), low=_D(1),
          high=_D(600), group=USED),
    Field(id="reserve_pct", label="Set aside for a failure", unit="%", default=_D("12.5"),
          high=_D(100), decimals=1, group=USED,
          tip="Of the used price, for the months without warranty. Guides say 10 to 15 %."),
)  # fmt: skip


def _used(name: str, new: int, used: int, age: int) -> Preset:
    part, _, _ = name.partition(",")
    return Preset(
        id=f"used_{part.casefold().replace(' ', '_').replace('-', '_')}_{age}",
        title=f"Used: {name}",
        values={"new_price": _D(new), "used_price": _D(used), "age_years": _D(age)},
        says="published table of used prices, undated: enter today's",
    )


PRESETS = (
    Preset(
        id="two_cards",
        title="RTX 3070 against RTX 3080",
        values={
            "first_cost": _D(1200), "first_speed": _D(100), "second_cost": _D(1500),
            "second_speed": _D(140), "hours_saved_per_year": _D(200), "value_per_hour": _D(50),
        },
        says="published example: three-year cost and speed",
        note="The source says 1.4 times the value, which leaves the price out: 1.40 / (1,500 / "
        "1,200) = 1.12. It values 200 hours at $2,000; at its own $50 an hour they are $10,000.",
    ),
    _used("RTX 3070, 1 year old", 500, 350, 1),
    _used("RTX 3070, 2 years old", 500, 250, 2),
    _used("RTX 3080, 1 year old", 700, 500, 1),
    _used("RTX 3080, 2 years old", 700, 400, 2),
    _used("i7-12700K, 1 year old", 350, 280, 1),
    _used("i7-12700K, 2 years old", 350, 200, 2),
    _used("32 GB RAM, 1 year old", 120, 90, 1),
    _used("32 GB RAM, 2 years old", 120, 70, 2),
)  # fmt: skip
HEADINGS = (Heading("Line"), Heading("Value"), Heading("How"), Heading("Who says"))


def answer(inputs: Inputs) -> Answer:
    """Return which part is the better value, and what buying used saves."""
    read = Reader(inputs)
    ratio = compare_value(
        Rival("the first part", read.need("first_cost", "The first cost"),
              read.need("first_speed", "The first speed")),
        Rival("the second part", read.need("second_cost", "The second cost"),
              read.need("second_speed", "The second speed")),
    )  # fmt: skip
    hours = read.may("hours_saved_per_year")
    gain = None if hours is None else hours * read.or_zero("value_per_hour") * read.or_zero("years")
    used = _used_of(read)
    return Answer(
        sentence=_sentence(ratio, used, read),
        kind="info" if used is None else "ok" if used.saving > 0 else "warn",
        detail=_detail(ratio, gain),
        figures=_figures(ratio, used, gain),
        headings=HEADINGS,
        rows=_rows(ratio, used, gain, read),
        cells=_cells(),
        document=_document(ratio, used, gain),
    )


def _used_of(read: Reader) -> UsedCost | None:
    new, price = read.may("new_price"), read.may("used_price")
    if new is None or price is None:
        return None
    return used_cost(
        UsedPart(
            new_price=new,
            used_price=price,
            kept_months=read.need("kept_months", "The months you keep it"),
            warranty_left_months=read.or_zero("warranty_months"),
            failure_reserve=read.share("reserve_pct") or Decimal(0),
        )
    )


def _sentence(ratio: ValueRatio, used: UsedCost | None, read: Reader) -> str:
    if used is not None:
        if used.saving <= 0:
            return "Used is no bargain: with the reserve it costs as much as new or more."
        age = read.may("age_years")
        old = "" if age is None else f", {age.normalize():f} years old,"
        return (
            f"Used{old} it saves {dollars(used.saving)} of {dollars(read.or_zero('new_price'))} "
            f"({used.saving_pct or 0:.0f} %), the reserve for a failure counted."
        )
    value = ratio.value_per_money
    if value == 1:
        return "Both give the same speed for the money."
    word = "more" if value > 1 else "less"
    return (
        f"The second gives {value:.2f} times the speed for the money: {ratio.speed_ratio:.2f} "
        f"times the speed for {ratio.cost_ratio:.2f} times the cost, so {word} for each dollar."
    )


def _detail(ratio: ValueRatio, gain: Decimal | None) -> str:
    if gain is None:
        return ""
    more = ratio.more_cost
    return f"{dollars(gain)} of time saved against {dollars(more)} more cost."


def _figures(ratio: ValueRatio, used: UsedCost | None, gain: Decimal | None) -> tuple[Figure, ...]:
    first = () if used is None else (
        Figure("Used saves", dollars(used.saving), "",
               f"{used.saving_pct or 0:.0f} % of the new price", "new - used - reserve"),
        Figure("Set aside", dollars(used.reserve), "", "for a failure without warranty",
               "used price x reserve x share of the months without warranty"),
    )  # fmt: skip
    return (
        *first,
        Figure("Speed for the money", f"{ratio.value_per_money:.2f}", "x", "second against first",
               "speed ratio / cost ratio"),
        Figure("Time saved is worth", "" if gain is None else dollars(gain), "",
               "not counted" if gain is None else "over the years", "hours x value x years"),
    )  # fmt: skip


def _rows(
    ratio: ValueRatio, used: UsedCost | None, gain: Decimal | None, read: Reader
) -> tuple[Row, ...]:
    says = read.says("second_cost")
    worth = None if gain is None else dollars(gain)
    value = (
        Row(("Speed, second against first", f"{ratio.speed_ratio:.3f} x", "speeds", says)),
        Row(("Cost, second against first", f"{ratio.cost_ratio:.3f} x", "costs", says)),
        Row(("Speed for the money", f"{ratio.value_per_money:.3f} x", "speed / cost", ""),
            is_sum=True),
        Row(("Time saved is worth", worth, "hours x value x years",
             read.says("hours_saved_per_year"))),
    )  # fmt: skip
    if used is None:
        return (*value, Row(("Used against new", None, "give both prices", ""), is_muted=True))
    plain = Decimal(0) if used.saving_pct_of_price is None else used.saving_pct_of_price / 100
    return (
        Row(("Used price below new", percent(plain), "as markets quote it",
             read.says("used_price"))),
        Row(("Set aside for a failure", dollars(used.reserve), "without warranty only",
             read.says("reserve_pct"))),
        Row(("Used saves", dollars(used.saving), "new - used - reserve", ""), is_sum=True),
        *value,
    )  # fmt: skip


def _cells() -> tuple[Cell, ...]:
    bare = "(1-MIN(1,warranty_months/kept_months))"
    return (
        Cell("speed_ratio", "Speed, second against first", "second_speed/first_speed"),
        Cell("cost_ratio", "Cost, second against first", "second_cost/first_cost"),
        Cell("value_per_money", "Speed for the money", "speed_ratio/cost_ratio"),
        Cell("time_worth", "Time saved is worth",
             'IF(ISBLANK(hours_saved_per_year),"not counted",'
             "hours_saved_per_year*value_per_hour*years)"),
        Cell("reserve", "Set aside for a failure", f"N(used_price)*reserve_pct/100*{bare}"),
        Cell("used_saves", "Used saves",
             'IF(ISBLANK(used_price),"not given",new_price-used_price-reserve)'),
    )  # fmt: skip


def _document(ratio: ValueRatio, used: UsedCost | None, gain: Decimal | None) -> dict[str, object]:
    return {
        "speed_ratio": ratio.speed_ratio,
        "cost_ratio": ratio.cost_ratio,
        "value_per_money": ratio.value_per_money,
        "more_cost": ratio.more_cost,
        "time_saved_worth": gain,
        "used_saving": used.saving if used else None,
        "used_saving_pct": used.saving_pct if used else None,
        "used_price_below_new_pct": used.saving_pct_of_price if used else None,
        "failure_reserve": used.reserve if used else None,
    }


PARTS = Sheet(
    id="parts",
    title="New, used, faster",
    about="Which of two parts gives more for the money, and what a used one saves.",
    fields=FIELDS,
    presets=PRESETS,
    answer=answer,
)
