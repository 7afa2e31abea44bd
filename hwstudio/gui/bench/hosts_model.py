"""Several computers without the window: what was typed, what the checks found, what a run told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.base.units import duration
from hwstudio.core.bench.answer import headline
from hwstudio.core.bench.cluster.hosts_file import read_hosts
from hwstudio.core.bench.cluster.run import Preflight
from hwstudio.core.bench.cluster.typed import TypedHosts, hosts_of, load_typed, save_typed
from hwstudio.core.bench.event import Event
from hwstudio.core.model.result import Outcome, Result
from hwstudio.core.studio import Studio
from hwstudio.gui.bench.hosts_worker import HostsOrder, HostsWorker

LEAVE_MS = 15_000  # the clean-up on other computers takes seconds; nothing is left behind
NO_CHECKS = (
    "Write down the computers, then check them: logins, versions, network and clocks. "
    "It takes five seconds and leaves nothing behind."
)


NOTHING_TYPED = TypedHosts()


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One check of one computer."""

    host: str
    check: str
    status: str  # ok, warn, fail
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class HostsState:
    """``busy`` is "", "checking", "running" or "stopping"."""

    typed: TypedHosts = NOTHING_TYPED
    busy: str = ""
    step: str = ""
    share: float = 0.0
    kind: str = "info"
    words: str = NO_CHECKS
    checks: tuple[CheckRow, ...] = ()
    result: Result | None = None  # kept in the history


