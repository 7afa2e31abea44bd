"""What a run kit is told to do: the profile it was made with, as a small file inside it."""

from __future__ import annotations

import json
import pkgutil
from typing import Any

from hwstudio.core.bench.profile import QUICK, Profile, Step

PLACE = "hwstudio/core/bench/kit/order.json"
_NUMPY = Step(bench="numpy_matmul", expected_s=16, params={"sizes": [512, 1024, 2048]})


def order_bytes(profile: Profile) -> bytes:
    """Return the file of a profile."""
    told = {
        "id": profile.id,
        "title": profile.title,
        "purpose": profile.purpose,
        "cap_s": profile.cap_s,
        "is_endless": profile.is_endless,
        "steps": [
            {
                "bench": step.bench,
                "expected_s": step.expected_s,
                "is_quick": step.is_quick,
                "params": dict(step.params),
            }
            for step in profile.steps
        ],
    }
    return json.dumps(told, indent=1).encode("utf-8")


def profile_of(data: bytes) -> Profile:
    """Return the profile of a file."""
    told: dict[str, Any] = json.loads(data)
    return Profile(**{**told, "steps": tuple(Step(**step) for step in told["steps"])})


def own_profile() -> Profile:
    """Return the profile this kit was made with; outside a kit the quick one."""
    try:
        data = pkgutil.get_data(__package__, "order.json")
    except OSError:
        data = None
    return QUICK if data is None else profile_of(data)


def with_numpy(profile: Profile, *, has_torch: bool, has_numpy: bool) -> Profile:
    """Return the profile with a matrix product for a Python that has numpy but no torch."""
    has_one = any(step.bench == "numpy_matmul" for step in profile.steps)
    has_product = any(step.bench == "torch_matmul" for step in profile.steps)
    if has_torch or has_one or not (has_numpy and has_product):
        return profile
    return Profile(
        id=profile.id,
        title=profile.title,
        purpose=profile.purpose,
        steps=(_NUMPY, *profile.steps),
        cap_s=profile.cap_s,
        is_endless=profile.is_endless,
    )
