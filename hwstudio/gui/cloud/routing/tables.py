"""The columns of the page's three tables."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from hwstudio.core.assess.routing.replay import ReplayedJob
from hwstudio.core.base.money import money
from hwstudio.core.base.units import significant
from hwstudio.core.cloud.routing.choose import spell
from hwstudio.gui.cloud.routing.state import PresetRow, WayRow
from hwstudio.gui.cloud.routing.words import (
    REPLAY_KINDS,
    cost_tip,
    preset_verdict,
    time_tip,
    way_name,
)
from hwstudio.gui.kit.table import Column
from hwstudio.gui.kit.tip import rows_tip


def _cost(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{amount:,.2f}"


def _hours(hours: float | None) -> str:
    return "–" if hours is None else spell(hours)


def _median_cost(row: WayRow) -> Decimal | None:
    return row.option.cost.median if row.option.cost else None


def _median_hours(row: WayRow) -> float | None:
    return row.option.finish.median if row.option.finish else None


def _verdict(row: WayRow) -> str:
    return row.verdict[:1].upper() + row.verdict[1:]


def _tone(row: WayRow) -> str:
    return "ok" if row.is_choice else "" if row.option.is_feasible else "warn"


def _way_tip(row: WayRow) -> str:
    return cost_tip(row.option)


def _time_tip(row: WayRow) -> str:
    return time_tip(row.option)


def _whole_verdict(row: WayRow) -> str:
    return rows_tip([], _verdict(row))


WAY_COLUMNS = (
    Column("Way", lambda row: way_name(row.option), tip=_whole_verdict, colour=_tone, width=140),
    Column("Machine", lambda row: row.option.name, tip=_way_tip, width=180),
    Column("Cost, $", _median_cost, lambda row: _cost(_median_cost(row)), right=True,
           tip=_way_tip, width=66),
    Column("Done in", _median_hours, lambda row: _hours(_median_hours(row)), right=True,
           tip=_time_tip, width=98),
    Column("Surely in", lambda row: row.option.sure_hours,
           lambda row: _hours(row.option.sure_hours), right=True, tip=_time_tip, width=98),
    Column("CO2, kg", lambda row: row.option.carbon_kg,
           lambda row: "–" if row.option.carbon_kg is None
           else significant(row.option.carbon_kg, 2),
           right=True,
           tip=lambda _: "Known at home when you enter your grid, and where the cloud's grid is.",
           width=76),
    Column("Why", _verdict, tip=_whole_verdict, colour=_tone, stretch=True),
)  # fmt: skip


def _preset_tip(row: PresetRow) -> str:
    lost = [] if row.route is None else [
        (f"{way_name(one)}", row.route.lost.get(one.kind, "chosen")) for one in row.route.options
    ]  # fmt: skip
    return rows_tip(lost, row.words)


PRESET_COLUMNS = (
    Column("Typical job", lambda row: row.name, tip=_preset_tip, width=160),
    Column("Run it", lambda row: preset_verdict(row)[0], tip=_preset_tip, width=300),
    Column("Cost", lambda row: preset_verdict(row)[1], right=True, tip=_preset_tip, width=80),
    Column("Done in", lambda row: preset_verdict(row)[2], right=True, tip=_preset_tip, width=90),
    Column("Supposed", lambda row: row.words, tip=_preset_tip, stretch=True),
)


def _moment(row: ReplayedJob) -> str:
    return f"{datetime.fromtimestamp(row.job.started_s, UTC).astimezone():%Y-%m-%d}"


def _replay_column(kind: str, title: str, width: int) -> Column:
    def value(row: ReplayedJob) -> Decimal | None:
        return row.costs.get(kind)

    def text(row: ReplayedJob) -> str:
        return _cost(value(row))

    def tip(row: ReplayedJob) -> str:
        cost = value(row)
        if cost is None:
            return rows_tip([], row.why.get(kind, ""))
        return rows_tip([("Machine", row.names.get(kind, ""))], money(cost))

    return Column(title, value, text, right=True, tip=tip, width=width)


REPLAY_COLUMNS = (
    Column("Began", lambda row: row.job.started_s, _moment, width=104),
    Column("Run", lambda row: row.job.title, width=170),
    Column("Hours", lambda row: row.job.hours, lambda row: significant(row.job.hours, 2),
           right=True, width=62),
    *(_replay_column(kind, title, width) for kind, title, width in REPLAY_KINDS),
    Column("Energy", lambda row: row.job.gpu_kwh,
           lambda row: "not measured" if row.job.gpu_kwh is None
           else f"{significant(row.job.gpu_kwh, 2)} kWh",
           right=True, tip=lambda _: "What the GPUs drew, as recorded. Not measured: assumed."),
)  # fmt: skip