class HostsModel(QObject):
    """``changed`` carries the new state; ``kept`` the Result of a run that came to its end."""

    changed = Signal(object)
    kept = Signal(object)

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._file = studio.home.bench_hosts_file
        self._thread: QThread | None = None
        self._worker: HostsWorker | None = None
        self.params: dict[str, Any] = {}  # tests make a run small
        try:
            self.state = HostsState(typed=load_typed(self._file))
        except HwstudioError as error:
            self.state = HostsState(kind="warn", words=error.sentence)

    @property
    def is_busy(self) -> bool:
        return bool(self.state.busy)

    def _set(self, **values: Any) -> None:
        self.state = replace(self.state, **values)
        self.changed.emit(self.state)

    def set_typed(self, typed: TypedHosts) -> None:
        """Take what stands in the fields; nothing is told back."""
        self.state = replace(self.state, typed=typed)

    def open_file(self, file: Path) -> None:
        """Put a hosts file into the field, if it can be used."""
        try:
            hosts = read_hosts(file)
            text = file.read_text("utf-8-sig")
        except HwstudioError as error:
            self._set(kind="warn", words=error.sentence)
            return
        except OSError as error:
            self._set(kind="warn", words=f"{file} cannot be read: {error.strerror or error}.")
            return
        typed = replace(self.state.typed, text=text)
        are = "computer is" if len(hosts) == 1 else "computers are"
        self._set(typed=typed, kind="info", words=f"{len(hosts)} {are} in {file.name}.")

    def check(self) -> None:
        """Check the computers."""
        self._start(is_run=False)

    def run(self) -> None:
        """Train one model over them and say how much is lost."""
        self._start(is_run=True)

    def _start(self, *, is_run: bool) -> None:
        if self.is_busy:
            return
        try:
            hosts = hosts_of(self.state.typed)
            if is_run and len(hosts) < 2:
                raise UserError("One computer is no cluster", "", "Name two or more")
            save_typed(self._file, self.state.typed)
        except HwstudioError as error:
            self._set(kind="warn", words=error.sentence, checks=(), result=None)
            return
        studio = self._studio
        order = HostsOrder(
            hosts=hosts,
            is_run=is_run,
            interpreter=studio.settings.interpreter,
            log_dir=studio.home.run_dir,
            match_gpu=studio.catalog.match_gpu,
            params=self.params,
        )
        self._begin(order)
        noun = "computer" if len(hosts) == 1 else "computers"
        self._set(
            busy="running" if is_run else "checking",
            step=f"Logging in to {len(hosts)} {noun}",
            share=0.0,
            result=None,
            checks=(),
        )

    def _begin(self, order: HostsOrder) -> None:
        self._thread, self._worker = QThread(self), HostsWorker(order)
        self._worker.moveToThread(self._thread)
        self._thread.started.connect(self._worker.run)
        self._worker.told.connect(self._on_told)
        self._worker.checked.connect(self._on_checked)
        self._worker.measured.connect(self._on_measured)
        self._worker.failed.connect(self._on_failed)
        self._worker.finished.connect(self._thread.quit)
        self._thread.finished.connect(self._on_over)
        self._thread.start()

    def stop(self) -> None:
        """Ask what is under way to end; the other computers are cleared meanwhile."""
        if self._worker is not None and self.state.busy != "stopping":
            self._worker.cancel.set()
            self._set(busy="stopping", step="Stopping; every computer is asked to end its part.")

    def leave(self) -> None:
        """End what is under way, when the window closes."""
        if self._worker is not None:
            self._worker.cancel.set()
        if self._thread is not None:
            self._thread.quit()
            self._thread.wait(LEAVE_MS)

    @Slot(object)
    def _on_told(self, event: object) -> None:
        if not isinstance(event, Event) or self.state.busy == "stopping":
            return
        value = event.data.get("value")
        if event.kind == "progress":
            done, total = event.data.get("done", 0), event.data.get("total", 0)
            left = event.data.get("eta_s")
            rest = f", about {duration(float(left))} left" if isinstance(left, (int, float)) else ""
            self._set(
                step=f"{event.text('label')}{rest}",
                share=done / total if total else 0.0,
            )
        elif event.data.get("name") == "preflight" and isinstance(value, dict):
            self._set(checks=check_rows(value))

    @Slot(object)
    def _on_checked(self, found: object) -> None:
        if not isinstance(found, Preflight):
            return
        if not found.document:
            self._set(kind="warn", words=found.ending.words)
            return
        rows = check_rows(found.document)
        count = len(found.document["hosts"])
        seconds = duration(float(found.document.get("seconds", 0.0)))
        bad = [row for row in rows if row.status == "fail"]
        if found.is_ok:
            words = f"{_together(count, 'can')}. Checked in {seconds}."
        else:
            first = f" {bad[0].what} {bad[0].fix}".rstrip() if bad else ""
            words = f"{_together(count, 'cannot')} yet.{first}"
        self._set(checks=rows, kind="ok" if found.is_ok else "error", words=words)

    @Slot(object)
    def _on_measured(self, result: object) -> None:
        if not isinstance(result, Result):
            return
        if result.outcome is not Outcome.FINISHED:  # a run that failed is no result
            kind = "info" if result.outcome is Outcome.CANCELLED else "error"
            self._set(kind=kind, words=result.words)
            return
        words, kind = headline(result), "ok" if result.verdict == "ok" else "warn"
        try:
            self._studio.history.add_result(result)
        except HwstudioError as error:
            words, kind = f"{words} It was not kept: {error.sentence}", "warn"
        self._set(kind=kind, words=f"{words} {slowest_text(result)}".strip(), result=result)
        self.kept.emit(result)

    @Slot(str)
    def _on_failed(self, sentence: str) -> None:
        self._set(kind="error", words=sentence)

    @Slot()
    def _on_over(self) -> None:
        if self._worker is not None:
            self._worker.deleteLater()
        if self._thread is not None:
            self._thread.deleteLater()
        self._worker = self._thread = None
        self._set(busy="", step="", share=0.0)


def _together(count: int, can: str) -> str:
    return (
        f"The computer {can} take part" if count == 1 else f"{count} computers {can} run together"
    )


def check_rows(document: Mapping[str, Any]) -> tuple[CheckRow, ...]:
    """Return the checks, what failed first."""
    rows = [
        CheckRow(
            host=str(each["host"]),
            check=str(each["check"]),
            status=str(each["status"]),
            what=f"{each['what']}: {each['why']}." if each.get("why") else f"{each['what']}.",
            fix=f"{each['fix']}." if each.get("fix") else "",
        )
        for each in document.get("checks", ())
    ]
    order = {"fail": 0, "warn": 1}
    return tuple(sorted(rows, key=lambda row: order.get(row.status, 2)))


def slowest_text(result: Result) -> str:
    """Return which computer is the slowest by itself, "" where there are no two rates."""
    rates = {
        str(rank["host"]): float(rank["alone_samples_per_s"])
        for rank in result.conditions.get("ranks", [])
        if rank.get("host")
    }
    if len(rates) < 2 or not any(metric.name == "efficiency" for metric in result.metrics):
        return ""
    slow, fast = min(rates, key=lambda h: rates[h]), max(rates, key=lambda h: rates[h])
    behind = 1 - rates[slow] / rates[fast]
    return f"Slowest by itself: {slow}, {behind:.0%} behind {fast}."
