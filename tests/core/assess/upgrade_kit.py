"""Machines, a plain score and parts for the tests of upgrades."""

from __future__ import annotations

import math
from types import SimpleNamespace

from hwstudio.core.assess.change import Ground, Parts
from hwstudio.core.assess.goal import need_of
from hwstudio.core.assess.score import PartScore, Score
from hwstudio.core.assess.upgrade.counterfactual import Trials
from hwstudio.core.base.settings import Settings
from hwstudio.core.model.machine import CpuInfo, DriveInfo, GpuInfo, Machine
from hwstudio.core.model.reading import Status, absent, ok
from hwstudio.core.predict.predictor import COUNTED

GIB = 2**30
UNKNOWN = absent(Status.UNSUPPORTED, "test", "not stated")


def gpu_info(gpu):
    return GpuInfo(
        name=ok(gpu.name),
        vendor=gpu.maker,
        uuid=gpu.id,
        vram_bytes=ok(gpu.vram_bytes),
        driver=UNKNOWN,
        compute_capability=UNKNOWN,
        power_limit_w=UNKNOWN,
        pcie=UNKNOWN,
        gpu_id=gpu.id,
    )


def machine(gpus=(), ram=16 * GIB, free=50e9, cores=6, battery="none"):
    cpu = CpuInfo(
        name=ok("a CPU"), architecture=ok("x86_64"), cores=ok(cores), threads=ok(2 * cores),
        max_mhz=UNKNOWN, features=UNKNOWN,
    )  # fmt: skip
    drive = DriveInfo(
        mount="/", device="d", file_system="ext4", total_bytes=ok(int(free)),
        free_bytes=ok(int(free)), drive_kind=ok("SSD"),
    )  # fmt: skip
    return Machine(
        host="test", os=ok("Linux"), virtual=ok("none"), python="3", cpu=cpu,
        memory_bytes=ok(ram), swap_bytes=UNKNOWN, gpus=tuple(gpu_info(g) for g in gpus),
        gpus_looked=("asked",), drives=(drive,), accelerators=(), accelerators_looked=(),
        battery=ok(battery), torch=UNKNOWN,
    )  # fmt: skip


def made_score(exact):
    total = round(exact)
    return Score(total, total, total, (PartScore("all", total, 100, "", exact=exact),), exact)


def plain_score(of, _extra=()):
    """Score by sizes alone: 10 points for each doubling of GPU memory, 5 for RAM, 3 for drives."""
    vram = max((gpu.vram_bytes.value for gpu in of.gpus), default=2**30)
    free = sum(drive.free_bytes.value for drive in of.drives)
    exact = 10 * math.log2(vram / 2**30) + 5 * math.log2(of.memory_bytes.value / 2**30)
    return made_score(exact + 3 * math.log2(free / 1e9))


def scored_both(of, _extra=()):
    """Score that sees nothing before GPU memory and RAM are both large."""
    vram = max((gpu.vram_bytes.value for gpu in of.gpus), default=0)
    return made_score(40.0 if vram >= 16 * GIB and of.memory_bytes.value >= 64 * GIB else 10.0)


def some_parts(catalog):
    """Return some parts of each kind: enough to choose from, quick to try."""
    return Parts(
        catalog.cards()[::14],
        catalog.rams()[::24],
        catalog.storages()[::16],
        catalog.psus()[::4],
        catalog.cpus()[::3],
    )


def opened(catalog, home):
    """Return what a face opens, with the catalogue of the session and the counted estimate."""
    return SimpleNamespace(
        catalog=catalog,
        home=home,
        settings=Settings(),
        predictors=SimpleNamespace(now=lambda: COUNTED),
        close=lambda: None,
    )


def trials(catalog, of, ground=None, rescore=plain_score, parts=None, goal="llm_qlora_8b"):
    need = need_of(catalog.workload(goal))
    bought = parts if parts is not None else some_parts(catalog)
    return Trials(of, need, bought, rescore(of), rescore, ground or Ground())
