"""Puts the tab's view model together from what the window hands over."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.guide.supply import Loading
from hwstudio.core.model.build import Build
from hwstudio.core.power.mains import USUAL, read_mains
from hwstudio.core.project.guides.feeding import BENCH, own_loading
from hwstudio.core.project.jobs import find_job
from hwstudio.core.project.left import LeftCounter
from hwstudio.core.project.planner import CASE_SIZES, ProjectPlanner
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.tariff import known_tariff
from hwstudio.core.project.versions import VersionStore
from hwstudio.core.studio import Studio
from hwstudio.gui.configure.guides.context import GuideContext
from hwstudio.gui.configure.guides.menu import Guides
from hwstudio.gui.configure.rail.offered import Offered, PartNames
from hwstudio.gui.configure.tools import Tools
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from hwstudio.gui.kit.task import Task
from hwstudio.gui.shell.context import Context


def make_model(context: Context, parent: QObject) -> ConfigureViewModel:
    """Return the view model of a window: real planner, background tasks, autosave at home."""
    studio = context.studio
    tools = Tools(
        planner=ProjectPlanner(studio.catalog, studio.predictors.now, usual_tariff(studio)),
        overlay=studio.overlay,
        solve=Task(parent),
        look=Task(parent),
        why=Task(parent),
        curve=Task(parent),
        autosave_file=studio.home.autosave_file,
        versions=VersionStore(studio.home.versions_dir),
    )
    return ConfigureViewModel(tools, fresh_project(studio), parent)


def usual_tariff(studio: Studio) -> Callable[[str], Decimal | None]:
    """Return who knows the price of a kWh in a currency: the settings, else the catalogue."""

    def per_kwh(currency: str) -> Decimal | None:
        price = studio.settings.electricity_per_kwh
        source = studio.settings.electricity_source
        known = known_tariff(currency, price, source, lambda: studio.catalog.table("electricity"))
        return None if known is None else known.per_kwh

    return per_kwh


def make_guides(context: Context, model: ConfigureViewModel, window: QWidget) -> Guides:
    """Return the guides of a tab: they read its plan and hand their wishes to it."""
    catalog = context.studio.catalog

    def build() -> Build | None:
        answer = model.state.answer
        return answer.chosen.build if answer is not None and answer.chosen is not None else None

    return Guides(
        GuideContext(
            shelf=catalog,
            planner=ProjectPlanner(
                catalog, context.studio.predictors.now, usual_tariff(context.studio)
            ),
            state=lambda: model.state.project,
            build=build,
            apply=model.take_wishes,
            use_part=model.use_part,
            put=model.take_project,
            loading=partial(measured_loading, context.studio),
            predictor=context.studio.predictors.now,
            tariff=usual_tariff(context.studio),
            read=partial(_read, context),
        ),
        window,
    )


def _read(context: Context, page_id: str) -> None:
    context.open_tab("learn")
    context.shared.place_wanted.emit("learn", f"page/{page_id}")


def measured_loading(studio: Studio) -> Loading | None:
    """Return what a core of a measured computer prepares; None = not measured, or not readable."""
    if not studio.home.history_file.exists():
        return None
    try:
        return own_loading(studio.history.results(BENCH, with_samples=False))
    except HwstudioError as error:
        logger("guides").warning("%s", error.sentence)
        return None


def fresh_project(studio: Studio) -> ProjectState:
    """Return a new project with the user's usual job and wall socket."""
    known = {workload.id for workload in studio.catalog.workloads()}
    goal = studio.settings.goal
    job = goal if goal in known else ProjectState().workload_id
    return ProjectState(workload_id=job, mains=studio.settings.mains)


def offered_by(studio: Studio) -> Offered:
    """Return what the steps offer, read from the catalogue."""
    catalog = studio.catalog

    def job_title(text: str) -> str:
        try:
            return find_job(catalog, text).title
        except UserError:
            return text

    return Offered(
        workloads=catalog.workloads(),
        makers=tuple(sorted({card.gpu.maker for card in catalog.cards()})),
        cases=(("any", "Any"), *((name, f"{name} or smaller") for name, _ in CASE_SIZES)),
        mains=tuple((code, read_mains(code).words) for code in USUAL),
        count=LeftCounter(catalog).count,
        parts=PartNames(
            catalog.parts, {work.id: work.title for work in catalog.workloads()}, job_title
        ),
        job=partial(find_job, catalog),
    )
