"""The checks before a run over several computers, and nothing else."""

from __future__ import annotations

from typing import Any

from hwstudio.worker.channel import Channel
from hwstudio.worker.cluster.ending import part
from hwstudio.worker.cluster.lead import hosts_of
from hwstudio.worker.cluster.meeting import Meeting


def run(params: dict[str, Any], channel: Channel) -> None:
    """Meet the computers of ``params["hosts"]`` and tell what was found."""
    meeting = Meeting(hosts_of(params), channel)
    try:
        meeting.hold()
        channel.emit("condition", name="preflight", value=meeting.document())
    finally:
        channel.emit("condition", name="cleared", value=part(meeting.links, limit_s=1.5))
