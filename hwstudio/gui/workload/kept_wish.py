"""The job last asked about, and the models opened from files, kept from one day to the next.

A module of the user's own Python is not kept: what its code makes may be another tomorrow.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import MISSING, asdict, dataclass, fields, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from hwstudio.core.base.kept_json import load_kept, save_kept
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.predict.fitted.job import Software
from hwstudio.core.predict.job_maker import JobWish, Sharing, modes_of, sharings_of
from hwstudio.core.project.jobs import job_text, read_job
from hwstudio.gui.workload.state import KINDS, Wish

WHAT = "The job asked about in Workload"
MOST_OPENED, MOST_GPUS = 20, 64


@dataclass(frozen=True, slots=True)
class KeptWish:
    """What was kept. ``gpu_id``: chosen by the user; empty = none was."""

    model: AiModel
    job: JobWish
    count: int = 1
    gpu_id: str = ""
    software: Software | None = None
    opened: tuple[AiModel, ...] = ()

    @property
    def kind(self) -> str:
        """Return the kind of model the tab lists it under."""
        return next((name for name, _, each in KINDS if self.model.family in each), KINDS[0][0])


def load_wish(file: Path, models: Iterable[AiModel]) -> KeptWish | None:
    """Return what was kept, as far as the catalogue still has its model; None = nothing.

    Raises:
        HostError: the file is there and cannot be read.
    """
    return load_kept(file, WHAT, lambda document: _read(document, tuple(models)), None)


def save_wish(file: Path, wish: Wish, gpu_id: str, opened: Iterable[AiModel]) -> None:
    """Keep a wish.

    Raises:
        HostError: it cannot be written.
    """
    used = wish.software
    document = {
        "job": job_text(wish.model, wish.job),
        "sharing": wish.job.sharing.value,
        "count": wish.count,
        "gpu_id": gpu_id,
        "software": None if used is None else [used.framework, used.source],
        "opened": [asdict(model) for model in opened],
    }
    save_kept(file, WHAT, document)


def _read(document: Any, models: tuple[AiModel, ...]) -> KeptWish:
    told = document if isinstance(document, dict) else {}
    listed = told.get("opened")
    opened = tuple(_model(each) for each in (listed if isinstance(listed, list) else ()))
    opened = tuple(model for model in opened if modes_of(model))[:MOST_OPENED]
    model, job = read_job((*opened, *models), str(told.get("job")))
    sharing = Sharing(told.get("sharing", Sharing.AUTO))
    if sharing in sharings_of(model, job.mode):
        job = replace(job, sharing=sharing)
    count, software = told.get("count"), told.get("software")
    return KeptWish(
        model=model,
        job=job,
        count=count if isinstance(count, int) and 1 <= count <= MOST_GPUS else 1,
        gpu_id=str(told.get("gpu_id") or ""),
        software=_software(software),
        opened=opened,
    )


def _software(value: object) -> Software | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    return Software(str(value[0]), str(value[1]))


def _model(row: Any) -> AiModel:
    """Return a model as it was written.

    Raises:
        TypeError, ValueError: a field is missing or is of another kind.
    """
    found: dict[str, Any] = {}
    for each in fields(AiModel):
        value = row.get(each.name, each.default)
        if value is MISSING:
            raise ValueError(each.name)
        if isinstance(value, Decimal):
            value = float(value)
        is_number = isinstance(value, int | float)
        if ("int" in str(each.type) or "float" in str(each.type)) and not (
            value is None or (is_number and 0 <= value < 1e18)
        ):
            raise ValueError(each.name)
        found[each.name] = value
    if not all(isinstance(found[name], str) for name in ("id", "name", "family", "task")):
        raise ValueError("names")
    return AiModel(**found)
