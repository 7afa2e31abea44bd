"""``hwstudio monitor hosts``: the list of other computers, and one look at one of them."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.model.sample import Sample, to_document

if TYPE_CHECKING:
    from hwstudio.core.monitor.hosts.entry import HostEntry
    from hwstudio.core.monitor.hosts.host import Host

_SUMS = {"disks": "All drives", "network_all": "All interfaces", "temperature_all": "All sensors"}
_BETWEEN_S = 1.0  # two looks, so that shares and rates are real


def add_hosts(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb and what it takes."""
    made = verbs.add_parser(
        "hosts",
        help="other computers: list, add, remove, import, show",
        description="The list of other computers whose readings hwstudio shows.",
        epilog="Example: hwstudio monitor hosts add gpu1 gpu1:9100 gpu1:9400",
    )
    acts = made.add_subparsers(title="acts", metavar="ACT", dest="act", required=True)
    _act(acts, "list", "show the list", run_list)
    _add_add(acts)
    remove = _act(acts, "remove", "take a computer off the list", run_remove)
    remove.add_argument("name", metavar="NAME")
    take = _act(acts, "import", "add the computers of a file", run_import)
    take.add_argument(
        "file", metavar="FILE", help="a list of hwstudio, CSV, addresses, or Prometheus targets"
    )
    show = _act(acts, "show", "read a computer once", run_show)
    show.add_argument("name", metavar="NAME")


def _act(
    acts: argparse._SubParsersAction[Any], name: str, words: str, run: object
) -> argparse.ArgumentParser:
    act: argparse.ArgumentParser = acts.add_parser(
        name, help=words, description=f"{words[:1].upper()}{words[1:]}."
    )
    common(act)
    act.set_defaults(run=run)
    return act


def _add_add(acts: argparse._SubParsersAction[Any]) -> None:
    act = _act(acts, "add", "add a computer", run_add)
    act.epilog = (
        "Example: hwstudio monitor hosts add gpu3 prometheus:9090 --match 'instance=\"gpu3:9100\"'"
    )
    act.add_argument("name", metavar="NAME")
    act.add_argument(
        "urls", metavar="URL", nargs="+", help="gpu1:9100; several pages of one computer are one"
    )
    act.add_argument(
        "--match",
        default="",
        metavar="M",
        help="the address is a Prometheus server's; which series are this computer's",
    )
    act.add_argument("--interval", type=float, default=0.0, metavar="S", help="seconds (as usual)")
    act.add_argument("--token-file", default="", metavar="F", help="file with the token")
    act.add_argument("--user", default="", metavar="U", help="for basic authentication")
    act.add_argument("--password-file", default="", metavar="F", help="file with its password")


def _read(out: Output) -> tuple[HostEntry, ...]:
    from hwstudio.core.monitor.hosts.list_file import read_list

    return read_list(out.studio.home.hosts_file)


def _write(out: Output, entries: Iterable[HostEntry]) -> None:
    from hwstudio.core.monitor.hosts.list_file import write_list

    write_list(out.studio.home.hosts_file, entries)


def _entry(out: Output, name: str) -> HostEntry:
    found = next((entry for entry in _read(out) if entry.name == name), None)
    if found is None:
        raise UserError(f'No computer is called "{name}"', "", "See: hwstudio monitor hosts list")
    return found


def _whole(file: str) -> str:
    """Return where a file lies, whichever folder the list is used from."""
    return str(Path(file).expanduser().absolute()) if file else ""


def run_list(_args: argparse.Namespace, out: Output) -> int:
    """Print the list.

    Raises:
        UserError, HostError: it cannot be read.
    """
    entries = _read(out)
    if out.is_json:
        out.document({"hosts": [_shown(entry) for entry in entries]})
        return 0
    if not entries:
        out.line("No other computer is listed. Add one: hwstudio monitor hosts add NAME ADDRESS")
        return 0
    rows = [
        [entry.name, entry.source.value, f"{entry.every_s:g} s", " ".join(entry.urls)]
        for entry in entries
    ]
    out.table(["Computer", "Source", "Every", "Addresses"], rows, right=(2,))
    return 0


