"""``hwstudio bench preflight`` and the words around a run over several computers."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from hwstudio.cli.bench_stop import stop_on_signal
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.units import per_second
from hwstudio.core.bench.cluster.host import Host
from hwstudio.core.bench.cluster.hosts_file import read_hosts
from hwstudio.core.bench.cluster.run import Preflight, check_hosts
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.bench.run import Place
from hwstudio.core.model.result import Outcome, Result

DONE, NEGATIVE = 0, 1
_MARKS = {"ok": "ok", "warn": "look", "fail": "FAILED"}


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb preflight."""
    verb = verbs.add_parser(
        "preflight",
        help="check several computers before a run: logins, versions, network, clocks",
        description="Log in to every computer at once and check that a run over all can work. "
        "Takes five seconds at most and leaves nothing behind.",
        epilog="Example: hwstudio bench preflight --hosts lab.toml",
    )
    common(verb)
    add_hosts_option(verb, is_needed=True)
    verb.add_argument("--interpreter", metavar="PY", help="the Python of this computer to use")
    verb.set_defaults(run=_preflight)


def add_hosts_option(verb: argparse.ArgumentParser, *, is_needed: bool = False) -> None:
    """Add the option that names the computers."""
    verb.add_argument(
        "--hosts",
        metavar="FILE",
        required=is_needed,
        help="the computers to run on, a TOML or CSV file (see docs/bench_cluster.md)",
    )


def read(name: str) -> tuple[Host, ...]:
    """Read the hosts file.

    Raises:
        UserError: it has no name, is missing, or something in it cannot be used.
    """
    if not name.strip():
        raise UserError("--hosts needs the name of a file", "it is empty")
    return read_hosts(Path(name).expanduser())


def place(args: argparse.Namespace, out: Output) -> Place:
    """Return where the leading process runs; it needs no torch.

    Raises:
        UserError, HostError: the Python named cannot be used.
    """
    studio = out.studio
    return Place(
        interpreter=choose_interpreter(args.interpreter or "", studio.settings.interpreter, ()),
        log_dir=studio.home.run_dir,
        match_gpu=studio.catalog.match_gpu,
    )


def teller(tell: Callable[[Event], None], out: Output) -> Callable[[Event], None]:
    """Return what also says the cause of a failure the moment it is known."""

    def also(event: Event) -> None:
        value = event.data.get("value")
        if event.kind == "condition" and isinstance(value, dict):
            if event.data.get("name") == "failure":
                out.note(f"{value.get('what')}: {value.get('why')}.")
            elif event.data.get("name") == "preflight":
                for check in value.get("checks", ()):
                    if check.get("status") != "ok":
                        out.note(f"{_MARKS[check['status']]}: {_sentence(check)}")
        tell(event)

    return also


def _sentence(check: Mapping[str, Any]) -> str:
    head = f"{check['what']}: {check['why']}." if check["why"] else f"{check['what']}."
    return f"{head} {check['fix']}." if check["fix"] else head


def lines(result: Result) -> list[str]:
    """Return what a run over several computers adds: the slowest of them, and what is left."""
    found = []
    rates = {
        rank["host"]: rank["alone_samples_per_s"]
        for rank in result.conditions.get("ranks", [])
        if rank.get("host")
    }
    if len(rates) > 1 and any(metric.name == "efficiency" for metric in result.metrics):
        slow, fast = min(rates, key=lambda h: rates[h]), max(rates, key=lambda h: rates[h])
        found.append(
            f"Slowest alone: {slow} with {per_second(rates[slow], 'samples/s')}; "
            f"fastest: {fast} with {per_second(rates[fast], 'samples/s')}."
        )
    cleared = result.conditions.get("cleared") or {}
    found += [f"{host}: {word}." for host, word in cleared.items() if word != "nothing left"]
    return found


def _preflight(args: argparse.Namespace, out: Output) -> int:
    hosts = read(args.hosts)
    with stop_on_signal() as cancel:
        found = check_hosts(
            hosts, on_event=lambda _event: None, cancel=cancel, place=place(args, out)
        )
    if found.ending.outcome is Outcome.COULD_NOT_START:
        raise HostError(found.ending.words)
    _show(found, out)
    return DONE if found.is_ok else NEGATIVE


def _show(found: Preflight, out: Output) -> None:
    document = found.document
    if out.is_json:
        out.document(
            {
                "outcome": found.ending.outcome,
                "words": found.ending.words,
                "is_ok": found.is_ok,
                "seconds": document.get("seconds"),
                "hosts": document.get("hosts", []),
                "checks": document.get("checks", []),
                "cleared": found.cleared,
            }
        )
        return
    if not document:
        out.line(found.ending.words)
        return
    rows = [
        (_MARKS[check["status"]], check["host"], check["check"], _sentence(check))
        for check in document["checks"]
    ]
    out.table(("", "computer", "check", "what was found"), rows)
    count, seconds = len(document["hosts"]), document["seconds"]
    can, yet = ("can", "") if found.is_ok else ("cannot", " yet")
    told = f"{count} computers {can} run together{yet}"
    if count == 1:
        told = f"The computer {can} take part{yet}"
    out.line(f"\n{told}. Checked in {seconds:.1f} s.")
