"""Which setup suits me? Three questions, then wishes for a build and a cloud option."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.catalog.cloud_tables import FreeTier
from hwstudio.core.guide.cloud_option import cheapest_offer
from hwstudio.core.guide.decision_tree import CloudWish, Leaf, Question
from hwstudio.core.model.provider_names import provider_name
from hwstudio.core.project.guides.taking import in_words
from hwstudio.core.project.guides.texts import decision_tree
from hwstudio.core.project.learn.shelf import shelf
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.dialog import GuideDialog
from hwstudio.gui.configure.guides.parts import AnswerButton, scrolled
from hwstudio.gui.configure.words import gib_plain
from hwstudio.gui.kit.card import Card, Sentence
from hwstudio.gui.kit.text import label

TITLE = "Which setup suits me?"
WORDS = "Three questions. The answer is a starting point: everything can be changed after it."
STEPS = 3
COMPARED = "which_device"  # the page beside those that the answers name
NO_OFFER = "The catalogue has no offer of that kind."


class TreeDialog(GuideDialog):
    """``path`` holds the answers given so far."""

    def __init__(self, context: GuideContext, parent: QWidget | None = None) -> None:
        super().__init__(TITLE, WORDS, context, parent)
        self._tree = decision_tree()
        self.path: tuple[str, ...] = ()
        self.answers: tuple[AnswerButton, ...] = ()
        self.reading: tuple[QPushButton, ...] = ()
        self.leaf: Leaf | None = None
        self.step = label("", "section")
        self.body.addWidget(self.step)
        self._page: QWidget | None = None
        self.back = self.add_button("Back")
        self.again = self.add_button("Start over")
        self.take = self.add_button("Use this", primary=True)
        self.back.clicked.connect(self._on_back)
        self.again.clicked.connect(self._on_again)
        self.take.clicked.connect(self._on_take)
        self.finish(self.take)
        self.resize(640, 640)
        self._show()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take a digit as the answer of that number."""
        number = event.key() - Qt.Key.Key_0
        if 1 <= number <= len(self.answers):
            self.answer_number(number - 1)
            return
        super().keyPressEvent(event)

    def answer_number(self, number: int) -> None:
        """Give the answer of that place (0 = the first)."""
        if number < len(self.answers):
            self.answers[number].click()

    def _go(self, path: tuple[str, ...]) -> None:
        self.path = path
        self.notice.clear()
        self._show()

    def _show(self) -> None:
        here = self._tree.at(self.path)
        self._drop_page()
        self.leaf = here if isinstance(here, Leaf) else None
        page = self._question(here) if isinstance(here, Question) else self._end(here)
        self._page = scrolled(page, TITLE)
        self.body.addWidget(self._page, 1)
        self.back.setEnabled(bool(self.path))
        self.again.setEnabled(bool(self.path))
        self.take.setVisible(self.leaf is not None)
        if self.answers:
            self.answers[0].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.take.setFocus(Qt.FocusReason.OtherFocusReason)

    def _drop_page(self) -> None:
        self.answers = self.reading = ()
        if self._page is not None:
            self._page.hide()
            self.body.removeWidget(self._page)
            self._page.deleteLater()

    def _question(self, here: Question) -> QWidget:
        self.step.setText(f"Question {len(self.path) + 1} of {STEPS}")
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        box.addWidget(Sentence(here.words))
        made = []
        for number, answer in enumerate(here.answers, 1):
            button = AnswerButton(f"{number}  {answer.words}", answer.hint)
            button.clicked.connect(partial(self._go, (*self.path, answer.id)))
            box.addWidget(button)
            made.append(button)
        box.addStretch(1)
        self.answers = tuple(made)
        return page

    def _end(self, leaf: Leaf) -> QWidget:
        self.step.setText("Your setup")
        page = QWidget()
        box = QVBoxLayout(page)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(Sentence(f"For {leaf.words}."))
        own = Card("To buy")
        for line in in_words(leaf.wishes, self.context.titles()):
            own.body.addWidget(label(line, wrap=True))
        own.body.addWidget(
            label("Use this looks up the parts at the catalogue's prices.", "small", wrap=True)
        )
        rent = Card("To rent instead or besides")
        rent.body.addWidget(label(leaf.cloud.words, wrap=True))
        self.cloud = label(cloud_words(leaf.cloud, self.context), wrap=True)
        rent.body.addWidget(self.cloud)
        box.addWidget(own)
        box.addWidget(rent)
        box.addWidget(self._reading(leaf))
        box.addStretch(1)
        return page

    def _reading(self, leaf: Leaf) -> QWidget:
        """Return the pages that say why, each a link; the answers stay for the way back."""
        card = Card("Read why")
        made = []
        for page_id in (*leaf.read, COMPARED):
            link = QPushButton(shelf().page(page_id).title)
            link.setProperty("link", True)
            link.setAutoDefault(False)
            link.clicked.connect(partial(self._on_read, page_id))
            card.body.addWidget(link, 0, Qt.AlignmentFlag.AlignLeft)
            made.append(link)
        self.reading = tuple(made)
        return card

    def _on_read(self, page_id: str, _is_checked: bool = False) -> None:
        """Show a page; this window steps aside until it is asked for again."""
        self.hide()
        self.context.read(page_id)

    @Slot()
    def _on_back(self) -> None:
        self._go(self.path[:-1])

    @Slot()
    def _on_again(self) -> None:
        self._go(())

    @Slot()
    def _on_take(self) -> None:
        if self.leaf is not None:
            self.use(self.leaf.wishes)


def cloud_words(wish: CloudWish, context: GuideContext) -> str:
    """Return what the catalogue offers for a cloud wish, with price and date."""
    if wish.kind == "free":
        free = [row for row in context.shelf.table("free_tier") if isinstance(row, FreeTier)]
        with_gpu = [row for row in free if row.accelerator and "none" not in row.accelerator]
        lines = [f"{r.service}: {r.accelerator}; {r.quota} ({r.as_of})." for r in with_gpu]
        return "\n".join(lines) if lines else NO_OFFER
    offer = cheapest_offer(wish, context.shelf.offers())
    if offer is None or offer.price_per_hour is None:
        return NO_OFFER
    memory = offer.accelerator_memory_bytes or 0
    machine = offer.instance.removeprefix(f"{offer.provider}-")
    where = f"{provider_name(offer.provider)} {machine}"
    return (
        f"From {money(offer.price_per_hour)} an hour: {offer.accelerator_count:g} x "
        f"{offer.accelerator} with {gib_plain(memory)} each ({where}), on demand, before tax, "
        f"{offer.as_of}. The Cloud tab compares all offers."
    )
