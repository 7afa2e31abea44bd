"""Where a job is the very one that was reckoned on a module, its memory is exact."""

from __future__ import annotations

from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.memory import MemoryPrediction
from hwstudio.core.predict.module.answer import answers, as_prediction
from hwstudio.gui.workload.state import Wish


def exact_memory(wish: Wish, sheet: DeviceSheet, vram_bytes: int) -> MemoryPrediction | None:
    """Return the memory of a wish on one card; None where it was not reckoned so."""
    found = wish.exact
    if found is None or not answers(found, wish.model, wish.job, wish.count):
        return None
    return as_prediction(found, sheet, vram_bytes)
