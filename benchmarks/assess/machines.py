"""Machines made up around a GPU, and the app's own predictor and jobs to judge them by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hwstudio.core.assess.readiness import Judge, Terms
from hwstudio.core.assess.reference_job import ReferenceJobs
from hwstudio.core.assess.steady import SteadySpeeds
from hwstudio.core.base.paths import catalog_file, resource_bytes
from hwstudio.core.base.units import GIB
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.machine import CpuInfo, DriveInfo, GpuInfo, Machine
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.predictor import FittedPredictor
from hwstudio.core.project.reference_jobs import reference_jobs

_NOT_ASKED = absent(Status.UNSUPPORTED, "made up", "not stated")


@dataclass(frozen=True, slots=True)
class App:
    """What judging needs."""

    catalog: Catalog
    gpus: tuple[Gpu, ...]
    jobs: ReferenceJobs
    predictor: FittedPredictor


def opened() -> App:
    """Open the bundled catalogue and the fitted predictor."""
    catalog = Catalog.open(catalog_file())
    gpus = catalog.gpus()
    model = SpeedModel.from_bytes(resource_bytes("predict/speed.npz"))
    return App(catalog, gpus, reference_jobs(catalog), FittedPredictor(model, gpus))


def judge_for(app: App, speeds: SteadySpeeds, weights: dict[str, float] | None = None) -> Judge:
    """Return a judge; weights None = those of the usual goal."""
    goal = app.catalog.workload("llm_qlora_8b")
    return Judge(goal, Terms(app.jobs, weights, app.catalog.match_cpu), speeds)


def a_machine(gpus: Sequence[Gpu], *, ram_bytes: int = 256 * GIB, cores: int = 32) -> Machine:
    """Return a machine with plenty of everything but what its GPUs are."""
    return Machine(
        host="made up", os=ok("Linux"), virtual=ok("none"), python="3",
        cpu=CpuInfo(
            name=ok("a processor"), architecture=ok("x86_64"), cores=ok(cores),
            threads=ok(2 * cores), max_mhz=_NOT_ASKED, features=ok(("avx2",)),
        ),
        memory_bytes=ok(ram_bytes), swap_bytes=_NOT_ASKED,
        gpus=tuple(_info(number, gpu) for number, gpu in enumerate(gpus)),
        gpus_looked=("made up",),
        drives=(
            DriveInfo(
                mount="/", device="d", file_system="ext4", total_bytes=ok(4 * 10**12),
                free_bytes=ok(2 * 10**12), drive_kind=ok("SSD"),
            ),
        ),
        accelerators=(), accelerators_looked=(), battery=ok("none"), torch=_NOT_ASKED,
    )  # fmt: skip


def _info(number: int, gpu: Gpu) -> GpuInfo:
    return GpuInfo(
        name=ok(gpu.name), vendor=gpu.maker, uuid=f"{gpu.id}-{number}",
        vram_bytes=ok(gpu.vram_bytes), driver=ok("made up"), compute_capability=_NOT_ASKED,
        power_limit_w=_NOT_ASKED, pcie=_NOT_ASKED, gpu_id=gpu.id,
    )  # fmt: skip
