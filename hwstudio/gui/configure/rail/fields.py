"""One field a question: a choice, a number with the usual ones to pick, ticks. All know "not sure".

Each sends ``answered`` with the question and the answer as the project's wizard writes it.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStyledItemDelegate,
    QVBoxLayout,
    QWidget,
)

from hwstudio.core.base.units import parse_number
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.wizard_questions import ANY, NONE, NOT_SURE, Form, Options, Question
from hwstudio.core.project.wizard_supposed import Mark, answer_of, default_of, mark_of
from hwstudio.core.project.wizard_wishes import joined, listed, plain
from hwstudio.core.project.wizard_words import Names, as_they_are, lowered, open_words, value_words
from hwstudio.gui.kit.fields import ChoiceField
from hwstudio.gui.kit.text import label, restyle

UNSURE_WORDS = "Not sure"
_NUMBER = re.compile(r"[+-]?[\d.,_]+(e[+-]?\d+)?", re.I)


class CalmChoice(ChoiceField):
    """A choice that the wheel changes only while it has the focus, so a column can be scrolled."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class Asked(QWidget):
    """A caption over a field; the caption says when the value is only assumed."""

    answered = Signal(str, str)
    rejected = Signal(str)

    def __init__(self, question: Question, names: Names = as_they_are) -> None:
        super().__init__()
        self.question, self.names = question, names
        self.unsure_words = UNSURE_WORDS
        self.box = QVBoxLayout(self)
        self.box.setContentsMargins(0, 0, 0, 0)
        self.box.setSpacing(3)
        self.top = QHBoxLayout()
        self.top.setSpacing(4)
        self.caption: QLabel = label(question.words, "small")
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.top.addWidget(self.caption, 1)
        self.box.addLayout(self.top)

    def show_project(self, project: ProjectState, fresh: ProjectState) -> None:
        """Show the present answer without sending it."""
        is_assumed = mark_of(project, self.question.id, fresh) is Mark.SUPPOSED
        note = ", assumed" if is_assumed else ""
        self.caption.setText(self.question.words + note)
        self.caption.setToolTip("It follows from another answer." if is_assumed else "")
        answer = answer_of(project, self.question.id, fresh)
        assumed = default_of(project, self.question.id, fresh)
        self.unsure_words = f"{UNSURE_WORDS} ({lowered(self._words(assumed))})"
        self._show_answer(answer)

    def _words(self, answer: str) -> str:
        return value_words(self.question, answer, self.names)

    def _show_answer(self, answer: str) -> None:
        """Show an answer; each kind of field does it in its own way."""

    def send(self, answer: str) -> None:
        """Hand an answer on."""
        self.answered.emit(self.question.id, answer)


class OneField(Asked):
    """One of several."""

    def __init__(
        self, question: Question, options: Options = (), names: Names = as_they_are
    ) -> None:
        super().__init__(question, names)
        self.options = options or question.options
        self.field = CalmChoice(question.words.rstrip("?"), self._offered(UNSURE_WORDS))
        self.field.setMinimumContentsLength(4)  # the pair decides the width
        self.caption.setBuddy(self.field)
        self.setFocusProxy(self.field)
        self.box.addWidget(self.field)
        self.field.chosen.connect(self.send)

    def _offered(self, unsure_words: str) -> Options:
        return (*self.options, (NOT_SURE, unsure_words))

    def set_options(self, options: Options) -> None:
        """Offer others, in another order."""
        self.options = options

    def _show_answer(self, answer: str) -> None:
        known = {id_ for id_, _ in self.options} | {NOT_SURE}
        more = () if answer in known else ((answer, self._words(answer)),)
        self.field.set_options((*more, *self._offered(self.unsure_words)), answer)
        self.field.setToolTip(self.field.currentText())


