"""Matrix products, memory and copies: what such devices reach of their data sheets."""

from __future__ import annotations

import math

from hwstudio.core.model.result import Metric, Result
from hwstudio.core.predict.fitted.calibrate import (
    ProbeReading,
    SheetDoubt,
    arithmetic_reading,
    bandwidth_reading,
)
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.project.calibration import BANDWIDTH, LEAST_SIZE
from hwstudio.core.project.expected.span import Spans, around

PRODUCTS = ("torch_matmul", "numpy_matmul", "jax_matmul", "tensorflow_matmul")
SHAPES, CORES = "matmul_shapes", "cpu_cores"
_HALF = ("fp16", "bf16")
# In vector units a register holds half as many float64 as float32; Apple's matrix units do not say.
_FP64_OF_FP32 = 0.5
_VECTORS = ("AVX", "NEON", "SVE")


def rate_spans(result: Result, sheet: DeviceSheet, doubt: SheetDoubt) -> Spans:
    """Return the ranges of a result's rates that the sheet says something of."""
    found: Spans = {}
    for metric in result.metrics:
        reading, factor = _reading(result, metric, sheet)
        if reading is None:
            continue
        own = doubt.bandwidth if result.bench == BANDWIDTH else doubt.arithmetic
        spread = math.hypot(reading.usual_spread, own)
        low, high, source = around(reading.usual * factor, spread, _source(sheet))
        peak = math.inf if sheet.kind == "cpu" else _peak(sheet, result, metric)
        found[metric.name] = (low, min(high, peak), source)
    return found


def _source(sheet: DeviceSheet) -> str:
    if sheet.kind == "cpu":
        return f"reckoned from the cores, clock and instructions of {sheet.name}"
    return f"what others reached of the data sheet of {sheet.name}"


def _reading(
    result: Result, metric: Metric, sheet: DeviceSheet
) -> tuple[ProbeReading | None, float]:
    """Return what the sheet says of a metric, and the share of it that the metric is."""
    if result.bench == BANDWIDTH:
        is_first = metric is result.metrics[0]
        made = bandwidth_reading(sheet, metric.median, result.taken_at, is_clean=True)
        return (made if is_first else None), 1.0
    if result.bench == CORES:
        return _of_cores(result, metric, sheet)
    precision = _precision(result, metric, sheet)
    if precision == "fp64":
        has_vectors = sheet.kind == "cpu" and sheet.architecture.startswith(_VECTORS)
        return (_arithmetic(sheet, metric, result, "fp32"), _FP64_OF_FP32) if has_vectors else NONE
    rate = {"fp32": "fp32", "fp16": "half", "bf16": "half"}.get(precision)
    if rate is None or (rate == "half" and sheet.kind == "cpu"):
        return NONE  # nobody publishes what processors reach there
    return _arithmetic(sheet, metric, result, rate), 1.0


NONE: tuple[ProbeReading | None, float] = (None, 1.0)


def _arithmetic(
    sheet: DeviceSheet, metric: Metric, result: Result, rate: str
) -> ProbeReading | None:
    return arithmetic_reading(sheet, metric.median, rate, result.taken_at, is_clean=True)


def _precision(result: Result, metric: Metric, sheet: DeviceSheet) -> str:
    """Return the precision of a product large enough to fill the device, else ""."""
    if result.bench in PRODUCTS:
        precision, _, size = metric.name.partition(" ")
        least = LEAST_SIZE["cpu" if sheet.kind == "cpu" else "gpu"]
        return precision if size.isdigit() and int(size) >= least else ""
    if result.bench == SHAPES and metric.name in ("best", "square"):
        return str(_about(result, metric).get("precision_asked", ""))
    return ""


def _of_cores(
    result: Result, metric: Metric, sheet: DeviceSheet
) -> tuple[ProbeReading | None, float]:
    """Return the product on some cores: so many shares of what all of them do."""
    job, _, count = metric.name.partition(" ")
    cores = result.conditions.get("cpu_cores") or result.conditions.get("cpu_threads")
    if job != "product" or not count.isdigit() or not isinstance(cores, int) or cores < 1:
        return NONE
    share = min(1.0, int(count) / cores)
    return _arithmetic(sheet, metric, result, "fp32"), share


def _about(result: Result, metric: Metric) -> dict[str, object]:
    series = result.conditions.get("series")
    about = series.get(metric.name) if isinstance(series, dict) else None
    return about if isinstance(about, dict) else {}


def _peak(sheet: DeviceSheet, result: Result, metric: Metric) -> float:
    """Return what the data sheet says is the most."""
    if result.bench == BANDWIDTH:
        return sheet.bandwidth_bytes_per_s
    is_half = _precision(result, metric, sheet) in _HALF
    return sheet.fp16_flop_per_s if is_half else sheet.fp32_flop_per_s
