"""About names every source and counts the catalogue beside the open dialog."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtGui import QGuiApplication

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.audit.words import summary
from hwstudio.gui.shell.about import AboutDialog
from hwstudio.gui.shell.audit_dialog import AuditDialog, disagreements_words, entries


@pytest.fixture(scope="module")
def audit(catalog):
    return catalog.audit()


@pytest.fixture
def opened(qtbot, theme, catalog):
    def make(count=None):
        dialog = AboutDialog(catalog.sources(), audit=count)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return make


def test_it_opens_before_the_count_is_done(qtbot, opened, audit):
    go = threading.Event()

    def count():
        go.wait(5)
        return audit

    start = time.perf_counter()
    dialog = opened(count)
    assert time.perf_counter() - start < 2
    assert "Counting" in dialog.counts.text()
    assert not dialog._whole.isEnabled()
    go.set()
    qtbot.waitUntil(dialog._whole.isEnabled, timeout=5000)
    assert dialog.counts.text() == summary(audit)
    assert "0 without source" in dialog.counts.text()


def test_every_source_stands_with_its_licence_attribution_and_cells(qtbot, opened, audit, catalog):
    dialog = opened(lambda: audit)
    qtbot.waitUntil(dialog._whole.isEnabled, timeout=5000)
    shown = dialog._table.as_csv()
    for source in catalog.sources():
        assert source.title in shown
        assert source.attribution.split('"')[0] in shown
    assert f"{audit.carried['opendb'].cells:,}" in shown


def test_copy_takes_counts_and_attributions_along(qtbot, opened, audit):
    dialog = opened(lambda: audit)
    qtbot.waitUntil(dialog._whole.isEnabled, timeout=5000)
    dialog.copy()
    text = QGuiApplication.clipboard().text()
    assert summary(audit) in text
    assert "Contains information from BuildCores OpenDB" in text


def test_a_catalogue_that_cannot_be_counted_is_said_in_place(qtbot, opened):
    def fail():
        raise UserError("The parts catalogue is damaged", "a page", "Reinstall hwstudio")

    dialog = opened(fail)
    qtbot.waitUntil(lambda: "damaged" in dialog.counts.text(), timeout=5000)
    assert not dialog._whole.isEnabled()


def test_closing_while_it_counts_harms_nothing(qtbot, opened, audit):
    go = threading.Event()

    def count():
        go.wait(5)
        return audit

    dialog = opened(count)
    dialog.reject()
    go.set()
    qtbot.wait(50)


def test_without_a_count_only_the_sources_are_shown(opened):
    assert not opened()._soundness.isVisible()


def test_the_whole_audit_lists_everything_and_narrows_by_kind(qtbot, theme, audit):
    dialog = AuditDialog(audit)
    qtbot.addWidget(dialog)
    found = len(audit.disagreements) + len(audit.stale_prices) + len(audit.recalled)
    assert len(dialog.table.shown_rows()) == found == len(list(entries(audit)))
    dialog.kind.set_value("From memory")
    dialog._on_kind(dialog.kind.value)
    assert len(dialog.table.shown_rows()) == len(audit.recalled)
    dialog.copy()
    assert summary(audit) in QGuiApplication.clipboard().text()


def test_the_whole_audit_speaks_without_names_of_columns(qtbot, theme, audit):
    dialog = AuditDialog(audit)
    qtbot.addWidget(dialog)
    fields = [entry.field for entry in dialog.table.shown_rows()]
    assert fields
    assert not [field for field in fields if "_" in field]
    assert disagreements_words(audit).startswith(f"{len(audit.disagreements):,} disagreements: ")


def test_columns_with_nothing_in_them_are_hidden(qtbot, theme, audit):
    dialog = AuditDialog(audit)
    qtbot.addWidget(dialog)
    titles = [column.title for column in dialog.table.model_.columns]

    def hidden():
        return {t for n, t in enumerate(titles) if dialog.table.isColumnHidden(n)}

    assert hidden() == set()
    dialog._on_kind("From memory")
    assert hidden() == {"Catalogue says", "Who says so", "But", "Who says that"}
    dialog._on_kind("")
    assert hidden() == set()