class AmountBox(QComboBox):
    """An editable list of usual amounts."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class AmountField(Asked):
    """A number to type, the usual ones to pick."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.field, self.edit = AmountBox(), QLineEdit()
        self.field.setEditable(True)
        self.field.setLineEdit(self.edit)
        self.field.setItemDelegate(QStyledItemDelegate(self.field))
        self.field.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.field.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.field.setMinimumContentsLength(8)
        self.edit.setCompleter(None)  # type: ignore[arg-type]
        if question.has_any:
            self.field.addItem(open_words(question.id), ANY)
        for id_, words in question.options:
            self.field.addItem(words, id_)
        self.field.addItem(UNSURE_WORDS, NOT_SURE)
        self.field.setAccessibleName(question.words)
        self.edit.setAccessibleName(f"{question.words}, {question.unit}")
        self.caption.setBuddy(self.field)
        self.setFocusProxy(self.field)
        self.box.addWidget(self.field)
        self._shown = ""
        self.field.activated.connect(self._on_picked)
        self.edit.editingFinished.connect(self._on_typed)

    def _show_answer(self, answer: str) -> None:
        field = self.field
        with QSignalBlocker(field):
            field.setItemText(field.count() - 1, self.unsure_words)
            place = field.findData(answer)
            words = field.itemText(place) if place >= 0 else self._words(answer)
            if words == self._shown and not self.is_bad:
                return  # a half-typed entry stays under the cursor
            field.setCurrentIndex(place)
            field.setEditText(words)
        self.edit.setCursorPosition(0)
        self._shown = words
        self.field.setToolTip(words)
        self._mark_bad(is_bad=False)

    @property
    def is_bad(self) -> bool:
        """Say whether what stands in the field was refused."""
        return bool(self.field.property("bad"))

    def _mark_bad(self, *, is_bad: bool) -> None:
        if is_bad != self.is_bad:
            self.field.setProperty("bad", is_bad)
            restyle(self.field)

    @Slot(int)
    def _on_picked(self, place: int) -> None:
        self._shown = self.field.itemText(place)
        self._mark_bad(is_bad=False)
        self.send(str(self.field.itemData(place)))

    @Slot()
    def _on_typed(self) -> None:
        text = self.edit.text().strip()
        if text == self._shown:
            return
        place = self.field.findText(text)
        if place >= 0:
            self._on_picked(place)
            return
        found = _NUMBER.search(text)
        try:
            answer = plain(parse_number(found[0])) if found else ""
        except ValueError:
            answer = ""
        if not text and self.question.has_any:
            answer = ANY
        if not answer:
            self._mark_bad(is_bad=True)
            example = next((id_ for id_, _ in self.question.options), "20")
            self.rejected.emit(
                f"{self.question.words} must be a number. Type one such as {example}."
            )
            return
        self._shown = text
        self.send(answer)


class UnsureButton(QPushButton):
    """The "not sure" of fields that are no list of choices."""

    def __init__(self, words: str) -> None:
        super().__init__(UNSURE_WORDS)
        self.setCheckable(True)
        self.setProperty("small", True)
        self.setAccessibleName(f"{words.rstrip('?')}: not sure")

    def show_unsure(self, *, is_unsure: bool, words: str) -> None:
        """Show whether that is the answer, and what is assumed then."""
        self.setChecked(is_unsure)
        self.setToolTip(f"{words} is assumed" if is_unsure else "")


class ManyField(Asked):
    """Ticks, as many as apply."""

    def __init__(self, question: Question) -> None:
        super().__init__(question)
        self.unsure = UnsureButton(question.words)
        self.top.addWidget(self.unsure)
        self.unsure.clicked.connect(self._on_unsure)
        grid = QGridLayout()
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(0)
        self.ticks: dict[str, QCheckBox] = {}
        for number, (id_, words) in enumerate(question.options):
            tick = QCheckBox(words)
            tick.clicked.connect(self._on_ticked)
            grid.addWidget(tick, *divmod(number, 2))
            self.ticks[id_] = tick
        self.box.addLayout(grid)

    def _show_answer(self, answer: str) -> None:
        chosen = () if answer == NOT_SURE else listed(answer)
        for id_, tick in self.ticks.items():
            tick.setChecked(id_ in chosen)
        self.unsure.show_unsure(is_unsure=answer == NOT_SURE, words=self._words(NONE))

    @Slot()
    def _on_ticked(self) -> None:
        self.send(joined(tuple(id_ for id_, tick in self.ticks.items() if tick.isChecked())))

    @Slot()
    def _on_unsure(self) -> None:
        self.send(NOT_SURE if self.unsure.isChecked() else NONE)


class LinkButton(QPushButton):
    """Opens something beside the question; looks like a link."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("link", True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)


def field_for(question: Question, options: Options = (), names: Names = as_they_are) -> Asked:
    """Return the plain field of a question."""
    if question.form is Form.AMOUNT:
        return AmountField(question)
    if question.form is Form.MANY:
        return ManyField(question)
    return OneField(question, options, names)