def run_add(args: argparse.Namespace, out: Output) -> int:
    """Add a computer.

    Raises:
        UserError: it cannot be used, or its name is taken.
        HostError: the list cannot be read or written.
    """
    from hwstudio.core.monitor.hosts.entry import HostEntry, Source, checked

    entry = checked(
        HostEntry(
            name=args.name,
            urls=tuple(args.urls),
            source=Source.SERVER if args.match else Source.PAGE,
            match=args.match,
            interval_s=args.interval,
            token_file=_whole(args.token_file),
            user=args.user,
            password_file=_whole(args.password_file),
        )
    )
    entries = _read(out)
    if any(each.name == entry.name for each in entries):
        why = "remove it first, or take another name"
        raise UserError(f'There is a computer "{entry.name}" already', why)
    _write(out, (*entries, entry))
    return _say("Added", entry, out)


def run_remove(args: argparse.Namespace, out: Output) -> int:
    """Take a computer off the list.

    Raises:
        UserError: there is none of that name.
        HostError: the list cannot be read or written.
    """
    entry = _entry(out, args.name)
    _write(out, (each for each in _read(out) if each.name != entry.name))
    return _say("Removed", entry, out)


def run_import(args: argparse.Namespace, out: Output) -> int:
    """Add the computers of a file; those that are there already are left as they are.

    Raises:
        UserError: it is no list.
        HostError: it cannot be read, or the list cannot be written.
    """
    from hwstudio.core.monitor.hosts.list_file import read_list

    file = Path(args.file)
    if not file.is_file():
        raise UserError(f"There is no file {file}")
    entries, found = list(_read(out)), read_list(file)
    known = {replace(entry, name="") for entry in entries}
    fresh = [entry for entry in found if replace(entry, name="") not in known]
    added = []
    for entry in fresh:
        name, number = entry.name, 1
        while any(each.name == name for each in entries):
            number += 1
            name = f"{entry.name} ({number})"
        added.append(replace(entry, name=name))
        entries.append(added[-1])
    if added:
        _write(out, entries)
    if out.is_json:
        kept = len(found) - len(added)
        out.document({"added": [_shown(entry) for entry in added], "kept": kept})
    out.line(f"{len(added)} added, {len(found) - len(added)} were there already")
    return 0


def run_show(args: argparse.Namespace, out: Output) -> int:
    """Read a computer and print what it says.

    Raises:
        UserError: there is none of that name, or its entry cannot be used.
        HostError: it does not answer, or the network is off.
    """
    from hwstudio.core.monitor.hosts.entry import Source
    from hwstudio.core.monitor.hosts.host import HOST, Host

    entry = _entry(out, args.name)
    host = Host.open(entry, out.studio.network)
    try:
        sample = host.poll()
        if HOST not in sample.missing and entry.source is Source.PAGE:
            time.sleep(_BETWEEN_S)
            sample = host.poll()
    finally:
        host.stop()
    gone = sample.missing.get(HOST)
    if gone is not None:
        raise HostError(f"{entry.name} shows nothing", gone.why)
    _print(host, sample, out)
    return 0


def _print(host: Host, sample: Sample, out: Output) -> None:
    from hwstudio.core.model.sensor import sensor_of
    from hwstudio.core.monitor.labels import name_of, value_text

    if out.is_json:
        out.document({"host": _shown(host.entry), "sample": to_document(sample)})
        return
    titles = {device.id: device.title for device in sample.devices}
    rows = [
        [
            titles.get(sensor.device) or _SUMS.get(sensor.device, sensor.device),
            name_of(name),
            value_text(sensor, value),
        ]
        for name, value in sample.values.items()
        for sensor in (sensor_of(name),)
        if not name.startswith("cpu.core.")
    ]
    out.table(["Part", "Sensor", "Now"], rows, right=(2,))
    for missing in sample.missing.values():
        if missing.how in host.entry.urls:
            out.note(f"hwstudio: {missing.why}")


def _shown(entry: HostEntry) -> dict[str, Any]:
    return {
        "name": entry.name,
        "urls": list(entry.urls),
        "source": entry.source.value,
        "match": entry.match,
        "interval_s": entry.every_s,
        "has_secret": bool(entry.token_file or entry.password_file),
    }


def _say(done: str, entry: HostEntry, out: Output) -> int:
    if out.is_json:
        out.document(_shown(entry))
    out.line(f"{done}: {entry.name} ({', '.join(entry.urls)})")
    return 0
