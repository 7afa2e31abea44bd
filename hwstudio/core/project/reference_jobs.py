"""Reads the reference jobs of the readiness score and fills them with the catalogue's numbers."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from hwstudio.core.assess.reference_job import (
    DataWork,
    Ground,
    JobGroup,
    Range3,
    ReferenceJob,
    ReferenceJobs,
    Yardstick,
)
from hwstudio.core.base.errors import HostError
from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.base.units import GB, GIB
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.job_maker import JobWish, job_of, usual_wish

FILE = "assess/jobs.toml"
Raw = Mapping[str, Any]
_WISH = {
    "precision": "precision",
    "batch": "batch",
    "tokens": "sequence_tokens",
    "steps": "steps",
    "samples": "samples",
    "epochs": "epochs",
}


def reference_jobs(catalog: Catalog) -> ReferenceJobs:
    """Return the reference jobs.

    Raises:
        HostError: the file is missing or damaged, or names what the catalogue does not hold.
    """
    try:
        raw = tomllib.loads(resource_bytes(FILE).decode("utf-8"))
        models = {model.id: model for model in catalog.known_models()}
        library = {workload.id: workload for workload in catalog.workloads()}
        marks = {name: _yardstick(each) for name, each in raw["yardstick"].items()}
        groups = tuple(
            JobGroup(
                group["id"],
                group["title"],
                group["short"],
                tuple(_job(each, marks, models, library) for each in group["job"]),
            )
            for group in raw["group"]
        )
        return ReferenceJobs(groups, _ground(raw), marks)
    except (KeyError, TypeError, ValueError) as error:
        why = f"{type(error).__name__}: {error}"
        raise HostError(
            f"hwstudio's own file {FILE} is damaged", why, "Install it again"
        ) from error


def _yardstick(raw: Raw) -> Yardstick:
    if "gladly_per_s" in raw:
        ends = 1 / float(raw["gladly_per_s"]), 1 / float(raw["least_per_s"])
    else:
        ends = float(raw["gladly"]), float(raw["at_most"])
    if not 0 < ends[0] < ends[1]:
        raise ValueError(f"a yardstick runs from {ends[0]} to {ends[1]} s")
    return Yardstick(*ends, raw["words"], raw["source"], _is_per_unit(raw))


def _is_per_unit(raw: Raw) -> bool:
    return "gladly_per_s" in raw or bool(raw.get("is_per_unit"))


def _job(
    raw: Raw,
    marks: Mapping[str, Yardstick],
    models: Mapping[str, AiModel],
    library: Mapping[str, Workload],
) -> ReferenceJob:
    is_data = "model" not in raw and "workload" not in raw
    return ReferenceJob(
        id=raw["id"],
        title=raw["title"],
        yardstick=marks[raw["yardstick"]],
        disk_bytes=raw["disk_gb"] * GB,
        workload=None if is_data else _workload(raw, models, library),
        data=_data(raw) if is_data else None,
        on_processor=bool(raw.get("on_processor")),
        is_fed_pictures=bool(raw.get("is_fed_pictures")),
        said=raw.get("said", ""),
    )


def _workload(raw: Raw, models: Mapping[str, AiModel], library: Mapping[str, Workload]) -> Workload:
    if "workload" in raw:
        return library[raw["workload"]]
    model, mode = models[raw["model"]], Mode(raw["mode"])
    told = {name: raw[key] for key, name in _WISH.items() if key in raw}
    wish: JobWish = replace(usual_wish(model, mode), **told)
    return replace(job_of(model, wish), id=raw["id"])


def _data(raw: Raw) -> DataWork:
    return DataWork(
        core_s=float(raw.get("core_s", 0)),
        core_doubt=float(raw.get("core_doubt", 1)),
        flop=float(raw.get("flop", 0)),
        read_bytes=raw.get("read_gb", 0) * GB,
        pictures=float(raw.get("pictures", 0)),
        ram_bytes=raw["ram_gb"] * GIB,
        source=raw["core_source"],
    )


def _ground(raw: Raw) -> Ground:
    around, processor = raw["around"], raw["processor"]
    drives = {kind: Range3(*ends) for kind, ends in raw["drive"].items() if kind != "source"}
    return Ground(
        system_bytes=around["system_gib"] * GIB,
        decode_per_core=Range3(*around["decode_per_core"]),
        picture_bytes=float(around["picture_bytes"]),
        drives=drives,
        bandwidth_share=Range3(*processor["bandwidth_share"]),
        compute_share=Range3(*processor["compute_share"]),
        sources=(
            around["decode_source"],
            around["picture_source"],
            raw["drive"]["source"],
            processor["bandwidth_source"],
            processor["compute_source"],
        ),
    )
