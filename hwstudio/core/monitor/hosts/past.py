"""A computer's past from a Prometheus server, sensor by sensor, for charts of any length."""

from __future__ import annotations

from math import isfinite

from hwstudio.core.base.http_answer import Bounds
from hwstudio.core.base.network import Network
from hwstudio.core.base.network_poll import Watch
from hwstudio.core.monitor.hosts.entry import HostEntry, authorization_of
from hwstudio.core.monitor.hosts.prometheus_api import PrometheusApi
from hwstudio.core.monitor.hosts.promql import expressions
from hwstudio.core.monitor.hosts.source import LOOK_BACK_S, SERVER_BYTES

_DEADLINE_S = 15.0  # a month of seconds is a long question


class Past:
    """Asks over a connection of its own, so that the live readings go on meanwhile."""

    def __init__(self, api: PrometheusApi, match: str, watch: Watch | None = None) -> None:
        self._api, self._match, self._watch = api, match, watch

    @classmethod
    def open(cls, entry: HostEntry, network: Network) -> Past:
        """Return the past of a computer whose source is a server; nothing is opened yet.

        Raises:
            UserError, HostError: its address or secret cannot be used.
        """
        (url,) = entry.urls
        watch = network.watch(
            url,
            Bounds(SERVER_BYTES, _DEADLINE_S),
            purpose=f"history of {entry.name}",
            authorization=authorization_of(entry),
        )
        return cls(PrometheusApi(watch, url), entry.match, watch)

    def track(
        self, sensor_id: str, start_s: float, end_s: float, step_s: float
    ) -> list[tuple[float, float]]:
        """Return (Unix time, value) of a sensor; what the server has no number for is left out.

        Raises:
            UserError, HostError: as ``PrometheusApi.range``.
        """
        window_s = max(LOOK_BACK_S, step_s)
        for expression in expressions(sensor_id, self._match, window_s):
            for found in self._api.range(expression, start_s, end_s, step_s):
                if points := [(at_s, value) for at_s, value in found.points if isfinite(value)]:
                    return points
        return []

    def close(self) -> None:
        """Hang up."""
        if self._watch is not None:
            self._watch.close()


def computers_of(api: PrometheusApi) -> list[tuple[str, str, bool]]:
    """Return (job, instance, is it read now) of everything a server reads, for a list to choose.

    Raises:
        UserError, HostError: as ``PrometheusApi.instant``.
    """
    found = (
        (track.labels.get("job", ""), track.labels.get("instance", ""), track.points[-1][1] == 1)
        for track in api.instant("up")
        if track.points
    )
    return sorted(each for each in found if each[1])
