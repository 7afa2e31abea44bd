"""The user's settings: one small JSON file, read by every face, written whole and atomically."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.log import logger

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose. Every field has a default that works."""

    theme: str = "system"  # system | light | dark
    audience: str = ""  # "", hobbyist, student, professional: which tab opens first
    goal: str = "llm_qlora_8b"  # a workload id
    readiness_weights: str = ""  # "chat=40,vision=10 ..."; empty = as the goal has it
    currency: str = "USD"
    electricity_per_kwh: float = 0.165  # USD/kWh, world household mean 2025-Q2
    electricity_source: str = "GlobalPetrolPrices, world household mean, 2025-Q2"
    mains: str = "120V15A"
    compact_rows: bool = False
    reduce_motion: bool = False
    first_run_done: bool = False
    interpreter: str = ""  # a Python with torch to run benchmarks with; empty = find one
    recorder_wanted: bool = False  # start the monitor's recorder whenever the window opens
    history_second_days: float = 30.0  # how long the monitor keeps every second
    history_minute_days: float = 90.0
    history_hour_days: float = 1826.0  # five years
    history_most_gb: float = 2.0  # the oldest goes first when the history outgrows this
    monitor_pcie: bool = False  # read the PCIe traffic of NVIDIA GPUs: dear, so only on demand
    network_allowed: bool = False  # nothing goes online until the user says so


def _clean(raw: dict[str, Any]) -> dict[str, Any]:
    """Keep known fields whose type is right; a damaged value falls back to its default."""
    kept: dict[str, Any] = {}
    for field in fields(Settings):
        value = raw.get(field.name)
        default = field.default
        if isinstance(default, bool):
            good = isinstance(value, bool)
        elif isinstance(default, float):
            good = isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0
        else:
            good = isinstance(value, type(default))
        if good:
            kept[field.name] = float(value) if isinstance(default, float) else value  # type: ignore[arg-type]
    return kept


def load_settings(file: Path) -> Settings:
    """Read settings; a missing or damaged file gives defaults (the damaged one is kept aside)."""
    try:
        raw = json.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return Settings()
    except (OSError, ValueError):
        logger("settings").warning("settings in %s could not be read; using defaults", file)
        try:
            file.replace(file.with_suffix(".damaged.json"))
        except OSError:
            pass
        return Settings()
    return Settings(**_clean(raw)) if isinstance(raw, dict) else Settings()


def save_settings(file: Path, settings: Settings) -> None:
    """Write settings whole or not at all.

    Raises:
        HostError: the file cannot be written.
    """
    text = json.dumps({"schema": SCHEMA, **asdict(settings)}, indent=1, sort_keys=True)
    part = file.with_suffix(".part")
    try:
        part.write_text(text, "utf-8")
        part.replace(file)
    except OSError as error:
        raise HostError(
            "Settings could not be saved", error.strerror or str(error), f"Check {file.parent}"
        ) from error


def changed(settings: Settings, **values: object) -> Settings:
    """Return a copy with some fields changed."""
    return replace(settings, **values)  # type: ignore[arg-type]
