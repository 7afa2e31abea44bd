"""Ready-made builds: tiers, examples, tasks, kinds of work and memory sizes as cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial

from PySide6.QtCore import QTimer, Slot
from PySide6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.money import money
from hwstudio.core.guide.allocation import OTHER, Profile
from hwstudio.core.guide.allocation import TITLE as GROUP_TITLE
from hwstudio.core.guide.presets import Preset
from hwstudio.core.guide.wishes import GuideWishes
from hwstudio.core.project.guides.follow import ROUNDS, Followed, follow
from hwstudio.core.project.guides.taking import in_words
from hwstudio.core.project.guides.texts import presets, profiles
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.expected_page import ExpectedPage
from hwstudio.gui.configure.guides.kind_card import kind_card
from hwstudio.gui.configure.guides.parts import Segments, scrolled
from hwstudio.gui.configure.guides.profile_card import POINTS, points_words, profile_card
from hwstudio.gui.configure.guides.working import Working
from hwstudio.gui.kit.card import Card
from hwstudio.gui.kit.text import label

TITLE = "Ready-made builds"
WORDS = (
    "Each card is a set of wishes. Use this puts them into the plan, and the parts are looked up "
    "at the catalogue's prices of today."
)
PAGES = ("By budget", "Examples", "By task", "By kind of work", "Memory size", "Expected times")
COLUMNS = 3
_LAID_OUT_MS = 30  # the new page has its height then
BY_TASK, BY_KIND = 2, 3
OF_THE_BUILD = (BY_TASK, BY_KIND)  # they hold the chosen build against what they recommend
REST_COSTS = " The cheapest board, supply, case and cooler that fit cost that much."
DEAREST = (
    " The dearest processor for ordinary boards, released from 2020 on, costs {}; a dearer one "
    "needs a workstation board."
)


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
        self._working = Working(self)
        self._working.done.connect(self._on_followed)
        self._working.failed.connect(self._on_failed)
        self._working.told.connect(self._on_told)
        self.finished.connect(self._working.stop)
        self._fill()
        self.finish(self.pages.buttons[0])
        self.resize(1120, 640)

    def _fill(self) -> None:
        for place in range(len(PAGES) - 1):
            self.buttons_by_page.append({})
            self.stack.addWidget(self._page(place))
        self.expected = ExpectedPage(self.context)
        self.finished.connect(self.expected.working.stop)
        self.stack.addWidget(self.expected)

    def refresh(self) -> None:
        """Hold what a page says of the build against the one that is chosen now."""
        here = self.stack.currentIndex()
        for place in OF_THE_BUILD:
            old, new, focus = self.stack.widget(place), self._page(place), self.focusWidget()
            if not isinstance(old, QScrollArea):
                continue
            name = focus.accessibleName() if focus and old.isAncestorOf(focus) else ""
            top = old.verticalScrollBar().value()
            self.stack.insertWidget(place, new)
            self.stack.removeWidget(old)
            old.deleteLater()
            self.stack.setCurrentIndex(here)
            QTimer.singleShot(_LAID_OUT_MS, new, partial(new.verticalScrollBar().setValue, top))
            for button in new.findChildren(QPushButton):
                if name and button.accessibleName() == name:
                    button.setFocus()

    def _page(self, place: int) -> QScrollArea:
        found, build = presets(), self.context.build()
        plain = partial(preset_card, titles=self.context.titles())
        if place == BY_TASK:
            budget = self.context.state().budget
            cards = [(p.title, p.wishes, profile_card(p, budget, build)) for p in profiles()]
            made = self._made(place, cards, 1)
            self._add_followers()
            return made
        if place == BY_KIND:
            of = self.context.shelf.part
            kinds = [
                (p.title, p.wishes, kind_card(p, build=build, part_of=of)) for p in found.classes
            ]
            return self._made(place, kinds, 1)
        group = {0: found.tiers, 1: found.templates, 4: found.memory}[place]
        return self._made(place, [(p.title, p.wishes, plain(p)) for p in group], COLUMNS)

    def _made(
        self, place: int, cards: Sequence[tuple[str, GuideWishes, Card]], columns: int
    ) -> QScrollArea:
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
        self.buttons_by_page[place] = made
        return scrolled(holder, PAGES[place])

    def _add_followers(self) -> None:
        """Give each task profile a second button, which buys by its shares."""
        self.followers: dict[str, QPushButton] = {}
        for profile in profiles():
            button = QPushButton("Spend like this")
            button.setToolTip("Look for a build whose money goes where these shares say")
            button.setAccessibleName(f"Spend like this: {profile.title}")
            button.clicked.connect(partial(self.spend_like, profile))
            self.followers[profile.title] = button
            user = self.buttons_by_page[BY_TASK][profile.title]
            card = user.parentWidget()
            if isinstance(card, Card):
                card.head.insertWidget(card.head.count() - 1, button)

    def spend_like(self, profile: Profile) -> None:
        """Look for a build near a profile's shares in the background, then put it into the plan."""
        state, shelf, planner = self.context.state(), self.context.shelf, self.context.planner
        self.notice.say("info", "Looking for parts near these shares…")

        def work(tell: Callable[[str], None]) -> Followed | None:
            def told(number: int) -> None:
                tell(f"Looking for parts near these shares, round {number} of {ROUNDS}…")

            return follow(profile, state, shelf, planner, told)

        self._working.start(work)

    @Slot(object)
    def _on_followed(self, found: object) -> None:
        if not isinstance(found, Followed):
            words = "No whole build near these shares stays inside the budget. Raise the budget."
            self.notice.say("warn", words)
            return
        self.context.put(found.state, "spend by shares")
        said = "Put into the plan, its four parts locked."
        if found.is_near:
            self.notice.say("ok", f"{said} Every share is within {POINTS} points.")
        else:
            off = f"{GROUP_TITLE[found.worst.group].lower()} {points_words(found.worst)}"
            why = why_off(found)
            self.notice.say("warn", f"{said} The nearest found; farthest off: {off}.{why}")

    @Slot(str)
    def _on_told(self, words: str) -> None:
        self.notice.say("info", words)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self.notice.say("error", sentence)

    @Slot(int)
    def _on_page(self, number: int) -> None:
        self.notice.clear()
        self.stack.setCurrentIndex(number)


def why_off(found: Followed) -> str:
    """Return what keeps the nearest build from its shares, where prices tell; else ""."""
    worst = found.worst
    if worst.group == OTHER:
        return REST_COSTS
    if worst.group == "cpu" and worst.off < 0 and found.dearest_cpu:
        dearest = money(Decimal(found.dearest_cpu), found.state.currency, decimals=0)
        return DEAREST.format(dearest)
    return ""


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
