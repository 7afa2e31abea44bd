"""Asks a Prometheus server, or one that speaks its API such as VictoriaMetrics: now and history."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

from hwstudio.core.base.errors import HostError, UserError

MOST_POINTS = 11_000  # a server refuses more for one series
_PATHS = {"query": "/api/v1/query", "range": "/api/v1/query_range"}


class Reader(Protocol):
    """What reads a path of one server; ``core.base.network_poll.Watch`` is one."""

    def read(self, target: str = "") -> bytes:
        """Return what stands at a path and query."""


@dataclass(frozen=True, slots=True)
class Track:
    """One series of an answer: its labels (its name under ``__name__``) and (Unix time, value)."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def name(self) -> str:
        """The metric's name; empty where a calculation took it away."""
        return self.labels.get("__name__", "")


class PrometheusApi:
    """A server's query interface. ``url`` is its address, with a path before /api if it has one."""

    def __init__(self, reader: Reader, url: str) -> None:
        self._reader = reader
        self._path = urlsplit(url).path.rstrip("/")
        self._where = urlsplit(url).netloc

    def instant(self, expression: str, at_s: float | None = None) -> list[Track]:
        """Return what an expression is now or at a Unix time.

        An expression that ends in a range (``up[1m]``) gives every point the server has kept.

        Raises:
            UserError, HostError: as ``Watch.read``; the server's words where it refuses.
        """
        return self._ask("query", {"query": expression, "time": at_s})

    def range(self, expression: str, start_s: float, end_s: float, step_s: float) -> list[Track]:
        """Return an expression's values from one Unix time to another, every ``step_s``.

        Raises:
            UserError: that makes no sense, or too many points; else as ``instant``.
            HostError: as ``instant``.
        """
        if not (step_s > 0 and start_s <= end_s):
            raise UserError("The time range cannot be used", "it must run forward, in steps")
        if (end_s - start_s) / step_s > MOST_POINTS:
            why = f"a server gives at most {MOST_POINTS:,} points a series"
            raise UserError("The time range has too many points", why, "Take longer steps")
        return self._ask(
            "range", {"query": expression, "start": start_s, "end": end_s, "step": step_s}
        )

    def _ask(self, kind: str, asked: Mapping[str, str | float | None]) -> list[Track]:
        words = (
            f"{key}={quote(value if isinstance(value, str) else f'{value:.3f}', safe='')}"
            for key, value in asked.items()
            if value is not None
        )
        body = self._reader.read(f"{self._path}{_PATHS[kind]}?{'&'.join(words)}")
        try:
            return list(_tracks(json.loads(body)))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            what = f"{self._where} gave no answer that can be read"
            raise HostError(what, "it is not the API of Prometheus") from error


def _tracks(raw: Any) -> Iterator[Track]:
    if raw["status"] != "success":
        raise ValueError(str(raw.get("error", "")))
    kind, found = raw["data"]["resultType"], raw["data"]["result"]
    if kind == "scalar":
        yield Track({}, tuple(_points([found])))
    elif kind in ("vector", "matrix"):
        for each in found:
            pairs = [each["value"]] if kind == "vector" else each.get("values", [])
            labels = {str(key): str(value) for key, value in each["metric"].items()}
            yield Track(labels, tuple(_points(pairs)))
    else:
        raise ValueError("no numbers")


def _points(pairs: Iterable[Any]) -> Iterator[tuple[float, float]]:
    for at_s, value in pairs:
        yield float(at_s), float(value)
