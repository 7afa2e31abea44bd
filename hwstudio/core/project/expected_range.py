"""What a result should be on this hardware: from data sheets, published runs and the estimates.

The range stands beside the measured number, so that "is that good?" has an answer. It comes from
what other machines reached of their data sheets, never from this machine's own measurements.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from hwstudio.core.bench.side_by_side import BELIEVED
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.result import Metric, Result
from hwstudio.core.predict.fitted.calibrate import (
    CERTAIN,
    ProbeReading,
    SheetDoubt,
    arithmetic_reading,
    bandwidth_reading,
)
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.project.calibration import (
    BANDWIDTH,
    MATMUL,
    STEP,
    large_products,
    sheet_for,
    steps_of,
)

NINE_OF_TEN = 1.645  # standard deviations on each side
AS_EXPECTED, ABOVE, BELOW = "as expected", "above", "below"


@dataclass(frozen=True, slots=True)
class ExpectedRange:
    """Where nine of ten such devices should lie, in the metric's unit.

    ``word``: as expected, above or below; "" of a number that is not to be trusted.
    """

    low: float
    high: float
    word: str
    source: str  # in words


def expected_ranges(
    result: Result, catalog: Catalog, model: SpeedModel
) -> Mapping[str, ExpectedRange]:
    """Return the range of each metric that something is known of, by the metric's name.

    Large matrix products, memory bandwidth and training steps, on a device the catalogue knows;
    of a processor the sheet is reckoned, so its ranges are wide.
    """
    if result.bench not in (MATMUL, BANDWIDTH, STEP) or not result.metrics:
        return {}
    found = sheet_for(result, catalog, model)
    if found is None:
        return {}
    sheet, doubt = found
    if result.bench == STEP:
        return _of_steps(result, sheet, doubt or CERTAIN, model)
    ranges = {}
    for metric in large_products(result) if result.bench == MATMUL else result.metrics[:1]:
        reading = _reading(result, metric, sheet)
        if reading is not None:
            ranges[metric.name] = _of_reading(metric, reading, doubt or CERTAIN, sheet, result)
    return ranges


def _reading(result: Result, metric: Metric, sheet: DeviceSheet) -> ProbeReading | None:
    at = result.taken_at
    if result.bench == BANDWIDTH:
        return bandwidth_reading(sheet, metric.median, at, is_clean=True)
    rate = {"fp32": "fp32", "fp16": "half", "bf16": "half"}.get(metric.name.partition(" ")[0])
    if rate is None or (rate == "half" and sheet.kind == "cpu"):
        return None  # nobody publishes what processors reach there
    return arithmetic_reading(sheet, metric.median, rate, at, is_clean=True)


def _of_reading(
    metric: Metric, reading: ProbeReading, doubt: SheetDoubt, sheet: DeviceSheet, result: Result
) -> ExpectedRange:
    own = doubt.bandwidth if result.bench == BANDWIDTH else doubt.arithmetic
    width = math.exp(NINE_OF_TEN * math.hypot(reading.usual_spread, own))
    low, high = reading.usual / width, reading.usual * width
    if sheet.kind == "cpu":
        source = f"reckoned from the cores, clock and instructions of {sheet.name}"
        return _judged(result, metric, low, high, source)
    source = f"what others reached of the data sheet of {sheet.name}"
    return _judged(result, metric, low, min(high, _peak(sheet, metric)), source)


def _peak(sheet: DeviceSheet, metric: Metric) -> float:
    """Return what the data sheet says is the most."""
    if metric.unit == "B/s":
        return sheet.bandwidth_bytes_per_s
    is_fp32 = metric.name.startswith("fp32")
    return sheet.fp32_flop_per_s if is_fp32 else sheet.fp16_flop_per_s


def _of_steps(
    result: Result, sheet: DeviceSheet, doubt: SheetDoubt, model: SpeedModel
) -> Mapping[str, ExpectedRange]:
    ranges = {}
    metrics = {metric.name: metric for metric in result.metrics}
    for step in steps_of(result, sheet, model):
        name = step.question.id.removeprefix("training step, ")
        answer = model.answer([step.question])[0]
        width = math.exp(NINE_OF_TEN * max(doubt.arithmetic, doubt.bandwidth))
        if name in metrics and answer.low and answer.high:
            ranges[name] = _judged(
                result, metrics[name], answer.low / width, answer.high * width,
                f"estimated for {sheet.name} from published training speeds",
            )  # fmt: skip
    return ranges


def _judged(result: Result, metric: Metric, low: float, high: float, source: str) -> ExpectedRange:
    found = ExpectedRange(low, high, "", source)
    verdicts = result.conditions.get("verdicts")
    told = verdicts.get(metric.name) if isinstance(verdicts, dict) else None
    verdict = told.get("verdict") if isinstance(told, dict) else result.verdict
    if verdict not in BELIEVED:
        return found
    if metric.high < low:
        return replace(found, word=BELOW)
    return replace(found, word=ABOVE if metric.low > high else AS_EXPECTED)
