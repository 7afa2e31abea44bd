"""A job's outcome in words for people: where it runs, how fast, what holds it back."""

from __future__ import annotations

from hwstudio.core.assess.limits import Cause
from hwstudio.core.assess.reference_job import ReferenceJob
from hwstudio.core.assess.way import Site, Way
from hwstudio.core.base.units import GB, duration, gib, significant

PROCESSOR = "the processor"
_LEAST = 0.02  # of a job's points: less is not worth a word


def where_words(way: Way | None) -> str:
    """Return what the job runs on."""
    if way is None:
        return ""
    if way.is_processor:
        return PROCESSOR
    if way.group is None:
        return ""
    many = f"{way.count} x " if way.count > 1 else ""
    return f"{many}{way.group.name}"


def time_words(
    job: ReferenceJob, way: Way | None, seconds: tuple[float | None, float | None, float | None]
) -> str:
    """Return "about 42 tokens/s (36 to 50)" or "about 3.0 h (2.1 h to 4.4 h)"."""
    fast, middle, slow = seconds
    if fast is None or middle is None or slow is None:
        return "not known" if way is not None else ""
    is_rate = job.yardstick.is_per_unit and job.workload is not None
    if is_rate and job.workload is not None and job.workload.unit == "tokens":
        low, most = significant(1 / slow, 2), significant(1 / fast, 2)
        return f"about {significant(1 / middle, 2)} tokens/s ({low} to {most})"
    each = " each" if is_rate else ""
    return f"about {duration(middle)}{each} ({duration(fast)} to {duration(slow)})"


def held_back_words(
    way: Way | None,
    job: ReferenceJob,
    lost: dict[Cause, float],
    site: Site,
    *,
    alone: bool = False,
) -> str:
    """Return what costs the job most, in a sentence; "" when hardly anything is lost.

    ``alone``: the processor does it without a GPU.
    """
    if way is None or not lost:
        return ""
    if way.software:
        return f"{way.software[:1].upper()}{way.software[1:]}"
    if job.workload is not None and not site.groups and sum(lost.values()) >= _LEAST:
        return _without_gpu(way, alone=alone)
    cause = max(lost, key=lambda each: (lost[each], each))
    return _of_cause(cause, way, job, site) if lost[cause] >= _LEAST else ""


def _without_gpu(way: Way, *, alone: bool) -> str:
    if way.limits[2].gates.get(Cause.VRAM):
        return "The GPU could not be asked"
    return "There is no graphics card" + ("; the processor does it slowly" if alone else "")


def _of_cause(cause: Cause, way: Way, job: ReferenceJob, site: Site) -> str:
    if cause is Cause.VRAM:
        return _vram(way)
    if cause is Cause.RAM:
        return _ram(job, site)
    if cause is Cause.STORAGE:
        return _storage(way, job)
    if cause is Cause.PROCESSOR:
        return f"The processor ({_cores_words(site)}) decides the time"
    if cause is Cause.COMPUTE and way.group is not None and way.group.gpu is None:
        return f"{way.group.name} is not in the catalogue, so its speed is not known"
    return {
        Cause.COMPUTE: "The GPU's arithmetic decides the time",
        Cause.BANDWIDTH: "The GPU's memory speed decides the time",
        Cause.LINK: "The GPUs wait for each other over their link",
        Cause.POWER: "The GPU is held below its own power limit",
        Cause.SOFTWARE: way.software,
    }[cause]


def _vram(way: Way) -> str:
    if way.group is None:
        return "There is no graphics card"
    have = way.group.vram_bytes
    if have is None:
        return f"The memory of {way.group.name} is not known"
    if way.memory is None or way.memory.need_bytes is None:
        return "Its need of GPU memory is not known"
    owner = "each GPU has" if way.count > 1 else "the GPU has"
    if have >= way.memory.need_bytes and way.memory.high is not None:
        return f"Needs up to {gib(way.memory.high)}; {owner} {gib(have)}"
    return f"Needs about {gib(way.memory.need_bytes)}; {owner} {gib(have)}"


def _cores_words(site: Site) -> str:
    cores = site.machine.cpu.cores.value
    if cores is not None:
        return f"{cores} core{'' if cores == 1 else 's'}"
    threads = site.machine.cpu.threads.value
    return "its cores are not known" if threads is None else f"{threads} threads"


def _ram(job: ReferenceJob, site: Site) -> str:
    have = site.machine.memory_bytes.value
    if have is None:
        return "The size of the main memory is not known"
    if job.data is not None:
        return f"Needs about {gib(job.data.ram_bytes)} of main memory; it has {gib(have)}"
    return f"Main memory of {gib(have)} is little for loading it"


def _storage(way: Way, job: ReferenceJob) -> str:
    drive = way.drive
    if drive is None or drive.free_bytes.value is None:
        return "The free room on the drive is not known"
    if drive.free_bytes.value < job.disk_bytes:
        room = f"{drive.free_bytes.value / GB:,.0f} GB are free on {drive.mount}"
        return f"Needs about {job.disk_bytes / GB:,.0f} GB on the drive; {room}"
    return f"The drive {drive.mount} decides the time"
