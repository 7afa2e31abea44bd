"""Checks several computers, or runs the data-parallel benchmark over them."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.paths import is_frozen
from hwstudio.core.bench.cluster.host import Host
from hwstudio.core.bench.cluster.order import SECRET, order_for, shown
from hwstudio.core.bench.ending import Ending
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.gather import Gathered
from hwstudio.core.bench.launch import clean_environment, command
from hwstudio.core.bench.run import Place, run_bench
from hwstudio.core.bench.spec import Bench
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome, Result

Listener = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Preflight:
    """What the checks found; ``document`` is empty when they did not come to their end."""

    ending: Ending
    document: Mapping[str, Any] = field(default_factory=dict)
    cleared: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_ok(self) -> bool:
        return self.ending.outcome is Outcome.FINISHED and bool(self.document.get("is_ok"))


def check_hosts(
    hosts: Sequence[Host], *, on_event: Listener, cancel: threading.Event, place: Place
) -> Preflight:
    """Check the computers; takes five seconds at most, and leaves nothing on any of them."""
    gathered = Gathered()

    def take(event: Event) -> None:
        gathered.take(event)
        on_event(event)

    stamp = iso_now().replace(":", "").replace("-", "")
    job = Job(
        command=command(place.interpreter),
        env=clean_environment(os.environ, frozen=is_frozen()),
        kernel="preflight",
        params=order_for(hosts),
        log_stem=place.log_dir / f"{stamp}-preflight-{uuid.uuid4().hex[:8]}",
    )
    ending = Supervisor(job, take, cancel, Limits(total_s=30.0)).run()
    found = gathered.conditions
    return Preflight(ending, found.get("preflight") or {}, found.get("cleared") or {})


def run_on_hosts(
    bench: Bench,
    params: Mapping[str, Any],
    hosts: Sequence[Host],
    *,
    on_event: Listener,
    cancel: threading.Event,
    place: Place,
) -> Result:
    """Run over several computers and judge; a run that failed carries no number at all.

    ``params["nproc"]`` is the number of all processes; 0 fills the slots of every computer.
    """
    told = {**params, **order_for(hosts)}
    # How many processes a core can carry is known here for this computer alone.
    alone = replace(place, is_forced=True)
    result = run_bench(bench, told, on_event=on_event, cancel=cancel, place=alone)
    kept = {name: value for name, value in result.params.items() if name not in SECRET}
    ranks = result.conditions.get("ranks")
    if isinstance(ranks, list):
        kept["nproc"] = len(ranks)
    kept["hosts"] = shown(hosts)
    return replace(result, params=kept, device=_device(result))


def _device(result: Result) -> str:
    """Return what the ranks ran on; the processor of the leading computer is not it."""
    about = result.conditions.get("device")
    found = about.get("device_name") if isinstance(about, dict) else None
    return str(found or "several computers")
