"""A page of words filled while it is shown has the height of its rows, and keeps its place."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout

from hwstudio.gui.configure.todo.scrolling import ScrollingPage
from hwstudio.gui.kit.text import label


def _fill(page, said):
    box = page.renewed(said)
    for number in range(40):
        row = QHBoxLayout()
        row.addWidget(label(f"Row {number} says {said}", wrap=True))
        box.addLayout(row)


def test_rows_filled_twice_in_a_row_get_their_height_and_the_place_is_kept(qtbot, theme):
    page = ScrollingPage("Words")
    qtbot.addWidget(page)
    page.resize(400, 200)
    page.show()
    _fill(page, "one")
    qtbot.waitUntil(lambda: page.verticalScrollBar().maximum() > 200, timeout=5000)
    page.verticalScrollBar().setValue(150)
    _fill(page, "two")
    _fill(page, "three")
    qtbot.waitUntil(lambda: page.verticalScrollBar().value() == 150, timeout=5000)
    assert page.widget().minimumHeight() >= 40 * 14
    assert page.viewport().updatesEnabled()
