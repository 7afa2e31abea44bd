"""Expected speed of a job on a GPU: the roofline times a fitted efficiency, always as a range."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from hwstudio.core.base.units import duration, gib, rate, si
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.workload import GENERAL, Workload
from hwstudio.core.predict.chips import chips
from hwstudio.core.predict.demand import Demand, demand_of
from hwstudio.core.predict.efficiency import SOURCE, Efficiency
from hwstudio.core.predict.memory import predict_memory
from hwstudio.core.predict.peak import Peak, architecture_factor, efficiency_of, peak_of
from hwstudio.core.predict.scaling import (
    LOW_PER_DOUBLING,
    Link,
    exchanged_bytes,
    link_of,
    splits_work,
)
from hwstudio.core.predict.split import Layout

FORMULA = (
    "1 / time per unit; time = (compute^p + memory traffic^p)^(1/p), each at the fitted share of "
    "the GPU's peak, divided by the architecture's factor; several GPUs add the exchange of "
    "gradients over their link"
)
WIDER = {"seen": (1.0, 1.0), "relative": (0.8, 1.25), "none": (0.6, 1.5)}
GROUND_WORDS = {
    "relative": "not measured in this kind of work; taken like its nearest relative, wider range",
    "none": "not measured in this kind of work, nor a relative: the range is much wider",
}
CPU_REFUSED = (
    "There is no estimate for running this on the processor alone; measure it in the Benchmark tab"
)


@dataclass(frozen=True, slots=True)
class _Step:
    """Ideal seconds of one unit on one GPU, after the fitted shares."""

    compute_s: float
    memory_s: float
    total_s: float


def predict_speed(
    workload: Workload, gpu: Gpu | None, *, count: int = 1, lanes_per_gpu: int | None = None
) -> Prediction:
    """Return units of ``workload.unit`` per second for ``count`` GPUs, or why there is none."""
    unit = f"{workload.unit}/s"
    if gpu is None:
        return refused(unit, CPU_REFUSED)
    if count < 1:
        return refused(unit, "At least one GPU is needed for an estimate")
    gpu, count = chips(gpu, count)
    if workload.group == GENERAL:
        return refused(unit, f"Nobody published how fast networks like {workload.model_name} run")
    demand = demand_of(workload)
    fit = efficiency_of(demand.work_class, demand.precision)
    peak = peak_of(gpu, demand.precision)
    missing = _missing(gpu, demand, fit, peak)
    if missing or fit is None:
        return refused(unit, missing)
    factor = architecture_factor(fit, gpu)
    step = _step(demand, fit, peak, gpu, factor.value)
    single = _prediction(workload, gpu, (demand, fit, peak, step), factor.ground)
    return _scaled(single, workload, gpu, count, lanes_per_gpu)


def time_shares(
    workload: Workload, gpu: Gpu, *, count: int = 1, lanes_per_gpu: int | None = None
) -> dict[str, float]:
    """Return what the time goes to, as shares that add up to 1; empty when refused."""
    one = predict_speed(workload, gpu)
    all_gpus = predict_speed(workload, gpu, count=count, lanes_per_gpu=lanes_per_gpu)
    if not one.median or not all_gpus.median:
        return {}
    demand = demand_of(workload)
    fit = efficiency_of(demand.work_class, demand.precision)
    if fit is None:
        return {}
    step = _step(demand, fit, peak_of(gpu, demand.precision), gpu, 1.0)
    useful = all_gpus.median / (one.median * count) if splits_work(workload) else 1.0
    both = step.compute_s + step.memory_s
    return {
        "compute": useful * step.compute_s / both,
        "memory_traffic": useful * step.memory_s / both,
        "communication": 1.0 - useful,
    }


def is_backed_by_measurements(workload: Workload, gpu: Gpu) -> bool:
    """Return whether the fit has seen this architecture, or a relative, do this kind of work."""
    demand = demand_of(workload)
    fit = efficiency_of(demand.work_class, demand.precision)
    return fit is not None and architecture_factor(fit, gpu).ground != "none"


def refused(unit: str, why: str) -> Prediction:
    """Return a prediction without a number, with the reason."""
    return Prediction(
        median=None,
        low=None,
        high=None,
        unit=unit,
        evidence=Evidence.ESTIMATED,
        formula=FORMULA,
        refused=why,
    )


def _missing(gpu: Gpu, demand: Demand, fit: Efficiency | None, peak: Peak) -> str:
    if fit is None:
        return "No published measurements of this kind of work back an estimate"
    if demand.traffic_bytes and not gpu.bandwidth_bytes_per_s:
        return f"The memory bandwidth of {gpu.name} is not known"
    if demand.flop and not peak.flop_per_s:
        return f"The arithmetic rate of {gpu.name} is not known"
    return ""


def _step(demand: Demand, fit: Efficiency, peak: Peak, gpu: Gpu, factor: float) -> _Step:
    compute_s = demand.flop / (peak.flop_per_s or math.inf) / fit.compute
    memory_s = demand.traffic_bytes / (gpu.bandwidth_bytes_per_s or math.inf) / fit.memory
    total_s = (compute_s**fit.power + memory_s**fit.power) ** (1 / fit.power)
    # The fitted factors are factors of speed: an architecture at 1.1 is 10 % faster.
    return _Step(compute_s / factor, memory_s / factor, total_s / factor)


def _prediction(
    workload: Workload,
    gpu: Gpu,
    basis: tuple[Demand, Efficiency, Peak, _Step],
    ground: str,
) -> Prediction:
    demand, fit, peak, step = basis
    median = 1 / step.total_s
    inputs = {
        "work per unit": f"{si(demand.flop, 'FLOP')} ({demand.words})",
        "memory traffic per unit": si(demand.traffic_bytes, "B"),
        "peak rate": f"{si(peak.flop_per_s or 0, 'FLOP/s')} ({peak.words}; {gpu.source})",
        "memory bandwidth": f"{rate(gpu.bandwidth_bytes_per_s or 0)} ({gpu.source})",
        "share of peak reached": f"{fit.compute:.2f} compute, {fit.memory:.2f} memory ({SOURCE})",
        "fitted on": f"{fit.rows} measurements of {fit.devices} GPU models; typical error on a "
        f"model left out {fit.error:.0%}" + _lent(fit, demand),
        "batch": f"{workload.batch} per GPU, {workload.precision}",
    }
    if ground in GROUND_WORDS:
        inputs["architecture"] = f"{gpu.architecture}: {GROUND_WORDS[ground]}"
    low, high = fit.low * WIDER[ground][0], fit.high * WIDER[ground][1]
    return Prediction(
        median=median,
        low=median * low,
        high=median * high,
        unit=f"{workload.unit}/s",
        evidence=Evidence.ESTIMATED,
        formula=FORMULA,
        inputs=inputs,
        bottleneck="compute" if step.compute_s > step.memory_s else "memory bandwidth",
    )


def _lent(fit: Efficiency, demand: Demand) -> str:
    """Say so when a class seen on few GPUs takes the shape of another."""
    lender = efficiency_of(fit.lender, demand.precision) if fit.lender else None
    if lender is None:
        return ""
    return (
        f"; few GPU models, so how GPUs compare is taken from {lender.rows} measurements of "
        f"{lender.devices} models in full training"
    )


def _scaled(
    single: Prediction, workload: Workload, gpu: Gpu, count: int, lanes: int | None
) -> Prediction:
    """Return the speed of ``count`` GPUs from that of one."""
    if count == 1 or single.median is None:
        return single
    if not splits_work(workload):
        note = "one stream of text runs through the GPUs in turn: more room, not more speed"
        return replace(single, inputs={**single.inputs, "several GPUs": note})
    sharded = predict_memory(workload, gpu.vram_bytes, count).layout is Layout.SHARDED
    sent = exchanged_bytes(workload, count, sharded=sharded)
    link = link_of(gpu, count, lanes)
    if sent and link.bytes_per_s is None:
        return refused(single.unit, f"The link between several {gpu.name} is not known")
    return _with_exchange(single, workload, count, sent, link)


def _with_exchange(
    single: Prediction, workload: Workload, count: int, sent: float, link: Link
) -> Prediction:
    median, low, high = single.median or 0.0, single.low or 0.0, single.high or 0.0
    compute_s = max(1, workload.batch) / median
    exchange_s = sent / link.bytes_per_s if sent and link.bytes_per_s else 0.0
    gain = count * compute_s / (compute_s + exchange_s)
    words = f"{count} x, {gain / count:.0%} efficient"
    if sent:
        words += f": {gib(sent)} a step over {link.words}, {duration(exchange_s)} of "
        words += duration(compute_s + exchange_s)
    return replace(
        single,
        median=median * gain,
        low=low * gain * LOW_PER_DOUBLING ** math.log2(count),
        high=high * count,
        inputs={**single.inputs, "several GPUs": words},
        bottleneck="communication" if exchange_s > compute_s else single.bottleneck,
    )
