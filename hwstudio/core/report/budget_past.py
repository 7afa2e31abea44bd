"""Opens the recorded past of a home for the budgets, and lets go of it again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal

from hwstudio.core.base.paths import Home
from hwstudio.core.base.settings import Settings
from hwstudio.core.history.readings.query import ReadingHistory
from hwstudio.core.history.runs import Runs
from hwstudio.core.history.store import History
from hwstudio.core.model.run import Run
from hwstudio.core.monitor.runs.money import Tariff
from hwstudio.core.report.budget_facts import Past


@contextmanager
def recorded_past(home: Home, settings: Settings) -> Iterator[Past]:
    """Hold the readings and runs of a home; a home without any gives an empty past.

    Raises:
        UserError: a file belongs to a newer hwstudio.
        HostError: it cannot be read.
    """
    now_s = time.time()
    offset = datetime.fromtimestamp(now_s).astimezone().utcoffset()
    tariff = Tariff(
        Decimal(str(settings.electricity_per_kwh)), settings.currency, settings.electricity_source
    )
    readings = ReadingHistory.open(home.monitor_file)
    try:
        runs: tuple[Run, ...] = ()
        if home.history_file.exists():
            history = History.open(home.history_file)
            try:
                runs = tuple(Runs(history).all())
            finally:
                history.close()
        yield Past(
            readings=readings,
            runs=runs,
            to_s=now_s,
            offset_s=offset.total_seconds() if offset else 0.0,
            tariff=tariff,
        )
    finally:
        readings.close()
