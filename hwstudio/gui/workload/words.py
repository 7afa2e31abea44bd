"""What the Workload tab says in lines of its own: three numbers of memory, time, one answer."""

from __future__ import annotations

from hwstudio.core.base.units import gib, significant
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.fitted.job import BETWEEN
from hwstudio.core.predict.fitted.measured import NO_LICENCE, NOT_KEPT
from hwstudio.core.predict.fitted.software_words import CONTAINER
from hwstudio.core.predict.memory import Fit
from hwstudio.core.predict.time_parts import parts_words
from hwstudio.core.project.own_limits import feed_words
from hwstudio.gui.kit.tip import rows_tip
from hwstudio.gui.workload.state import WorkloadState

_PLACES = ("Nearest", "Second nearest", "Third nearest", "Another")
NETWORK = "The way over a network is not counted"


def memory_words(state: WorkloadState) -> str:
    """Return the tensors alone, what the driver shows, and the smallest memory it fits."""
    row = state.chosen
    if row is None or row.memory.need_bytes is None or row.memory.live_bytes is None:
        return ""
    shown = f"{gib(row.memory.low or 0)} to {gib(row.memory.high or 0)}"
    words = [f"Tensors alone about {gib(row.memory.live_bytes)}", f"as the driver shows it {shown}"]
    if state.least is not None:
        least = state.least
        words.append(f"smallest card it fits {gib(least.memory.vram_bytes)}, {least.gpu.name}")
    return "; ".join(words)


def near_words(told: str) -> tuple[str, str]:
    """Return the nearest measurement as a line, and all of them for its tip.

    Args:
        told: as a prediction names them.
    """
    if not told:
        return "", ""
    near = told.split(BETWEEN)
    # A value may be kept back for want of a licence; then the next one that is shown tells more.
    place = next((n for n, words in enumerate(near) if not _is_kept_back(words)), 0)
    lead = (
        f"{_PLACES[min(place, len(_PLACES) - 1)]} of {len(near)} measured"
        if len(near) > 1
        else "Nearest measured"
    )
    rows = [(f"{n}.", words) for n, words in enumerate(near, 1)]
    short = near[place].replace(CONTAINER, "")  # one line; the tip has it all
    return f"{lead}: {short}", rows_tip(rows, "The answer leans most on:")


def _is_kept_back(words: str) -> bool:
    return NO_LICENCE in words or NOT_KEPT in words


def limit_words(state: WorkloadState) -> str:
    """Return what the time goes to, the largest part first."""
    row = state.chosen
    if row is None or row.memory.verdict is Fit.NO:
        return ""
    return parts_words(state.parts) or row.speed.inputs.get("limit", "")


def tried_words(state: WorkloadState) -> str:
    """Return the most samples of this model that were trained with on this computer."""
    tried = state.own.batches.get(state.wish.model.id)
    is_training = state.wish.job.mode in (Mode.TRAIN, Mode.FINETUNE)
    return tried.words if tried is not None and is_training else ""


def supply_words(state: WorkloadState) -> str:
    """Return that this computer prepares fewer pictures than the job could take, if so."""
    row, feed = state.chosen, state.own.feed
    if row is None or feed is None or state.wish.kind != "pictures" or not row.speed.median:
        return ""
    is_told = state.workload.around.feed_per_s is not None or row.memory.verdict is Fit.NO
    return "" if is_told else feed_words(feed, row.speed.median)


def answer_words(state: WorkloadState) -> str:
    """Return how long one answer or one batch takes."""
    row, latency = state.chosen, state.latency
    if row is None or row.memory.verdict is Fit.NO:
        return ""
    if latency.batch is not None and latency.batch.median:
        many = state.workload.batch * row.count
        kind = "text" if state.workload.group == "language" else "picture"
        what = f"One {kind}" if many == 1 else f"{many:,} {kind}s at once"
        return f"{what}: {seconds_words(latency.batch)}"
    words = []
    first, each = latency.first_token, latency.each_token
    if first is not None and first.median:
        length = f"{state.workload.sequence_tokens or 0:,}"
        words.append(f"First word after {seconds_words(first)} for {length} tokens of prompt")
    if each is not None and each.median:
        words.append(f"then a token every {seconds_words(each)}")
    if not words:
        return ""
    said = ", ".join(words)
    return f"{said[0].upper()}{said[1:]}. {NETWORK}"


def seconds_words(time: Prediction) -> str:
    """Return a short time as a range: ``17 to 26 ms``, ``0.8 to 1.4 s``."""
    low, high = time.low or 0.0, time.high or 0.0
    scale, unit = (1e3, "ms") if high < 1 else (1.0, "s") if high < 120 else (1 / 60, "min")
    shown = significant(low * scale, 2), significant(high * scale, 2)
    return f"{shown[0]} {unit}" if shown[0] == shown[1] else f"{shown[0]} to {shown[1]} {unit}"
