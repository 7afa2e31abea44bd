"""What the Monitor's pages are handed, and which pages there are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from hwstudio.core.monitor.recorder_control import RecorderState
from hwstudio.core.monitor.sampler import Sampler
from hwstudio.gui.shell.context import Context

if TYPE_CHECKING:
    from hwstudio.gui.monitor.alerts.window_watch import WindowWatch


@dataclass(frozen=True, slots=True)
class MonitorServices:
    """Shared by all pages of the tab."""

    context: Context
    sampler: Sampler  # .sample is the newest reading, .ring the last hour, .processes the table
    recorder: Callable[[], RecorderState]
    say_problem: Callable[[str], None]  # shows a sentence in place, above the page
    watch: WindowWatch | None = None  # the alert rules while no recorder runs


@dataclass(frozen=True, slots=True)
class Section:
    """One page beside the live one; its class is imported when it is first shown.

    The class is made with ``Page(services)``. While it is on the screen it may use timers; it
    stops them in ``hideEvent``. ``leave()``, where it has one, is called when the window closes.
    """

    id: str
    title: str
    target: str
    tip: str


SECTIONS: tuple[Section, ...] = (
    Section(
        "runs",
        "Runs",
        "hwstudio.gui.monitor.runs.view:RunsPage",
        "Training runs: what they used, and their curves",
    ),
    Section(
        "alerts",
        "Alerts",
        "hwstudio.gui.monitor.alerts.view:AlertsPage",
        "What needs you now, the rules, and what happened",
    ),
    Section(
        "hosts",
        "Other computers",
        "hwstudio.gui.monitor.hosts.view:HostsPage",
        "Machines that serve their readings: hwstudio, node_exporter, DCGM, Prometheus",
    ),
)


def make_page(section: Section, services: MonitorServices) -> QWidget:
    """Import and make a page."""
    import importlib

    module, _, name = section.target.partition(":")
    made: QWidget = getattr(importlib.import_module(module), name)(services)
    return made
