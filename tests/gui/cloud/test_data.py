"""Data in the cloud on the page Own or rent: in the rent, in the odds, in the table, kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.cloud.filter import OfferFilter
from hwstudio.core.cost.cloud_data import CloudData, data_plan
from hwstudio.gui.cloud.data_controls import DataControls
from hwstudio.gui.cloud.kept import load_wish, save_wish
from hwstudio.gui.cloud.viewmodel import CloudViewModel
from tests.gui.cloud.test_viewmodel import stock  # noqa: F401

WANTED = CloudData(stored_gb=500, out_gb_per_month=300)


@pytest.fixture
def model(qapp, catalog, stock):  # noqa: F811
    plan = data_plan(catalog.table("storage_price"), catalog.table("egress"))
    made = CloudViewModel(replace(stock, data=plan))
    yield made
    made.deleteLater()


def test_storage_and_data_out_enter_the_rent_and_help_owning(model):
    model.set_filter(OfferFilter(provider="aws"))
    before = model.state.answer
    model.set_data(WANTED)
    after = model.state.answer
    assert float(after.rent_month - before.rent_month) == pytest.approx(500 * 0.08 + 200 * 0.09)
    assert after.odds.owning_wins_share >= before.odds.owning_wins_share
    assert after.payback.months < before.payback.months
    assert "storage $40.00; data out $18.00" in after.detail
    assert all(row.data.storage for row in model.state.rows)


def test_a_provider_without_known_prices_says_not_counted(model):
    model.set_filter(OfferFilter(provider="verda"))
    before = model.state.answer
    model.set_data(WANTED)
    assert model.state.answer.rent_month == before.rent_month
    assert "not counted" in model.state.answer.detail


def test_the_hybrid_keeps_all_data_there_and_sends_out_its_part(model):
    model.set_filter(OfferFilter(provider="aws"))
    model.set_data(WANTED)
    both = model.state.answer.options[-1]
    assert both.kind == "hybrid"
    assert float(both.data.storage.cost) == 40
    assert float(both.data.egress.cost) == 0  # a quarter of 300 GB: within the free 100


def test_what_was_typed_is_shown_sent_and_kept(model, qtbot, tmp_path):
    fields = DataControls()
    qtbot.addWidget(fields)
    fields.show_wanted(replace(WANTED, egress_per_gb=0.05))
    assert fields.typed.isChecked()
    with qtbot.waitSignal(fields.changed) as seen:
        fields.stored.changed.emit(500)
    assert seen.args[0].stored_gb == 500
    file = tmp_path / "wish.json"
    model.set_data(WANTED)
    save_wish(file, model.state.wish, frozenset())
    assert load_wish(file, replace(model.state.wish, data=CloudData())).data == WANTED
