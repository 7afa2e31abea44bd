"""Puts the tab's view model together from what the window hands over."""

from __future__ import annotations

from PySide6.QtCore import QObject

from hwstudio.core.power.mains import USUAL, read_mains
from hwstudio.core.project.left import LeftCounter
from hwstudio.core.project.planner import CASE_SIZES, ProjectPlanner
from hwstudio.core.project.state import ProjectState
from hwstudio.core.studio import Studio
from hwstudio.gui.configure.rail.offered import Offered, PartNames
from hwstudio.gui.configure.tools import Tools
from hwstudio.gui.configure.viewmodel import ConfigureViewModel
from hwstudio.gui.kit.task import Task
from hwstudio.gui.shell.context import Context


def make_model(context: Context, parent: QObject) -> ConfigureViewModel:
    """Return the view model of a window: real planner, background tasks, autosave at home."""
    studio = context.studio
    tools = Tools(
        planner=ProjectPlanner(studio.catalog, studio.predictors.now),
        overlay=studio.overlay,
        solve=Task(parent),
        look=Task(parent),
        curve=Task(parent),
        autosave_file=studio.home.autosave_file,
    )
    return ConfigureViewModel(tools, fresh_project(studio), parent)


def fresh_project(studio: Studio) -> ProjectState:
    """Return a new project with the user's usual job and wall socket."""
    known = {workload.id for workload in studio.catalog.workloads()}
    goal = studio.settings.goal
    job = goal if goal in known else ProjectState().workload_id
    return ProjectState(workload_id=job, mains=studio.settings.mains)


def offered_by(studio: Studio) -> Offered:
    """Return what the steps offer, read from the catalogue."""
    catalog = studio.catalog
    return Offered(
        workloads=catalog.workloads(),
        makers=tuple(sorted({card.gpu.maker for card in catalog.cards()})),
        cases=(("any", "Any"), *((name, f"{name} or smaller") for name, _ in CASE_SIZES)),
        mains=tuple((code, read_mains(code).words) for code in USUAL),
        count=LeftCounter(catalog).count,
        parts=PartNames(catalog.parts, {work.id: work.title for work in catalog.workloads()}),
    )
