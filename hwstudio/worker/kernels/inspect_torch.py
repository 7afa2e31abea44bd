"""Says what a Python with torch can use: its devices, their names, its threads."""

from __future__ import annotations

from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel


def run(params: dict[str, Any], channel: Channel) -> None:  # noqa: ARG001  (all kernels alike)
    """Send one condition per device."""
    torch = devices.load_torch()
    for name in devices.names(torch):
        channel.emit("condition", name=name, value=devices.describe(torch, name))
