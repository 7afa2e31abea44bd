"""Reads a job from TOML. Every refusal names the key, why, and what to write instead."""

from __future__ import annotations

import json
import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.cloud.routing.job import Data, Job, Local, Reserved, Rules, Task

EXAMPLE = """\
name = "Fine-tune the support bot"

[work]
workload = "llm_qlora_8b"    # hwstudio predict job --help names them
units = 60000                # or: hours = 40 and device = "RTX 4090"
memory_gib = 16              # each GPU must have at least this; may be left out

[deadline]
hours = 72
sure = 0.9                   # 0.5 to 0.99

[data]
in_gb = 40
out_gb = 2
place = "home"               # or a provider, such as "aws"
kept_days = 30               # how long it stays in the cloud afterwards
upload_mbit_s = 40
download_mbit_s = 200

[rules]
may_leave_home = true
interruptible = true
free_services = true         # false: leave free services out
checkpoint_s = 60            # 0: the job saves nothing on its way
restart_s = 300
budget = 50                  # USD; leave it out for no limit

[local]
device = "RTX 4090"          # leave it out for this PC
queue_hours = 6
prefer_pct = 0               # how much dearer home may be and is still chosen

[reserved]                   # leave the section out without paid hours
provider = "aws"
instance = "p4d.24xlarge"
free_hours = 100
"""

MOST = 1e9
_SEE = "See: hwstudio cost route --help"


@dataclass(frozen=True, slots=True)
class _Key:
    """What one key takes."""

    field: str
    read: Callable[[str, Any], Any]


