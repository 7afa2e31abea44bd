"""A kind of work: least and better components, the build held against them, and examples."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QGridLayout, QWidget

from hwstudio.core.base.errors import UserError
from hwstudio.core.guide.presets import Preset
from hwstudio.core.guide.requirement import BYTES, TITLE, UNIT, WATTS, Compared, Verdict, compared
from hwstudio.core.model.build import Build
from hwstudio.core.model.part import Cpu, Gpu, Part
from hwstudio.core.project.guides.taking import drive_words
from hwstudio.gui.configure.words import gib_plain
from hwstudio.gui.kit.card import Card, Chip
from hwstudio.gui.kit.text import label

CHIP = {
    Verdict.BETTER: ("ok", "more than enough"),
    Verdict.ENOUGH: ("ok", "enough"),
    Verdict.SHORT: ("warn", "less"),
    Verdict.UNKNOWN: ("unknown", "not chosen"),
}
COOLING = {
    "passive": "no fan of its own: it needs the air flow of a server",
    "blower": "blows its heat out of the case",
    "open_air": "fans blow into the case",
    "system": "part of a whole system",
    "liquid": "liquid cooled",
}
DRIVES = ("primary_bytes", "secondary_bytes")


def kind_card(preset: Preset, *, build: Build | None, part_of: Callable[[str], Part]) -> Card:
    """Return the card of a kind of work."""
    card = Card(preset.title)
    card.setToolTip(f"Source: {preset.source}")
    card.body.addWidget(label(preset.words, wrap=True))
    card.body.addWidget(_table(compared(build or Build(), preset.minimums)))
    card.body.addWidget(label("Examples, as the catalogue has them", "section"))
    for part_id in preset.examples:
        try:
            card.body.addWidget(label(example_words(part_of(part_id)), "small", wrap=True))
        except UserError:
            continue  # a user's own catalogue may lack it
    return card


def amount_words(key: str, value: float | None) -> str:
    """Return an amount with its unit: ``16``, ``24 GiB``, ``2 TB``, ``750 W``."""
    if value is None:
        return "–"
    if UNIT[key] == WATTS:
        return f"{value:,.0f} W"
    if not value:
        return "none"
    if UNIT[key] == BYTES:
        return drive_words(value) if key in DRIVES else gib_plain(value)
    return f"{value:,.0f}"


def example_words(part: Part) -> str:
    """Return an example with what the catalogue says of it."""
    if isinstance(part, Cpu):
        return f"{part.name}: {part.cores} cores, {part.threads} threads, socket {part.socket}."
    if isinstance(part, Gpu):
        cooling = COOLING.get(part.cooling, part.cooling)
        memory, power = gib_plain(part.vram_bytes), f"{part.tdp_w:,.0f} W"
        return f"{part.maker} {part.name}: {memory}, {power}, {cooling}."
    return f"{part.name}."


def _table(rows: tuple[Compared, ...]) -> QWidget:
    holder = QWidget()
    grid = QGridLayout(holder)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(4)
    for column, text in enumerate(("Part", "At least", "Better", "Your build", "")):
        grid.addWidget(label(text, "section"), 0, column)
    for place, row in enumerate(rows, 1):
        minimum = row.minimum
        cells = (
            TITLE[minimum.key],
            amount_words(minimum.key, minimum.least),
            amount_words(minimum.key, minimum.better),
            amount_words(minimum.key, row.has),
        )
        for column, text in enumerate(cells):
            grid.addWidget(label(text), place, column)
        kind, words = CHIP[row.verdict]
        grid.addWidget(Chip(kind, words), place, len(cells))
    grid.setColumnStretch(5, 1)
    return holder
