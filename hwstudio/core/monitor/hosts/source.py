"""Where a computer's numbers come from: a metrics page, or a server that has read one."""

from __future__ import annotations

import re
from typing import Protocol
from urllib.parse import urlsplit

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.http_answer import Bounds
from hwstudio.core.base.network import Network
from hwstudio.core.base.network_poll import Watch
from hwstudio.core.base.network_reach import Reach
from hwstudio.core.model.sample import Sample
from hwstudio.core.monitor.hosts.entry import HostEntry, Source, authorization_of
from hwstudio.core.monitor.hosts.page import PageReader
from hwstudio.core.monitor.hosts.prometheus_api import PrometheusApi
from hwstudio.core.monitor.hosts.promql import wanted

PAGE_BYTES, SERVER_BYTES = 8_000_000, 32_000_000
DEADLINE_S = 3.0
LOOK_BACK_S = 120.0  # a server reads its pages every 15 to 60 s; a rate needs two readings
PUBLIC_EVERY_S = 15.0  # an address on the internet is read no faster than this

_MOST_REFUSALS = 3
_COLLECTORS = (
    *("cpu", "cpufreq", "diskstats", "hwmon", "loadavg", "meminfo", "netclass", "netdev"),
    *("powersupplyclass", "pressure", "stat", "textfile", "thermal_zone", "uname"),
)
_ENABLED = re.compile(r'^node_scrape_collector_success\{collector="(\w+)"\} [01]$', re.M)


class SampleSource(Protocol):
    """Something that can be asked for a sample."""

    where: str

    @property
    def slowest_s(self) -> float:
        """Return the seconds that must lie between two readings."""

    def read(self, taken_s: float, now_s: float) -> Sample:
        """Return the sample of now; raises UserError or HostError."""

    def close(self) -> None:
        """Hang up."""


class PageSource:
    """A metrics page. Raises what ``Watch.read`` raises.

    A node_exporter is asked for the parts that are used once it has said which it has: that costs
    the other computer, and the way there, less than half.
    """

    def __init__(self, watch: Watch, where: str) -> None:
        self.where = where
        self._watch, self._reader = watch, PageReader()
        self._target = ""  # of the parts alone; "" = the whole page
        self._refusals = 0

    @property
    def slowest_s(self) -> float:
        """Return the seconds that must lie between two readings."""
        return PUBLIC_EVERY_S if self._watch.reach is Reach.PUBLIC else 0.0

    def read(self, taken_s: float, now_s: float) -> Sample:
        """Return the sample of the page as it stands now."""
        asked = self._target
        try:
            text = self._watch.read(asked).decode("utf-8", "replace")
        except HostError:
            self._target = ""  # the whole page next time: it may have been started anew, with less
            self._refusals += bool(asked)
            raise
        if not asked and self._refusals < _MOST_REFUSALS:
            self._target = parts_of(self.where, text)
        return self._reader.read(text, taken_s, now_s)

    def close(self) -> None:
        """Hang up."""
        self._watch.close()


def parts_of(url: str, text: str) -> str:
    """Return path and query for the parts of a node_exporter's page that we use; "" = all of it."""
    place = urlsplit(url)
    enabled = set(_ENABLED.findall(text))
    if place.query or not enabled:
        return ""
    wanted = "&".join(f"collect%5B%5D={part}" for part in _COLLECTORS if part in enabled)
    return f"{place.path}?{wanted}" if wanted else ""


class ServerSource:
    """The newest two readings a server has of every series. Raises what ``Watch.read`` raises."""

    def __init__(self, watch: Watch, url: str, match: str) -> None:
        self.where = url
        self._watch, self._match = watch, match
        self.api = PrometheusApi(watch, url)

    @property
    def slowest_s(self) -> float:
        """Return the seconds that must lie between two readings."""
        return PUBLIC_EVERY_S if self._watch.reach is Reach.PUBLIC else 0.0

    def read(self, _taken_s: float, _now_s: float) -> Sample:
        """Return the sample of the server's last reading; its time is the server's."""
        tracks = [t for t in self.api.instant(wanted(self._match, LOOK_BACK_S)) if t.points]
        newest_s = max((track.points[-1][0] for track in tracks), default=0.0)
        reader = PageReader()  # both readings come with every answer: nothing to remember
        pairs = []
        for track in tracks:
            labels = {key: text for key, text in track.labels.items() if key != "__name__"}
            pairs += [((track.name, labels), value, at_s) for at_s, value in track.points[-2:]]
        return reader.read_points(pairs, newest_s)

    def close(self) -> None:
        """Hang up."""
        self._watch.close()


def sources_of(entry: HostEntry, network: Network) -> tuple[SampleSource, ...]:
    """Return the sources of a computer; nothing is opened yet.

    Raises:
        UserError: an address or a secret cannot be used.
        HostError: a secret's file cannot be read.
    """
    authorization = authorization_of(entry)
    is_page = entry.source is Source.PAGE
    bounds = Bounds(PAGE_BYTES if is_page else SERVER_BYTES, DEADLINE_S)
    purpose = f"readings of {entry.name}"
    made: list[SampleSource] = []
    for url in entry.urls:
        watch = network.watch(url, bounds, purpose=purpose, authorization=authorization)
        made.append(PageSource(watch, url) if is_page else ServerSource(watch, url, entry.match))
    return tuple(made)
