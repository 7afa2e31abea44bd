"""What a result should be on this hardware: from data sheets, published runs and the estimates.

The range stands beside the measured number, so that "is that good?" has an answer. It comes from
what other machines reached of their data sheets, never from this machine's own measurements. Where
nobody published a like test there may still be a bound: what the hardware cannot pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwstudio.core.bench.bound import BOUNDS
from hwstudio.core.bench.gather import is_number
from hwstudio.core.bench.side_by_side import BELIEVED
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.result import Metric, Result
from hwstudio.core.predict.fitted.calibrate import CERTAIN
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.project.calibration import sheet_for
from hwstudio.core.project.expected.answers import answer_spans
from hwstudio.core.project.expected.parts import part_spans
from hwstudio.core.project.expected.rates import rate_spans
from hwstudio.core.project.expected.span import Spans
from hwstudio.core.project.expected.steps import step_spans

UNKNOWN = "no expectation known"
AS_EXPECTED, ABOVE, BELOW = "as expected", "above", "below"
LONGER, SHORTER = "longer", "shorter"  # of times, where less is better


@dataclass(frozen=True, slots=True)
class ExpectedRange:
    """Where nine of ten such devices should lie, in the metric's unit.

    An end that is None is open: only a bound is known. ``word``: as expected, above, below, longer
    or shorter; "" of a number that is not to be trusted, and of one within a mere bound.
    """

    low: float | None
    high: float | None
    word: str
    source: str  # in words

    @property
    def is_bound(self) -> bool:
        """Say whether it is no range, only what cannot be passed."""
        return self.low is None or self.high is None


def expected_ranges(
    result: Result, catalog: Catalog, model: SpeedModel
) -> Mapping[str, ExpectedRange]:
    """Return the range of each metric that something is known of, by the metric's name.

    Of a processor the sheet is reckoned, so its ranges are wide.
    """
    if not result.metrics:
        return {}
    spans: Spans = {**_bounds(result), **part_spans(result)}
    found = sheet_for(result, catalog, model)
    if found is not None:
        sheet, doubt = found[0], found[1] or CERTAIN
        spans |= rate_spans(result, sheet, doubt)
        spans |= step_spans(result, sheet, doubt, model, catalog)
        spans |= answer_spans(result, sheet, doubt, model, catalog)
    return {m.name: _judged(result, m, spans) for m in result.metrics if m.name in spans}


def _bounds(result: Result) -> Spans:
    """Return what the run itself noted as impossible to pass."""
    kept = result.conditions.get(BOUNDS)
    found: Spans = {}
    for name, each in kept.items() if isinstance(kept, dict) else ():
        if isinstance(each, dict):
            low, high = (_number(each.get(end)) for end in ("low", "high"))
            if low is not None or high is not None:
                found[name] = (low, high, str(each.get("words", "")))
    return found


def _number(value: Any) -> float | None:
    return float(value) if is_number(value) else None


def _judged(result: Result, metric: Metric, spans: Spans) -> ExpectedRange:
    low, high, source = spans[metric.name]
    verdicts = result.conditions.get("verdicts")
    told = verdicts.get(metric.name) if isinstance(verdicts, dict) else None
    verdict = told.get("verdict") if isinstance(told, dict) else result.verdict
    word = _word(metric, low, high) if verdict in BELIEVED else ""
    return ExpectedRange(low, high, word, source)


def _word(metric: Metric, low: float | None, high: float | None) -> str:
    is_time = metric.unit == "s"
    if low is not None and metric.high < low:
        return SHORTER if is_time else BELOW
    if high is not None and metric.low > high:
        return LONGER if is_time else ABOVE
    return AS_EXPECTED if low is not None and high is not None else ""
