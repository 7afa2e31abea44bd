"""Ready-made builds: tiers, examples, tasks, kinds of work and memory sizes as cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.guide.presets import Preset
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.project.guides.taking import in_words
from hwstudio.core.project.guides.texts import presets, profiles
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.kind_card import kind_card
from hwstudio.gui.configure.guides.parts import Segments, scrolled
from hwstudio.gui.configure.guides.profile_card import profile_card
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.text import label

TITLE = "Ready-made builds"
WORDS = (
    "Each card is a set of wishes. Use this puts them into the plan, and the parts are looked up "
    "at the catalogue's prices of today."
)
PAGES = ("By budget", "Examples", "By task", "By kind of work", "Memory size")
COLUMNS = 3


class ReadyMadeDialog(GuideDialog):
    """``cards`` holds the buttons by the preset's title, page by page."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, WORDS, context, parent)
        self.pages = Segments(PAGES)
        self.stack = QStackedWidget()
        self.buttons_by_page: list[dict[str, QPushButton]] = []
        self.body.addWidget(self.pages)
        self.body.addWidget(self.stack, 1)
        self.pages.chosen.connect(self._on_page)
        self._fill()
        self.finish(self.pages.buttons[0])
        self.resize(1120, 640)

    def _fill(self) -> None:
        found, build = presets(), self.context.build()
        plain = partial(preset_card, titles=self.context.titles())
        self._add([(p.title, p.wishes, plain(p)) for p in found.tiers], COLUMNS)
        self._add([(p.title, p.wishes, plain(p)) for p in found.templates], COLUMNS)
        budget = self.context.state().budget
        self._add([(p.title, p.wishes, profile_card(p, budget, build)) for p in profiles()], 1)
        shown: Callable[[Preset], Card] = partial(
            kind_card, build=build, part_of=self.context.shelf.part
        )
        self._add([(p.title, p.wishes, shown(p)) for p in found.classes], 1)
        self._add([(p.title, p.wishes, plain(p)) for p in found.memory], COLUMNS)

    def _add(self, cards: Sequence[tuple[str, GuideWishes, Card]], columns: int) -> None:
        holder = QWidget()
        outer = QVBoxLayout(holder)
        outer.setContentsMargins(0, 0, 8, 0)
        grid = QGridLayout()
        grid.setSpacing(12)
        made: dict[str, QPushButton] = {}
        for number, (title, wishes, card) in enumerate(cards):
            button = QPushButton("Use this")
            button.setAutoDefault(True)
            button.setAccessibleName(f"Use this: {title}")
            button.clicked.connect(partial(self.use, wishes))
            card.head.addWidget(button)
            made[title] = button
            grid.addWidget(card, number // columns, number % columns)
        for column in range(columns):
            grid.setColumnStretch(column, 1)
        outer.addLayout(grid)
        outer.addStretch(1)
        self.buttons_by_page.append(made)
        self.stack.addWidget(scrolled(holder, PAGES[len(self.buttons_by_page) - 1]))

    @Slot(int)
    def _on_page(self, number: int) -> None:
        self.notice.clear()
        self.stack.setCurrentIndex(number)


def band_words(preset: Preset) -> str:
    """Return "$500 to $1,500", "from $15,000" or "up to $3,000"; "" without a band."""
    low, high = preset.low, preset.high
    if high is None:
        return f"from {money(low, decimals=0)}" if low is not None else ""
    if not low:
        return f"up to {money(high, decimals=0)}"
    return f"{money(low, decimals=0)} to {money(high, decimals=0)}"


def preset_card(preset: Preset, *, titles: dict[str, str]) -> Card:
    """Return the card of a preset: band, whom it is for, and the wishes in words."""
    card = Card(preset.title)
    card.setToolTip(f"Source: {preset.source}")
    band = band_words(preset)
    if band:
        card.body.addWidget(label(band, "medium"))
    card.body.addWidget(label(preset.words, wrap=True))
    if preset.for_whom:
        card.body.addWidget(label(f"For {', '.join(preset.for_whom)}.", wrap=True))
    if preset.good_for:
        card.body.addWidget(label(f"Good for {', '.join(preset.good_for)}.", wrap=True))
    wishes = ". ".join(in_words(preset.wishes, titles))
    card.body.addWidget(label(f"{wishes}.", "small", wrap=True))
    card.body.addStretch(1)
    return card