def _number(low: float, high: float, unit: str = "") -> Callable[[str, Any], float]:
    def read(key: str, value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise _bad(key, f"{value!r} is not a number", "Write a plain number, such as 12.5")
        number = float(value)
        if not (math.isfinite(number) and low <= number <= high):
            limits = f"{low:,.10g} to {high:,.10g} {unit}".strip()
            raise _bad(key, f"{value} lies outside {limits}", f"Give {limits}")
        return number

    return read


def _whole(key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 1024:
        raise _bad(key, f"{value!r} is no count", "Write a whole number from 1 to 1,024")
    return value


def _words(key: str, value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _bad(key, f"{value!r} is no name", 'Write it in quotes, such as "RTX 4090"')
    return value.strip()


def _yes(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise _bad(key, f"{value!r} is neither true nor false", "Write true or false")
    return value


def _bytes(key: str, value: Any) -> int:
    return round(_number(0.1, 1e5, "GiB")(key, value) * GIB)


def _budget(key: str, value: Any) -> Decimal:
    return Decimal(str(_number(0, MOST, "USD")(key, value)))


def _saving(key: str, value: Any) -> float | None:
    return _number(0, 86400, "s")(key, value) or None


_SOME = _number(0, MOST)
_LINK = _number(0.01, 1e6, "Mbit/s")
_SECTIONS: Mapping[str, Mapping[str, _Key]] = {
    "work": {
        "workload": _Key("workload_id", _words),
        "units": _Key("units", _number(1e-6, 1e15)),
        "hours": _Key("hours", _number(1e-6, 1e6, "h")),
        "device": _Key("device", _words),
        "count": _Key("count", _whole),
        "memory_gib": _Key("memory_bytes", _bytes),
    },
    "deadline": {
        "hours": _Key("deadline_hours", _number(1e-3, 1e6, "h")),
        "sure": _Key("confidence", _number(0.5, 0.99)),
    },
    "data": {
        "in_gb": _Key("in_gb", _SOME),
        "out_gb": _Key("out_gb", _SOME),
        "place": _Key("place", _words),
        "kept_days": _Key("kept_days", _number(0, 36500, "days")),
        "left_this_month_gb": _Key("left_this_month_gb", _SOME),
        "upload_mbit_s": _Key("upload_mbit_s", _LINK),
        "download_mbit_s": _Key("download_mbit_s", _LINK),
    },
    "rules": {
        "may_leave_home": _Key("may_leave_home", _yes),
        "interruptible": _Key("is_interruptible", _yes),
        "free_services": _Key("may_be_free", _yes),
        "checkpoint_s": _Key("checkpoint_s", _saving),
        "restart_s": _Key("restart_s", _number(0, 86400, "s")),
        "hours_between_interruptions": _Key("hours_between_interruptions", _number(0.01, 1e6, "h")),
        "budget": _Key("budget", _budget),
    },
    "local": {
        "device": _Key("device", _words),
        "count": _Key("count", _whole),
        "queue_hours": _Key("queue_hours", _number(0, 1e6, "h")),
        "price_per_kwh": _Key("price_per_kwh", _number(0, 1000, "USD/kWh")),
        "power_w": _Key("power_w", _number(0, 1e6, "W")),
        "wear_per_hour": _Key("wear_per_hour", _number(0, 1e6, "USD")),
        "prefer_pct": _Key("prefer_pct", _number(0, 1000, "%")),
        "grid_g_per_kwh": _Key("grid_g_per_kwh", _number(0, 5000, "g/kWh")),
    },
    "reserved": {
        "provider": _Key("provider", _words),
        "instance": _Key("instance", _words),
        "device": _Key("device", _words),
        "count": _Key("count", _whole),
        "free_hours": _Key("free_hours", _number(0, 1e6, "h")),
        "price_per_hour": _Key("price_per_hour", _number(0, 1e6, "USD")),
    },
}


def job_of_toml(text: str) -> Job:
    """Return the job a TOML text describes.

    Raises:
        UserError: it is no TOML, a key is unknown, a value is out of range, or work is missing.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UserError("The job file cannot be read", f"it is not TOML: {error}", _SEE) from error
    known = ["name", *_SECTIONS]
    for key in raw:
        if key not in known:
            raise _unknown(key, known)
    found = {section: _section(section, raw.get(section, {})) for section in _SECTIONS}
    name = _words("name", raw["name"]) if "name" in raw else "Your job"
    return Job(
        name=name,
        task=_task(found["work"]),
        data=Data(**found["data"]),
        rules=Rules(**found["deadline"], **found["rules"]),
        local=Local(**found["local"]),
        reserved=_reserved(found["reserved"]) if "reserved" in raw else None,
    )


def toml_of_job(job: Job) -> str:
    """Return the job as TOML that ``job_of_toml`` reads back to the same job."""
    parts = (job.task, (job.rules, "deadline"), job.data, (job.rules, "rules"), job.local)
    holders = dict(zip(("work", "deadline", "data", "rules", "local"), parts, strict=True))
    lines = [f"name = {_quoted(job.name)}"]
    for section, keys in _SECTIONS.items():
        holder = holders.get(section, job.reserved)
        if isinstance(holder, tuple):
            holder = holder[0]
        if holder is None:
            continue
        lines += ["", f"[{section}]"]
        for key, how in keys.items():
            text = _written(key, getattr(holder, how.field))
            if text and not (section == "work" and key == "count" and job.task.hours is None):
                lines.append(f"{key} = {text}")
    return "\n".join(lines) + "\n"


def _written(key: str, value: Any) -> str:
    """Return a value as TOML; "" where it is left out."""
    if key == "checkpoint_s" and value is None:
        return "0"
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    if key == "memory_gib":
        return repr(value / GIB)
    return repr(float(value)) if isinstance(value, Decimal) else repr(value)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _section(section: str, raw: Any) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise _bad(section, "it is a value, not a section", f"Write [{section}] on a line")
    keys = _SECTIONS[section]
    out = {}
    for key, value in raw.items():
        if key not in keys:
            raise _unknown(f"{section}.{key}", [f"{section}.{name}" for name in keys])
        out[keys[key].field] = keys[key].read(f"{section}.{key}", value)
    return out


def _task(values: dict[str, Any]) -> Task:
    task = Task(**values)
    if "count" in values and task.hours is None:
        raise _bad("work.count", "it belongs to hours, which are not given", "Add hours = 40")
    if task.hours is not None and task.units is not None:
        raise _bad("work", "both units and hours are given", "Keep one of them")
    if task.hours is not None and not task.device:
        raise _bad(
            "work.device", "hours mean nothing without the GPU they were counted on",
            'Add device = "RTX 4090", for example',
        )  # fmt: skip
    if task.hours is None and not task.workload_id:
        raise _bad(
            "work", "it does not say how much there is to do",
            'Give workload = "llm_qlora_8b", or hours and device',
        )  # fmt: skip
    if task.hours is None and task.device:
        raise _bad("work.device", "it belongs to hours, which are not given", "Add hours = 40")
    return task


def _reserved(values: dict[str, Any]) -> Reserved:
    if "free_hours" not in values:
        raise _bad("reserved.free_hours", "it is missing", "Say how many paid hours are left")
    if "device" not in values and not ("provider" in values and "instance" in values):
        raise _bad(
            "reserved", "it does not say which machine is paid",
            "Give provider and instance, or device and count",
        )  # fmt: skip
    return Reserved(**values)


def _bad(key: str, why: str, remedy: str) -> UserError:
    return UserError(f"The job file's {key} cannot be used", why, remedy)


def _unknown(key: str, known: list[str]) -> UserError:
    near = get_close_matches(key, known, n=1)
    choose = ", ".join(name.rpartition(".")[2] for name in known)
    remedy = f"Did you mean {near[0]}" if near else f"Choose from {choose}"
    return UserError(f"The job file's {key} is not known", "nothing reads that key", remedy)
