"""Judges what the computers of a run told: versions, clocks, and whether they fit together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from hwstudio.worker.cluster.words import FAIL, OK, WARN, Check

OLDEST = (3, 10)
CLOCK_LIMIT_S = 1.0
About = Mapping[str, Any]


def judge_versions(abouts: Mapping[str, About]) -> list[Check]:
    """Judge Python, torch and NCCL of every computer, alone and against the others."""
    found: list[Check] = []
    torches = Counter(_release(each["torch"]) for each in abouts.values() if each["torch"])
    usual = torches.most_common(1)[0][0] if torches else ""
    for host, about in abouts.items():
        found += [_python(host, about), _torch(host, about, usual)]
    return found + _gpus(abouts)


def _release(version: str) -> str:
    """Return "2.13" of "2.13.0+cu128": ranks of one such release understand each other."""
    return ".".join(version.partition("+")[0].split(".")[:2])


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:2])


def _python(host: str, about: About) -> Check:
    if _numbers(about["python"]) < OLDEST:
        return Check(
            host,
            "python",
            FAIL,
            f"The Python of {host} is too old",
            f"it is {about['python']}, 3.10 is needed",
            'Name a newer one in the hosts file: python = "/path/to/python"',
        )
    return Check(host, "python", OK, f"Python {about['python']}")


def _torch(host: str, about: About, usual: str) -> Check:
    own = str(about["torch"])
    if not own:
        return Check(
            host,
            "torch",
            FAIL,
            f"{host} has no torch",
            f"it is missing in {about['executable']}",
            "Install it there with: pip install torch, or name a Python that has it: python = ...",
        )
    if _release(own) != usual:
        return Check(
            host,
            "torch",
            FAIL,
            f"{host} has another torch than the others",
            f"it has {own}, most have {usual}",
            f"Install the same one everywhere: pip install torch=={usual}.*",
        )
    return Check(host, "torch", OK, f"torch {own}")


def can_use_gpus(abouts: Mapping[str, About], needed: Mapping[str, int]) -> bool:
    """Say whether every computer has a GPU for each of its processes, and a torch that uses it."""
    return bool(abouts) and all(
        about["gpus"] >= max(1, needed.get(host, 1)) and not about["torch"].endswith("+cpu")
        for host, about in abouts.items()
    )


def _gpus(abouts: Mapping[str, About]) -> list[Check]:
    """Judge the GPUs: all or none can take part, and NCCL must be the same everywhere."""
    able = {host: can_use_gpus({host: about}, {}) for host, about in abouts.items()}
    if not any(able.values()):
        return []
    if not all(able.values()):
        return [
            Check(
                host,
                "gpu",
                WARN,
                f"The run uses the processors: {host} has no GPU that torch can use",
                f"it shows {about['gpus']} GPUs and has torch {about['torch'] or 'not at all'}",
                "Install the driver and a CUDA build of torch there, or leave it out",
            )
            for host, about in abouts.items()
            if not able[host]
        ]
    return _nccl(abouts)


def _nccl(abouts: Mapping[str, About]) -> list[Check]:
    versions = Counter(str(each["nccl"]) for each in abouts.values() if each["nccl"])
    usual = versions.most_common(1)[0][0] if versions else ""
    found = []
    for host, about in abouts.items():
        own = str(about["nccl"])
        if own and own != usual:
            what, why = f"{host} has another NCCL than the others", f"{own} instead of {usual}"
            fix = "Install the same torch wheel everywhere"
            found.append(Check(host, "nccl", FAIL, what, why, fix))
        else:
            found.append(Check(host, "nccl", OK, f"NCCL {own or 'of unknown version'}"))
    return found


def judge_clock(host: str, offset_s: float) -> Check:
    """Judge how far a clock is from ours (positive: it is ahead)."""
    if abs(offset_s) <= CLOCK_LIMIT_S:
        return Check(host, "clock", OK, f"clock within {max(abs(offset_s), 0.001):.3f} s")
    word = "ahead" if offset_s > 0 else "behind"
    return Check(
        host,
        "clock",
        WARN,
        f"The clock of {host} is {abs(offset_s):.0f} s {word}",
        "the times in its logs will not fit; the measurement itself uses no clock of the day",
        "Set it: timedatectl set-ntp true",
    )


def judge_mtus(mtus: Mapping[str, int]) -> list[Check]:
    """Warn of interfaces with packets of other sizes than most."""
    known = Counter(size for size in mtus.values() if size)
    if len(known) < 2:
        return []
    usual = known.most_common(1)[0][0]
    return [
        Check(
            host,
            "mtu",
            WARN,
            f"{host} sends packets of another size than the others",
            f"its MTU is {size:,}, theirs is {usual:,} bytes",
            f"Set it: ip link set INTERFACE mtu {usual}",
        )
        for host, size in mtus.items()
        if size and size != usual
    ]


def unbound(host: str, address: str, why: str) -> Check:
    """Return the check of an address that could not be listened at."""
    what = f"{host} cannot listen at {address}"
    fix = "Correct the address or the interface in the hosts file"
    return Check(host, "bind", FAIL, what, why, fix)


def worst_first(checks: Sequence[Check]) -> list[Check]:
    """Return the checks with the failed ones first, otherwise in their order."""
    order = {FAIL: 0, WARN: 1, OK: 2}
    return sorted(checks, key=lambda check: order[check.status])
