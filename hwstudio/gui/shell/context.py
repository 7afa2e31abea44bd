"""What a tab is handed: the studio, the theme, the commands, and what tabs tell each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from hwstudio.core.studio import Studio
from hwstudio.gui.shell.commands import Commands
from hwstudio.gui.shell.theme import Theme

if TYPE_CHECKING:
    # The nouns cost 20 ms to import; the window must paint first.
    from hwstudio.core.model.build import Build
    from hwstudio.core.model.machine import Machine


def _silent(_moment: str) -> None:
    return None


class SharedState(QObject):
    """What one tab found and another may use: this machine, the build being configured."""

    machine_changed = Signal(object)
    build_changed = Signal(object)
    place_wanted = Signal(str, str)  # a tab and a place in it: from a link, or a test to run
    job_wanted = Signal(str, bool)  # plan a computer for this job; true: beside the others
    main_job_changed = Signal(str)  # id of the job the computer being configured is for
    use_changed = Signal(float)  # hours of work a week of the computer being configured
    records_wanted = Signal(str)  # show a table of the catalogue in Parts
    prices_changed = Signal()  # prices of rentable machines were refreshed
    goal_changed = Signal(str)  # the user said what the computers are for
    speeds_changed = Signal()  # the user told or forgot a measured speed: estimates are others

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.machine: Machine | None = None
        self.build: Build | None = None
        self.main_job = ""
        self.hours_per_week: float | None = None
        self.waiting_records = ""  # the table asked for before Parts was there
        self.waiting_test: tuple[str, Mapping[str, Any]] | None = None
        self.waiting_jobs: list[tuple[str, bool]] = []  # asked for before anyone could plan

    def set_machine(self, machine: Machine) -> None:
        """Tell the other tabs what this machine is."""
        self.machine = machine
        self.machine_changed.emit(machine)

    def want_job(self, text: str, *, is_further: bool = False) -> None:
        """Ask for a computer for a job (see core.project.jobs); kept until somebody plans."""
        self.waiting_jobs.append((text, is_further))
        self.job_wanted.emit(text, is_further)

    def take_jobs(self) -> list[tuple[str, bool]]:
        """Return the jobs asked for since the last call."""
        taken, self.waiting_jobs = self.waiting_jobs, []
        return taken

    def set_main_job(self, workload_id: str) -> None:
        """Tell the other tabs what the chosen build is for."""
        if workload_id != self.main_job:
            self.main_job = workload_id
            self.main_job_changed.emit(workload_id)

    def set_use(self, hours_per_week: float) -> None:
        """Tell the other tabs how many hours a week the chosen build works."""
        if hours_per_week != self.hours_per_week:
            self.hours_per_week = hours_per_week
            self.use_changed.emit(hours_per_week)

    def want_records(self, kind: str) -> None:
        """Ask Parts for one of its tables."""
        self.waiting_records = kind
        self.records_wanted.emit(kind)

    def want_test(self, bench_id: str, values: Mapping[str, Any]) -> None:
        """Ask Benchmark to run one test with these settings."""
        self.waiting_test = bench_id, values
        self.place_wanted.emit("bench", bench_id)

    def set_build(self, build: Build | None) -> None:
        """Tell the other tabs which build is chosen (None: none)."""
        self.build = build
        self.build_changed.emit(build)


@dataclass(slots=True)
class Context:
    """Handed to every tab's view: ``View(context)``."""

    studio: Studio
    theme: Theme
    commands: Commands
    shared: SharedState
    status: Callable[[str], None]  # a line in the status bar
    open_tab: Callable[[str], None]  # by tab id
    open_settings: Callable[[], None]
    announce: Callable[[str], None] = _silent  # a moment that start-up measurements wait for
