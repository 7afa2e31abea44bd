"""Earlier versions in the window: looked at, taken back, and undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hwstudio.core.project.autosave import Session, write_autosave
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.versions import Kept, Version
from hwstudio.gui.configure.versions_dialog import VersionsDialog

THEN = ProjectState(budget=Decimal(2500))


@pytest.fixture
def dialog(qtbot, theme, tmp_path):
    """One good version, and an older one that is damaged."""
    good, bad = tmp_path / "good.hws", tmp_path / "bad.hws"
    write_autosave(good, Session(THEN, tmp_path / "lab.hws"))
    bad.write_bytes(b"torn")
    versions = (
        Version(good, datetime(2026, 11, 20, tzinfo=UTC)),
        Version(bad, datetime(2026, 11, 19, tzinfo=UTC)),
    )
    present = Session(replace(THEN, budget=Decimal(4000)), tmp_path / "lab.hws")
    made = VersionsDialog((Kept(tmp_path / "lab.hws", versions),), present, str)
    qtbot.addWidget(made)
    return made


def test_the_newest_version_is_shown_beside_the_present(dialog):
    assert dialog.details.as_csv().splitlines()[1] == 'Budget,"$2,500","$4,000"'
    assert dialog.said.text().startswith("1 row differs")
    dialog.take.click()
    assert dialog.chosen.state == THEN


def test_a_damaged_version_cannot_be_taken_and_says_why(dialog):
    dialog.table.selectRow(1)
    assert "cannot be opened" in dialog.said.text()
    assert not dialog.take.isEnabled()
