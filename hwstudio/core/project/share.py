"""A build as text to paste into a mail, a forum or a notebook, with everything it stands on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib, rough, watts
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.project.answer_words import (
    at_hand_words,
    further_words,
    guess_words,
    held_words,
    owned_names,
    owned_pieces,
    owning_basis,
    owning_words,
    tax_words,
)

if TYPE_CHECKING:
    from hwstudio.core.optimize.solve import PlannedBuild
    from hwstudio.core.project.answer import Answer

HEADERS = ("Part", "Quantity", "Price", "Basis", "Date", "Source")
_BASIS = {
    PriceKind.OWN: "own price",
    PriceKind.QUOTE: "quote",
    PriceKind.LIST: "list price",
    PriceKind.USED: "second-hand price",
    PriceKind.ESTIMATE: "estimate",
}


@dataclass(frozen=True, slots=True)
class Section:
    """One block of the sheet: a heading and its lines."""

    title: str
    lines: tuple[str, ...]


def as_text(answer: Answer) -> str:
    """Return the build as plain text with aligned columns; "" when nothing is chosen."""
    if answer.chosen is None:
        return ""
    rows = [HEADERS, *_rows(answer.chosen, answer.asked.owned)]
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEADERS))]
    table = ["  ".join(c.ljust(w) for c, w in zip(r, widths, strict=True)).rstrip() for r in rows]
    table.insert(1, "-" * max(len(line) for line in table))
    out = [answer.asked.name, "=" * len(answer.asked.name), *table]
    for section in _sections(answer, answer.chosen):
        out += ["", section.title, *(f"  {line}" for line in section.lines)]
    return "\n".join(out) + "\n"


def as_markdown(answer: Answer) -> str:
    """Return the build as Markdown; "" when nothing is chosen."""
    if answer.chosen is None:
        return ""
    table = ["| " + " | ".join(HEADERS) + " |", "|---|---:|---:|---|---|---|"]
    table += [
        "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"
        for row in _rows(answer.chosen, answer.asked.owned)
    ]
    out = [f"# {answer.asked.name}", "", *table]
    for section in _sections(answer, answer.chosen):
        out += ["", f"## {section.title}", "", *(f"- {line}" for line in section.lines)]
    return "\n".join(out) + "\n"


def _price_sources(chosen: PlannedBuild) -> tuple[str, ...]:
    """Return the different sources of the prices, in the order of the parts."""
    prices = (line.part.price for line in chosen.build.lines())
    return tuple(dict.fromkeys(price.source for price in prices if price is not None))


def _rows(chosen: PlannedBuild, owned: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    sources = _price_sources(chosen)
    for line in chosen.build.lines():
        price = line.part.price
        at_hand = owned_pieces(line.part, line.quantity, owned)
        to_buy = line.quantity - at_hand
        words = [at_hand_words(at_hand, line.quantity)]
        words += [_price_words(price, to_buy)] if to_buy else []
        is_known = price is not None and to_buy > 0
        yield (
            line.part.name,
            str(line.quantity),
            ", ".join(filter(None, words)),
            _BASIS[price.kind] if price and is_known else "",
            price.as_of if price and is_known else "",
            f"[{sources.index(price.source) + 1}]" if price and is_known else "",
        )


def _price_words(price: Price | None, quantity: int) -> str:
    if price is None:
        return "unknown"
    if price.low == price.high:
        return money(price.amount * quantity, price.currency)
    amount, low, high = (
        money(value * quantity, price.currency, decimals=0)
        for value in (price.amount, price.low, price.high)
    )
    return f"{amount} ({low} to {high})"


def _sections(answer: Answer, chosen: PlannedBuild) -> Iterator[Section]:
    yield Section("Total", tuple(_total_lines(answer, chosen)))
    yield Section("Expected", tuple(_expected_lines(answer, chosen)))
    yield Section("Power", tuple(_power_lines(chosen)))
    yield Section("Checks", tuple(_finding_lines(chosen.findings)))
    sources = enumerate(_price_sources(chosen), 1)
    yield Section("Sources of the prices", tuple(f"[{n}] {source}" for n, source in sources))
    if answer.asked.notes:
        yield Section("Notes", tuple(answer.asked.notes.splitlines()))


def _total_lines(answer: Answer, chosen: PlannedBuild) -> Iterator[str]:
    total, budget = chosen.total, answer.asked.budget
    line = f"{money(total.amount, total.currency)} of {money(budget, total.currency)} budget"
    if total.low != total.high:
        low, high = money(total.low, total.currency), money(total.high, total.currency)
        line += f", likely {low} to {high}"
    tax = tax_words(total, answer.asked.tax_pct)
    yield f"{line}; {tax}; oldest price from {total.oldest_as_of or 'an unknown date'}"
    if answer.asked.tax_pct:
        yield "The prices of the rows are before tax"
    if total.owned:
        yield f"At hand, so not to be bought: {', '.join(owned_names(chosen))}"
    if total.unpriced:
        yield f"Without a price: {', '.join(total.unpriced)}"


def _expected_lines(answer: Answer, chosen: PlannedBuild) -> Iterator[str]:
    speed, memory = chosen.prediction, chosen.memory
    yield f"Job: {answer.workload.title}"
    if speed.median is None or speed.low is None or speed.high is None:
        yield f"Speed not known: {speed.refused}"
    else:
        figures = [rough(v) for v in (speed.median, speed.low, speed.high)]
        yield (
            f"Speed about {figures[0]} {speed.unit} ({figures[1]} to {figures[2]}, "
            f"{speed.evidence.value})"
        )
    if guess := guess_words(chosen, answer.workload):
        yield guess
    if memory is not None and memory.need_bytes is not None:
        yield (
            f"GPU memory about {gib(memory.need_bytes)} of {gib(memory.vram_bytes)} "
            f"({memory.verdict.value}, estimated)"
        )
    for job in chosen.also:
        yield f"Also {further_words(job)}"
    if chosen.ownership is not None:
        yield owning_words(chosen.ownership)
        yield f"For {owning_basis(chosen.ownership)}"


def _power_lines(chosen: PlannedBuild) -> Iterator[str]:
    power = chosen.power
    if held := held_words(chosen.build):
        yield f"Graphics cards {held}"
    yield f"Sustained {watts(power.sustained_w)}, short peaks {watts(power.excursion_w)}"
    minimum = power.vendor_minimum_w
    yield f"GPU maker's minimum supply: {'not published' if minimum is None else watts(minimum)}"
    yield f"Recommended supply: {watts(power.recommended_psu_w)} or more"
    yield f"At the wall: {watts(power.wall_w)}, {power.wall_a:.1f} A"
    for item in power.items:
        yield f"{item.count} x {item.label}: {watts(item.each_w)} each ({item.source})"


def _finding_lines(findings: tuple[Finding, ...]) -> Iterator[str]:
    order = tuple(Severity)
    for finding in sorted(findings, key=lambda f: order.index(f.severity)):
        source = f" [{finding.source}]" if finding.source else ""
        advice = f" {finding.advice}" if finding.advice else ""
        yield f"{finding.severity.value.capitalize()}: {finding.text}{advice}{source}"
    if not findings:
        yield "No rule has anything to say against this build."
