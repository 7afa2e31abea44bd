"""A newer catalogue from a file: told in words, older ones only when asked for."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QMessageBox, QWidget

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.update.update import pack
from hwstudio.gui.shell import catalog_update
from hwstudio.gui.shell.catalog_update import CatalogUpdater


@pytest.fixture
def told(monkeypatch):
    """The sentences shown; a question is answered with yes."""
    said = []
    monkeypatch.setattr(QMessageBox, "information", lambda _w, _t, text: said.append(text))
    monkeypatch.setattr(
        QMessageBox, "warning", lambda _w, _t, text: said.append(f"warning: {text}")
    )

    def ask(_window, _title, text):
        said.append(text)
        return QMessageBox.StandardButton.Yes

    monkeypatch.setattr(QMessageBox, "question", ask)
    return said


@pytest.fixture
def updater(qtbot, home):
    window = QWidget()
    qtbot.addWidget(window)
    return CatalogUpdater(window, home)


def done(updater):
    return lambda: not updater._task.is_busy


def test_one_that_is_not_newer_is_taken_only_after_asking(updater, told, qtbot, tmp_path, home):
    bundle = tmp_path / "catalog.hwcat"
    pack(bundle, catalog_file())
    updater.take(bundle)
    qtbot.waitUntil(lambda: len(told) == 2, timeout=30_000)
    assert "Take it all the same?" in told[0]
    assert "--" not in told[0], "a window has no switches"
    assert "used from the next start" in told[1]
    updater.undo()
    assert "catalogue that came with hwstudio" in told[2]


def test_a_file_that_is_no_catalogue_is_refused_in_words(updater, told, qtbot, tmp_path):
    file = tmp_path / "catalog.hwcat"
    file.write_text("hello")
    updater.take(file)
    qtbot.waitUntil(lambda: bool(told), timeout=10_000)
    assert told[0].startswith("warning: ")
    assert "catalog.hwcat" in told[0]
    assert catalog_update.TITLE == "Update the catalogue"


def test_undoing_without_an_update_says_that_there_is_none(updater, told):
    updater.undo()
    assert told == ["The catalogue that came with hwstudio is in use already."]
