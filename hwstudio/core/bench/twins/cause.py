"""What most likely makes a machine slow, from which of its tests are slow. A hint, no proof."""

from __future__ import annotations

import math
from collections.abc import Sequence

from hwstudio.core.base.units import percent
from hwstudio.core.bench.full_names import full_name
from hwstudio.core.bench.twins.score import Score


def cause_of(verdict: str, shift: float, slow: Sequence[Score], tests: Sequence[object]) -> str:
    """Return a sentence; "" for a machine that is not slow.

    Args:
        verdict: on the machine.
        shift: common to all its tests (log), 0 for none.
        slow: what its slow tests are.
        tests: all its tests.
    """
    if verdict != "slow":
        return ""
    if shift < 0:
        alone = "" if len(slow) == len(tests) else f" ({len(slow)} of {len(tests)} by themselves)"
        return (
            f"About {percent(-math.expm1(shift), 1)} slower over all its tests{alone}: look at the "
            "power limit, the clocks, the cooling and other programs on it"
        )
    if slow and all(score.is_beside_busy for score in slow):
        tests_are = "1 test is" if len(slow) == 1 else f"{len(slow)} tests are"
        return (
            f"{tests_are} slow, but other points of the same run were disturbed: close other "
            "programs there and run it again first"
        )
    few = f"{len(slow)} of {len(tests)} tests {'is' if len(slow) == 1 else 'are'} slow"
    if all(score.count > 1 for score in slow):
        return f"{few}, all with several devices: look at the link between them (NVLink, PCIe)"
    words = {_area(score.test) for score in slow}
    if len(words) == 1 and (area := words.pop()):
        return f"{few}, {'all ' if len(slow) > 1 else ''}about {area}"
    dtypes = {score.dtype for score in slow}
    if len(slow) > 1 and len(dtypes) == 1 and dtypes != {""}:
        return f"{few}, all in {dtypes.pop()}: look at the library versions for this precision"
    if len({score.test for score in slow}) == 1:
        only = full_name(slow[0].test)
        return f"{few}: only {only}. Run it again; if it stays, compare software and data"
    return f"{few}: run them again; if it stays, look at what only these tests need"


_AREAS = {
    "memory_bandwidth": "memory: look at the memory clock and, on a server, at corrected errors",
    "storage": "storage: look at the drive's health and free space",
    "data_load": "loading data: look at the drive and the processor's clock",
    "host_to_device": "the slot: look at the number of PCIe lanes in use",
    "device_to_host": "the slot: look at the number of PCIe lanes in use",
    "matmul": "calculating: look at the clocks, the power limit and the cooling",
    "torch_matmul": "calculating: look at the clocks, the power limit and the cooling",
}


def _area(test: str) -> str:
    return next((words for name, words in _AREAS.items() if test.startswith(name)), "")
