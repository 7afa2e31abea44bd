"""What feeds a job: its data set, what this computer was measured to prepare, a build's parts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hwstudio.core.base.units import rate, significant
from hwstudio.core.guide.storage_plan import link_bytes_per_s
from hwstudio.core.guide.supply import DataSet, Feeding, Job, Loading
from hwstudio.core.model.build import Build
from hwstudio.core.model.result import Outcome, Result
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.project.guides.read import Raw, made

BENCH, FROM_MEMORY, METRIC = "data_loading", "memory", "workers "
FED_MODES = (Mode.TRAIN, Mode.FINETUNE, Mode.LORA, Mode.QLORA)
_CLEAN = ("", "ok")


def is_of_pictures(workload: Workload) -> bool:
    """Say whether a processor has to unpack and cut a picture for every step."""
    return workload.unit == "images" and workload.mode is not Mode.GENERATE


def data_of(workload: Workload) -> DataSet | None:
    """Return what a job reads; None where nothing says how large one sample is."""
    return made("supply", lambda raw: _data(workload, raw))


def _data(workload: Workload, raw: Raw) -> DataSet | None:
    for one in raw["data_set"]:
        if one["named"] in workload.job_title:
            total = float(one["total_bytes"])
            return DataSet(one["title"], total / one["samples"], total, one["source"])
    if workload.mode in FED_MODES and workload.unit == "sequences" and workload.sequence_tokens:
        text = raw["text"]
        size = float(text["token_bytes"]) * workload.sequence_tokens
        return DataSet("text", size, None, text["source"])
    return None


def job_fed(workload: Workload, loading: Loading | None) -> Job:
    """Return what a job asks of the parts that feed it; only pictures are prepared on the way."""
    prepared = loading if is_of_pictures(workload) else None
    return Job(data_of(workload), prepared, workload.around.feed_per_s)


def feeding_of(build: Build) -> Feeding:
    """Return the parts of a build that feed its cards."""
    drive = build.storage[0] if build.storage else None
    return Feeding(
        cores=None if build.cpu is None else build.cpu.cores,
        link_bytes_per_s=None if drive is None else link_bytes_per_s(drive),
        ram_bytes=None if build.ram is None else build.ram_bytes,
    )


def own_loading(results: Iterable[Result]) -> Loading | None:
    """Return what a core of this computer prepares, by its newest clean run of Data loading.

    Only runs whose pictures came from memory count: else the drive is measured as well.
    """
    able = [found for result in results if (found := _of_run(result)) is not None]
    return max(able, key=lambda found: found[0])[1] if able else None


def _of_run(result: Result) -> tuple[str, Loading] | None:
    cores = _whole(result.conditions.get("cpu_cores"))
    rates = [m.median for m in result.metrics if m.name.startswith(METRIC) and m.median > 0]
    is_usable = (
        result.bench == BENCH
        and result.outcome is Outcome.FINISHED
        and result.verdict in _CLEAN
        and result.params.get("source", FROM_MEMORY) == FROM_MEMORY
    )
    if not is_usable or not cores or not rates:
        return None
    best = max(rates)
    core = "core" if cores == 1 else "cores"
    words = (
        f"your run of Data loading gave {significant(best)} pictures/s on {cores} {core}, "
        f"{result.taken_at[:10]}"
    )
    return result.taken_at, Loading(best / cores, words)


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def read_words(per_s: float, data: DataSet) -> str:
    """Return "reads 136 MB/s of ImageNet-1k"."""
    return f"reads {rate(per_s * data.sample_bytes)} of {data.title}"
