"""The upgrade plan in This PC: opened by a button; less GPU memory needs a tick."""

from __future__ import annotations

import importlib.util
from datetime import date
from pathlib import Path

import pytest

from hwstudio.core.assess.upgrade.inventory import Item
from hwstudio.core.assess.upgrade.thresholds import Thresholds
from hwstudio.gui.machine.upgrade.item_dialog import ItemDialog
from hwstudio.gui.machine.upgrade.page import UpgradePage
from hwstudio.gui.machine.upgrade.thresholds_dialog import ThresholdsDialog

_KIT = Path(__file__).parents[2] / "core" / "assess" / "upgrade_kit.py"
_SPEC = importlib.util.spec_from_file_location("kit", _KIT)
kit = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(kit)


@pytest.fixture
def page(qtbot, home, catalog, theme, monkeypatch):
    """The page for a machine with 24 GiB of GPU memory, planned once."""
    few = kit.some_parts(catalog)
    monkeypatch.setattr("hwstudio.core.project.upgrade_ground.parts_of", lambda _catalog: few)
    made = UpgradePage(kit.opened(catalog, home))
    qtbot.addWidget(made)
    made.resize(1232, 600)
    made.show()
    rows = {gpu.name: gpu for gpu in catalog.gpus()}
    with qtbot.waitSignal(made.model._task.done, timeout=30000):
        made.show_machine(kit.machine([rows["GeForce RTX 3090"]]), "llm_qlora_8b")
    return made


def test_the_page_shows_four_phases_and_a_smaller_card_needs_a_tick(qtbot, page):
    titles = [card.title.text() for card in page.timeline.cards]
    assert titles == ["Now", "In 6 months", "In 12 months", "In 24 months"]
    assert "not recorded" in page.recorded.text()
    place, smaller = next(
        (n, c) for n, c in enumerate(page.model.state.planned.plan.choices) if c.less_vram_bytes
    )
    page.take.part.setCurrentIndex(place)
    assert not page.take.confirm.isHidden()
    assert not page.take.go.isEnabled()
    page._on_taken(smaller, 0, False)
    assert "lowers GPU memory" in page.notice._text.text()
    assert page.model.state.book.wishes == ()
    page.take.confirm.setChecked(True)
    with qtbot.waitSignal(page.model._task.done, timeout=30000):
        page.take.go.click()
    assert page.model.state.book.wishes[0].is_confirmed
    assert page._studio.home.upgrades_file.exists()


def test_dialogs_refuse_what_cannot_be_and_know_the_catalogue(qtbot, catalog, theme):
    psu = catalog.psus()[0]
    dialog = ItemDialog(Item(kind="psu"), lambda _kind: (psu,), date(2026, 11, 28))
    qtbot.addWidget(dialog)
    dialog.name.setText(psu.name)
    dialog.bought.setText("some day")
    dialog._on_ok()
    assert "no date" in dialog.notice._text.text()
    dialog.bought.setText("2020-02")
    dialog._on_ok()
    assert dialog.item.part_id == psu.id
    limits = ThresholdsDialog(Thresholds(gpu_years=9.0))
    qtbot.addWidget(limits)
    assert limits.limits.gpu_years == 9.0
    limits._on_usual()
    assert limits.limits.gpu_years == 5.0
