"""The forecast as a condition of a result, and in a sentence."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from hwstudio.core.base.units import percent
from hwstudio.core.bench.scaling.inputs import INPUTS, forecast_of, link_of

FORECAST = "forecast"


def forecast_condition(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Return the forecast to keep beside a finished run; empty where there is none."""
    found = forecast_of(conditions)
    if found is None:
        return {}
    link = link_of(conditions[INPUTS])
    about = {
        "bus_bytes_per_s": link.bus_bytes_per_s,
        "latency_s": link.latency_s,
        "largest_slowed_share": max(point.slowed_share for point in link.points),
    }
    return {FORECAST: {**dataclasses.asdict(found), "link": about}}


def forecast_line(conditions: Mapping[str, Any]) -> str:
    """Return the forecast as a sentence, or ""."""
    found = conditions.get(FORECAST)
    if not isinstance(found, dict):
        return ""
    return (
        f"Expected from single processes and the link alone: {percent(found['efficiency'])} "
        f"({percent(found['low'])} to {percent(found['high'])})."
    )


def shares_line(conditions: Mapping[str, Any]) -> str:
    """Return the two shares of the forecast as a sentence, or ""."""
    found = conditions.get(FORECAST)
    if not isinstance(found, dict):
        return ""
    return (
        f"Of that, computing at the same time was to keep {percent(found['compute_share'])}, "
        f"exchanging gradients {percent(found['communication_share'])}."
    )
