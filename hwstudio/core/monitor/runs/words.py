"""What a run comes to, in words: one sentence, and where each figure comes from."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, duration, gib, percent, significant
from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.core.monitor.runs.money import Cost, Tariff, kwh
from hwstudio.core.monitor.runs.summary import NOT_MEASURED
from hwstudio.core.monitor.runs.watch import is_about

NEEDS_RECORDER = "Energy and use need the recorder: press Record"
_FEW_GPUS = 2
_JUST_BEGUN_S = 15.0


def gpu_words(device: str) -> str:
    """Return "GPU 0" of "gpu.0"."""
    return f"GPU {device.partition('.')[2]}" if device.startswith("gpu.") else device


def energy_words(joules: float) -> str:
    """Return energy in kWh, or Wh where that is little."""
    energy = kwh(joules)
    return f"{significant(energy)} kWh" if energy >= 0.1 else f"{significant(energy * 1e3)} Wh"


def cost_words(cost: Cost) -> str:
    """Return a run's cost; less than a hundredth is said so."""
    if 0 < cost.amount < Decimal("0.01"):
        return f"under {money(Decimal('0.01'), cost.currency)}"
    return money(cost.amount, cost.currency)


def price_words(tariff: Tariff) -> str:
    """Return "$0.165 per kWh"."""
    text = f"{tariff.per_kwh.normalize():f}"
    places = max(2, len(text.partition(".")[2]))
    return f"{money(tariff.per_kwh, tariff.currency, decimals=places)} per kWh"


def duration_words(facts: RunFacts) -> str:
    """Return how long it went, or has gone on so far."""
    text = duration(facts.span.seconds)
    return f"about {text}" if is_about(facts.run) else text


def sentence(facts: RunFacts) -> str:
    """Return the one sentence that says what a run used."""
    if not facts.has_readings:
        if facts.run.is_open and facts.span.seconds < _JUST_BEGUN_S:
            return "It has just begun; the first readings are on their way."
        return f"Nothing was recorded during this run. {NEEDS_RECORDER}."
    if not facts.gpus:
        return f"No GPU was recorded{_computer_words(facts)}."
    return f"{_energy_part(facts)}; {_gpus_part(facts)}."


def recorded_words(facts: RunFacts) -> str:
    """Return how much of the run was recorded and why not all; "" when all was."""
    if not facts.holes or not facts.has_readings:
        return ""
    parts = " and ".join(f"for {duration(hole.seconds)} {hole.why}" for hole in facts.holes)
    return f"{percent(facts.recorded_share)} of its time was recorded: {parts}."


def basis_words(facts: RunFacts) -> str:
    """Return what means and percentiles are made of."""
    if facts.basis_s == 1:
        return "every recorded sample"
    return f"means over {duration(facts.basis_s)} each"


def energy_how(facts: RunFacts) -> str:
    """Return where the energy comes from: "GPU energy counter", "GPU power over time"."""
    how = facts.summary.energy_j.how
    return f"GPU {how}" if how else ""


def doubt_lines(facts: RunFacts) -> tuple[str, ...]:
    """Return a sentence for each GPU whose energy counter and power are far apart."""
    found = facts.summary.energy_by_device.items()
    doubts = ((gpu, each.value.doubt) for gpu, each in found if each.value is not None)
    return tuple(f"{gpu_words(gpu)}: {doubt.sentence}." for gpu, doubt in doubts if doubt)


def is_lower_bound(facts: RunFacts) -> bool:
    """Say whether some of the run's energy is certainly missing."""
    energies = (reading.value for reading in facts.summary.energy_by_device.values())
    return any(energy is not None and energy.is_lower_bound for energy in energies)


def why_none(why: str) -> str:
    """Return a reason without the words "not measured" in front."""
    return why.removeprefix(f"{NOT_MEASURED}: ") or "it was not recorded"


def _energy_part(facts: RunFacts) -> str:
    summary = facts.summary
    if summary.energy_j.value is None:
        return f"Its energy was {NOT_MEASURED} ({why_none(summary.energy_j.why)})"
    least = "at least " if is_lower_bound(facts) else ""
    so_far = " so far" if facts.run.is_open else ""
    used = f"Used {least}{energy_words(summary.energy_j.value)}{so_far} ({energy_how(facts)})"
    if summary.cost.value is None or facts.tariff is None:
        return used
    return f"{used}, {cost_words(summary.cost.value)} at {price_words(facts.tariff)}"


def _gpus_part(facts: RunFacts) -> str:
    parts = [words for gpu in facts.gpus if (words := _gpu_part(facts, gpu))]
    if not parts:
        return "the use of its GPUs was not recorded"
    if len(facts.gpus) <= _FEW_GPUS:
        return "; ".join(parts)
    busy = facts.summary.over_gpus("busy_share").value
    if busy is None:
        return f"{len(facts.gpus)} GPUs took part"
    means = {
        gpu: stats.mean
        for gpu in facts.gpus
        if (stats := facts.summary.stats.get(f"{gpu}.busy_share")) is not None
    }
    least = min(means, key=means.__getitem__)
    return (
        f"its {len(facts.gpus)} GPUs were in use {percent(busy.mean)} of the time on average, "
        f"{gpu_words(least)} the least with {percent(means[least])}"
    )


def _gpu_part(facts: RunFacts, gpu: str) -> str:
    busy = facts.summary.stats.get(f"{gpu}.busy_share")
    vram = facts.summary.stats.get(f"{gpu}.vram_used_bytes")
    said = []
    if busy is not None:
        said.append(f"was in use {percent(busy.mean)} of the time")
    if vram is not None:
        said.append(f"{'' if said else 'held '}at most {memory_words(vram.peak, facts, gpu)}")
    return f"{gpu_words(gpu)} {', '.join(said)}" if said else ""


def memory_words(used_bytes: float, facts: RunFacts, device: str) -> str:
    """Return "21.3 of 24 GiB", or the use alone where the size is not known."""
    size = facts.sizes.get(device)
    if size is None or size < GIB:
        return gib(used_bytes)
    return f"{significant(used_bytes / GIB)} of {size / GIB:.4g} GiB"


def _computer_words(facts: RunFacts) -> str:
    busy = facts.summary.stats.get("cpu.busy_share")
    memory = facts.summary.stats.get("memory.used_bytes")
    said = []
    if busy is not None:
        said.append(f"the processor was in use {percent(busy.mean)} of the time")
    if memory is not None:
        said.append(f"{memory_words(memory.peak, facts, 'memory')} of memory at most")
    return f"; {', '.join(said)}" if said else ""
