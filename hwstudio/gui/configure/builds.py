"""The solver's builds as a row of cards; one click takes one."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from hwstudio.core.base.money import money
from hwstudio.core.base.units import rough
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.project.variants import chip_name
from hwstudio.gui.configure import words
from hwstudio.gui.configure.state import ConfigureState
from hwstudio.gui.kit.text import label

MOST = 5


class BuildButton(QPushButton):
    """One build: its graphics cards, price and speed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setProperty("build", True)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setRetainSizeWhenHidden(True)  # its place stays: a moved slider lays nothing out
        self.setSizePolicy(policy)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 6, 12, 6)
        box.setSpacing(0)
        self._full, self._short = ("", "", ""), ""
        self._name = label("", "strong")
        self._figures = label("")
        self._change = label("", "small")
        self._lines = (self._name, self._figures, self._change)
        for line in self._lines:
            line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
            line.setMinimumWidth(0)
            line.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            box.addWidget(line)

    def sizeHint(self) -> QSize:
        return QSize(160, 3 * self.fontMetrics().height() + 16)

    def show_build(self, planned: PlannedBuild, best: PlannedBuild) -> None:
        """Show a build and how it differs from the best one."""
        card, count = planned.build.card, planned.build.card_count
        name = f"{count}x {chip_name(card.gpu.name)}" if card and count else "No GPU"
        price = money(planned.total.amount, planned.total.currency)
        speed = planned.prediction
        fast = f"{rough(speed.median)} {speed.unit}" if speed.median else "speed unknown"
        change = _change_words(planned, best)
        short = f"{rough(speed.median)}/s" if speed.median else "speed unknown"
        full = (name, f"{price} · {fast}", change)
        if full == self._full:
            return
        self._full = full
        self._short = f"{price} · {short}"  # all builds do the same job: its unit stands above
        said = f"{name}, {price}, {fast}, {change}"
        self.setAccessibleName(said)
        self.setToolTip(said)
        self._elide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.width() - 24
        for line, text in zip(self._lines, self._full, strict=True):
            metrics = QFontMetrics(line.font())
            if line is self._figures and metrics.horizontalAdvance(text) > room:
                text = self._short
            line.setText(metrics.elidedText(text, Qt.TextElideMode.ElideRight, room))


def _change_words(planned: PlannedBuild, best: PlannedBuild) -> str:
    if planned is best:
        return "best"
    money_words = words.difference(planned.total.amount - best.total.amount, planned.total.currency)
    mine, other = planned.prediction.median, best.prediction.median
    if not mine or not other:
        return money_words
    return f"{money_words}, {words.share(mine / other - 1)} speed"


class BuildStrip(QWidget):
    """Up to five builds beside each other."""

    chosen = Signal(object)  # the number of the build

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.buttons = tuple(BuildButton() for _ in range(MOST))
        for number, button in enumerate(self.buttons):
            button.setProperty("number", number)
            button.clicked.connect(self._on_clicked)
            row.addWidget(button, 1)

    def show_state(self, state: ConfigureState) -> None:
        """Show the builds of the newest answer; with fewer than two there is no choice."""
        answer = state.answer
        builds = answer.solution.builds[:MOST] if answer is not None else ()
        if len(builds) < 2:  # nothing to choose from
            self.hide()
            return
        for number, button in enumerate(self.buttons):
            if number < len(builds):
                button.show_build(builds[number], builds[0])
                button.setChecked(answer is not None and answer.rank == number)
            button.setVisible(number < len(builds))
        self.show()

    @Slot()
    def _on_clicked(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.chosen.emit(int(sender.property("number")))
