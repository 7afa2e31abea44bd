"""The page that ``hwstudio monitor serve`` writes, read back."""

from __future__ import annotations

from collections.abc import Mapping

from hwstudio.core.model.reading import Status
from hwstudio.core.model.sample import Device, Missing
from hwstudio.core.monitor.hosts.rule import Draft, Kind, Target
from hwstudio.core.monitor.series_name import PREFIX, sensor_id_of


class OwnFamily:
    """Every series says exactly which sensor it is."""

    metrics = "hwstudio_.+"

    def target(self, name: str, labels: Mapping[str, str]) -> Target | None:
        """Return where a series goes."""
        if not name.startswith(PREFIX):
            return None
        if (sensor := sensor_id_of(name, labels)) is not None:
            return Target(Kind.VALUE, sensor)
        match name:
            case "hwstudio_sample_age_seconds":
                return Target(Kind.PART, "age_s", "own")
            case "hwstudio_sample_timestamp_seconds":
                return Target(Kind.PART, "stamp_s", "own")
            case "hwstudio_device_info":
                return Target(Kind.FACT, labels.get("device", ""), "own.device", labels=labels)
            case "hwstudio_sensor_missing":
                return Target(Kind.FACT, labels.get("sensor", ""), "own.missing", labels=labels)
            case "hwstudio_device_limit":
                where = f"{labels.get('device', '')}\n{labels.get('quantity', '')}"
                return Target(Kind.PART, where, "own.limit")
            case "hwstudio_build_info":
                return Target(Kind.FACT, "", "own.build", labels=labels)
        return None

    def finish(self, draft: Draft) -> None:
        """Put the devices with their limits, and what is missing."""
        draft.age_s = max(draft.age_s, draft.group("own").get("age_s", 0.0))
        limits: dict[str, dict[str, float]] = {}
        for where, limit in draft.group("own.limit").items():
            device, _, quantity = where.partition("\n")
            limits.setdefault(device, {})[quantity] = limit
        for name, labels in draft.facts.get("own.device", {}).items():
            said = labels.get("name") or name, labels.get("kind", "")
            draft.device(Device(name, *said, limits.get(name, {})))
        for name, labels in draft.facts.get("own.missing", {}).items():
            draft.missing[name] = _missing(labels.get("status", ""))
        if build := draft.fact("own.build", ""):
            draft.words["host.software"] = f"hwstudio {build.get('version', '')}".strip()


def _missing(status: str) -> Missing:
    known = {each.value: each for each in Status}.get(status, Status.LOST)
    return Missing(known, "the other computer has no number for it", "its metrics page")
