"""Looks at the addresses of a computer once and says in words what stands there."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from hwstudio.core.base.errors import HwstudioError
from hwstudio.core.base.http_answer import Bounds
from hwstudio.core.base.network import Network
from hwstudio.core.base.network_poll import Watch
from hwstudio.core.base.network_reach import Reach
from hwstudio.core.base.units import gib
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.hosts.entry import HostEntry, Source, authorization_of, is_match
from hwstudio.core.monitor.hosts.entry import whole_url as whole
from hwstudio.core.monitor.hosts.page import PageReader
from hwstudio.core.monitor.hosts.past import computers_of
from hwstudio.core.monitor.hosts.prometheus_api import PrometheusApi
from hwstudio.core.monitor.hosts.source import (
    DEADLINE_S,
    PAGE_BYTES,
    SERVER_BYTES,
    ServerSource,
)

_BETWEEN_S = 0.5  # two looks: shares and rates are growth between them
_SERVER_PORTS = frozenset({9090, 8428, 8481})  # Prometheus, VictoriaMetrics, its cluster's select
_BUILD = re.compile(r'^(hwstudio|node_exporter)_build_info\{[^}\n]*\bversion="([^"\n]+)"', re.M)
_DCGM = re.compile(r"^DCGM_FI_", re.M)
_NVITOP = re.compile(r"^(gpu|host)_\w+_(Percentage|MiB)\b", re.M)
_REGEX_SIGN = re.compile(r"([.+*?()\[\]{}|^$\\])")

Computer = tuple[str, str, bool]  # job, instance, is it read now


@dataclass(frozen=True, slots=True)
class Finding:
    """What stands at the addresses. ``source`` is what they turned out to be."""

    kind: str  # ok, warn or error
    text: str
    source: Source
    computers: tuple[Computer, ...] = ()


@dataclass(frozen=True, slots=True)
class _Page:
    """What an address answered."""

    software: str
    sample: Sample
    computers: tuple[Computer, ...] | None = None  # of a server


def guess(addresses: Iterable[str]) -> Source:
    """Return what most likely stands at some addresses, by their ports alone."""
    for text in addresses:
        try:
            port = urlsplit(text if "://" in text else f"http://{text}").port
        except ValueError:
            continue
        if port in _SERVER_PORTS:
            return Source.SERVER
    return Source.PAGE


def try_out(entry: HostEntry, network: Network) -> Finding:
    """Return what an entry finds. Runs in a worker thread; takes seconds where nobody answers.

    Raises:
        UserError, HostError: an address or a secret cannot be used.
    """
    secret = authorization_of(entry)
    if entry.source is Source.SERVER:
        return _try_server(entry, network, secret)
    found: list[_Page] = []
    troubles: list[str] = []
    for text in entry.urls:
        url = whole(text)
        watch = network.watch(url, Bounds(PAGE_BYTES, DEADLINE_S),
                              purpose=_purpose(entry), authorization=secret)  # fmt: skip
        try:
            found.append(_look(watch, url))
        except HwstudioError as error:
            troubles.append(error.sentence)
        finally:
            watch.close()
    servers = [page for page in found if page.computers is not None]
    if servers and len(entry.urls) == 1:
        return _server_found(servers[0].computers or ())
    return _summed(found, troubles)


def _purpose(entry: HostEntry) -> str:
    return f"test of {entry.name or 'a computer'}"


def _look(watch: Watch, url: str) -> _Page:
    reader, sample, text = PageReader(), Sample(0.0, {}), ""
    try:
        text = watch.read().decode("utf-8", "replace")
        sample = reader.read(text, time.time(), time.monotonic())
        if sample.values and watch.reach is not Reach.PUBLIC:
            time.sleep(_BETWEEN_S)
            again = watch.read().decode("utf-8", "replace")
            sample = reader.read(again, time.time(), time.monotonic())
    except HwstudioError:
        if (computers := _computers(watch, url)) is None:
            raise
        return _Page("", sample, computers)
    if not sample.values:
        return _Page(software_of(text), sample, _computers(watch, url))
    return _Page(software_of(text), sample)


def _computers(watch: Watch, url: str) -> tuple[Computer, ...] | None:
    """Return what a server reads, if one stands here; else None."""
    base = urlsplit(url)._replace(path="", query="").geturl()
    try:
        return tuple(computers_of(PrometheusApi(watch, base)))
    except HwstudioError:
        return None


def _try_server(entry: HostEntry, network: Network, secret: str) -> Finding:
    url = whole(entry.urls[0], Source.SERVER) if entry.urls else whole("")
    watch = network.watch(url, Bounds(SERVER_BYTES, DEADLINE_S),
                          purpose=_purpose(entry), authorization=secret)  # fmt: skip
    try:
        computers = tuple(computers_of(PrometheusApi(watch, url)))
        if not is_match(entry.match):
            return _server_found(computers)
        sample = ServerSource(watch, url, entry.match).read(time.time(), time.monotonic())
    finally:
        watch.close()
    if not sample.values:
        why = "The server answers, but has nothing of these series now."
        return Finding("warn", why, Source.SERVER, computers)
    said = ", ".join(inventory(sample))
    return Finding("ok", f"The server shows {said}.", Source.SERVER, computers)


def _server_found(computers: tuple[Computer, ...]) -> Finding:
    if not computers:
        return Finding("warn", "A server answers, but it reads no computer.", Source.SERVER)
    count = "1 address" if len(computers) == 1 else f"{len(computers)} addresses"
    text = f"A server that reads {count}. Tick those of the computer."
    return Finding("ok", text, Source.SERVER, computers)


def _summed(found: list[_Page], troubles: list[str]) -> Finding:
    said = [page.software for page in found if page.software]
    known = [page.sample for page in found if page.sample.values]
    if not known:
        if troubles:
            return Finding("error", " ".join(troubles), Source.PAGE)
        what = f"{said[0]} answers" if said else "Something answers"
        return Finding("error", f"{what}, but shows nothing that hwstudio knows.", Source.PAGE)
    words = list(inventory(*known))
    text = f"{' and '.join(dict.fromkeys(said)) or 'Found'}: {', '.join(words)}"
    has_gpu = any(device.kind == "gpu" for sample in known for device in sample.devices)
    if not has_gpu:
        is_own = any(name.startswith("hwstudio") for name in said)
        text += "; no GPU" if is_own else "; no GPU exporter found"
    text += "."
    return Finding("warn" if troubles else "ok", " ".join((text, *troubles)), Source.PAGE)


def software_of(text: str) -> str:
    """Return which program wrote a page, with its version where it says so; "" = not known."""
    if (found := _BUILD.search(text)) is not None:
        return f"{found[1]} {found[2]}"
    if _DCGM.search(text):
        return "DCGM exporter"
    return "nvitop-exporter" if _NVITOP.search(text) else ""


def inventory(*samples: Sample) -> Iterator[str]:
    """Yield what computers have, a few words each: "2 threads", "23.4 GiB", "1 drive"."""
    values = {name: value for sample in samples for name, value in sample.values.items()}
    devices = {device.id: device for sample in samples for device in sample.devices}.values()
    threads = sum(name.startswith("cpu.core.") for name in values)
    if threads:
        yield _count(threads, "thread")
    if total := values.get("memory.total_bytes"):
        yield gib(total)
    for kind, word in (("disk", "drive"), ("network", "network interface")):
        if count := sum(device.kind == kind for device in devices):
            yield _count(count, word)
    gpus = [device.title for device in devices if device.kind == "gpu"]
    if gpus:
        yield f"{_count(len(gpus), 'GPU')} ({', '.join(dict.fromkeys(gpus))})"
    if not values:
        yield "no numbers"


def _count(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def match_of(instances: Iterable[str]) -> str:
    """Return what picks the series of some instances of a server: of one computer."""
    names = sorted(set(instances))
    if len(names) == 1:
        return f'instance="{_quoted(names[0])}"'
    pattern = "|".join(_REGEX_SIGN.sub(r"\\\1", name) for name in names)
    return f'instance=~"{_quoted(pattern)}"' if names else ""


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
