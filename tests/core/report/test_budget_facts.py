"""What budgets read out of a real history: a run's cost, demand by the hour, figures, gates."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest

from hwstudio.core.cost.budget.book import Book, OwnPrices
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.readings.writer import ReadingWriter
from hwstudio.core.model.run import Run
from hwstudio.core.model.sample import Device
from hwstudio.core.monitor.runs.money import Tariff
from hwstudio.core.report.budget_facts import Past, dashboard, recorded_demand, run_spendings

T0 = 1_763_632_800  # 2025-11-20T10:00:00Z, a whole hour
HOUR_J = 360.0 * 3600  # 0.36 kWh


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    """An hour at full load and 360 W, then half an hour idle; a run marked over the first hour."""
    file = tmp_path_factory.mktemp("budget") / "monitor.db"
    writer = ReadingWriter.open(file, clock=lambda: float(T0 + 5400))
    writer.begin("boot", 1.0)
    writer.remember_devices((Device("gpu.0", "RTX 4090", "gpu", {}),))
    joules = 0.0
    for second in range(5400):
        is_busy = second < 3600
        joules += 360.0 if is_busy else 0.0
        writer.add(
            T0 + second,
            {
                "gpu.0.busy_share": 1.0 if is_busy else 0.0,
                "gpu.0.power_w": 360.0 if is_busy else 0.0,
                "gpu.0.energy_j": joules,
            },
        )
    writer.flush()
    writer.close()
    readings = ReadingHistory.open(file)
    run = Run(id="a", title="Fine-tune", started_s=float(T0), ended_s=float(T0 + 3600))
    yield Past(
        readings=readings,
        runs=(run,),
        to_s=float(T0 + 5400),
        offset_s=0.0,
        tariff=Tariff(Decimal("0.50"), "USD", "2025-11-20"),
    )
    readings.close()


def test_a_marked_run_costs_its_energy_on_the_day_it_ended(past):
    (paid,) = run_spendings(past, date(2025, 11, 1))
    assert paid.day == date(2025, 11, 20)
    assert paid.amount == Decimal("0.18")  # 0.36 kWh x 0.50
    assert (paid.note, paid.source) == ("Fine-tune", "run")
    assert run_spendings(past, date(2025, 11, 21)) == ()


def test_a_run_late_in_the_evening_counts_on_the_users_own_day(past):
    far_east = replace(past, offset_s=14 * 3600.0)
    assert run_spendings(far_east, date(2025, 11, 1))[0].day == date(2025, 11, 21)


def test_the_recorded_load_becomes_demand_by_the_local_hour(past):
    seen = recorded_demand(past)
    assert seen.start == datetime.fromisoformat("2025-11-20T10:00")
    assert [float(value) for value in seen.hours] == pytest.approx([1.0, 0.0], abs=1e-3)
    assert seen.missing_hours == 0


def test_the_figures_come_from_readings_and_typed_prices_with_kept_targets(past):
    book = Book(
        targets={"utilisation": Decimal("0.6")},
        prices=OwnPrices(
            cloud_per_month=Decimal(620), purchase=Decimal(3200), resale=Decimal(800),
            life_years=Decimal(4), gained=Decimal(4000),
        ),
    )  # fmt: skip
    seen = dashboard(past, book, "USD")
    figures = {figure.id: figure for figure in seen.figures}
    assert float(figures["utilisation"].value) == pytest.approx(2 / 3, abs=0.01)
    assert figures["utilisation"].status.value == "good"
    assert figures["cloud_per_month"].value == pytest.approx(Decimal(620))
    assert figures["depreciation_per_month"].value == 50
    assert float(figures["cost_per_training_hour"].value) == pytest.approx(0.18, rel=0.02)
    assert figures["time_to_result"].value is None
    assert "finished or failed" in figures["time_to_result"].needs
    data = seen.gate_data
    assert (data.spent, data.gained) == (3200, 4000)
    assert data.recorded_days == pytest.approx(1.5 / 24, rel=0.02)
    assert data.busy_share == pytest.approx(2 / 3, abs=0.02)
