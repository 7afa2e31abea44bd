"""Puts the two pages together when they are first looked at."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from PySide6.QtWidgets import QWidget

from hwstudio.core.project.jobs import find_job
from hwstudio.gui.configure.page import LatePage, Page
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from hwstudio.gui.shell.context import Context

if TYPE_CHECKING:
    from hwstudio.core.catalog.cloud_tables import Carbon
    from hwstudio.core.model.workload import Workload
    from hwstudio.core.plan.terms import Rent
    from hwstudio.core.studio import Studio
    from hwstudio.gui.configure.whatif.state import Grid
    from hwstudio.gui.configure.whatif.viewmodel import WhatIfViewModel


_KNOBS_PX = 248  # eight rows of values to try


def whatif_pages(context: Context, model: ConfigureViewModel) -> tuple[Page, ...]:
    """Return the Compare and What if pages of the lower card."""
    maker = _Maker(context, model)
    return (
        Page("Compare", LatePage(maker.compare)),
        Page("What if", LatePage(maker.what_if), least_px=_KNOBS_PX),
    )


class _Maker:
    """Makes one view model for both pages, the first time one of them is shown."""

    def __init__(self, context: Context, model: ConfigureViewModel) -> None:
        self._context, self._configure = context, model
        self._model: WhatIfViewModel | None = None

    def compare(self) -> QWidget:
        from hwstudio.gui.configure.whatif.compare_page import ComparePage

        workloads = self._context.studio.catalog.workloads()
        return ComparePage(self._mind(), tuple((w.id, w.title) for w in workloads))

    def what_if(self) -> QWidget:
        from hwstudio.gui.configure.whatif.whatif_page import WhatIfPage

        return WhatIfPage(self._mind())

    def _mind(self) -> WhatIfViewModel:
        if self._model is None:
            self._model = _make_model(self._context.studio, self._configure)
        return self._model


def _make_model(studio: Studio, configure: ConfigureViewModel) -> WhatIfViewModel:
    from hwstudio.core.project.variants import Comparer
    from hwstudio.gui.configure.whatif.viewmodel import WhatIfTools, WhatIfViewModel
    from hwstudio.gui.kit.task import Task

    tools = WhatIfTools(
        comparer=Comparer(studio.catalog, studio.predictors.now),
        planner=configure.planner,
        rent_of=lambda workload: _rent(studio, workload),
        workload_of=partial(find_job, studio.catalog),
        judge=Task(configure),
        flip=Task(configure),
        trade=Task(configure),
        tariff=lambda: studio.settings.electricity_per_kwh,
        tariff_source=lambda: studio.settings.electricity_source,
        grids=_grids(studio),
    )
    return WhatIfViewModel(configure, tools, configure)


def _rent(studio: Studio, workload: Workload) -> Rent | None:
    from hwstudio.core.base.clock import today
    from hwstudio.core.cloud.filter import OfferFilter, filter_offers
    from hwstudio.core.plan.rental import usual_rent

    catalog = studio.catalog
    offers = filter_offers(catalog.offers(), OfferFilter(), today())
    return usual_rent(workload, offers, catalog.gpus(), studio.predictors.now())


def _grids(studio: Studio) -> tuple[Grid, ...]:
    from hwstudio.gui.configure.whatif.state import Grid

    rows = cast("tuple[Carbon, ...]", studio.catalog.table("carbon"))
    found = [
        Grid(row.code, row.name, row.carbon_g_per_kwh, f"{row.source}, {row.year or row.as_of}")
        for row in rows
        if row.scope == "country"
    ]
    return tuple(sorted(found, key=_by_name))


def _by_name(grid: Grid) -> str:
    return grid.name
