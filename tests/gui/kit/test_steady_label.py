"""Words that change each second: cheap to show, and still there to be chosen and copied."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QEnterEvent, QTextDocument
from PySide6.QtWidgets import QApplication, QLabel

from hwstudio.gui.kit.steady_label import SteadyLabel


class _Paints(QObject):
    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def _shown(qtbot):
    shown = SteadyLabel("one two three", "small", wrap=False)
    qtbot.addWidget(shown)
    shown.resize(200, 30)
    shown.show()
    QApplication.processEvents()
    return shown, shown.findChild(QLabel)


def _leave(shown):
    QApplication.sendEvent(shown, QEvent(QEvent.Type.Leave))


def _enter(shown):
    QApplication.sendEvent(shown, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))


def test_another_text_is_painted_once_and_kept_in_no_document(qtbot, theme):
    shown, inner = _shown(qtbot)
    _leave(shown)  # the window may have come up under the mouse
    paints = _Paints()
    inner.installEventFilter(paints)
    shown.setText("one two four")
    for _ in range(4):
        QApplication.processEvents()
    assert paints.count == 1, paints.count
    assert inner.findChild(QTextDocument) is None


def test_words_under_the_mouse_can_be_chosen_and_look_the_same(qtbot, theme):
    shown, inner = _shown(qtbot)
    _leave(shown)
    before = shown.grab().toImage()
    _enter(shown)
    assert inner.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
    assert shown.grab().toImage() == before
    inner.setSelection(0, 3)
    _leave(shown)
    assert inner.selectedText() == "one"
    shown.setText("other words")
    assert inner.textInteractionFlags() == Qt.TextInteractionFlag.NoTextInteraction


def test_words_that_do_not_fit_end_with_an_ellipsis_and_come_back(qtbot, theme):
    shown, inner = _shown(qtbot)
    words = "Driver 580.95.05, PCI address 00000000:01:00.0, not held back"
    shown.setText(words)
    assert inner.text().endswith("…")
    assert (shown.text(), shown.toolTip()) == (words, words)
    shown.setText("short")
    assert inner.text() == "short"
    shown.setText(words)
    shown.resize(900, 30)
    assert inner.text() == words
