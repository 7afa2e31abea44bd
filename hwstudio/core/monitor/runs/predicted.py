"""What was predicted of a run, as the JSON that is kept with it, and the run beside it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.monitor.runs.asked import (
    Asked,
    Taught,
    asked_document,
    asked_of_document,
    taught_document,
    taught_of_document,
)
from hwstudio.core.monitor.runs.compare import Comparison, Place, compare
from hwstudio.core.monitor.runs.facts import RunFacts

SCHEMA = 1
SECONDS, JOULES, GPU_WATTS, GPU_BYTES = "seconds", "joules", "gpu_watts", "gpu_bytes"
WHAT = {
    SECONDS: "Time",
    JOULES: "Energy of the GPUs",
    GPU_WATTS: "Power of a GPU",
    GPU_BYTES: "Memory of a GPU, most",
}
_UNITS = {SECONDS: "s", JOULES: "J", GPU_WATTS: "W", GPU_BYTES: "B"}


@dataclass(frozen=True, slots=True)
class Predicted:
    """A prediction as it was when it was attached; figures by SECONDS, JOULES ..."""

    workload: str
    device: str
    count: int
    made_on: str  # ISO date
    figures: Mapping[str, Prediction]
    asked: Asked | None = None  # None: attached by an older version, or of a kind that is not known
    taught: Taught | None = None

    @property
    def title(self) -> str:
        """Return "QLoRA fine-tune of an 8B model on 2 x RTX 4090"."""
        many = f"{self.count} x " if self.count > 1 else ""
        return f"{self.workload} on {many}{self.device}"


@dataclass(frozen=True, slots=True)
class Beside:
    """One measured figure beside its prediction; both in SI."""

    key: str
    actual: Reading[float]
    predicted: Prediction
    comparison: Comparison


def document_of(predicted: Predicted) -> dict[str, Any]:
    """Return the plain JSON that is kept in ``Run.predicted``."""
    return {
        "schema": SCHEMA,
        "workload": predicted.workload,
        "device": predicted.device,
        "count": predicted.count,
        "made_on": predicted.made_on,
        "figures": {
            key: {
                "low": figure.low,
                "median": figure.median,
                "high": figure.high,
                "evidence": figure.evidence.value,
                "formula": figure.formula,
                "inputs": dict(figure.inputs),
                "refused": figure.refused,
            }
            for key, figure in predicted.figures.items()
        },
        **({} if predicted.asked is None else {"asked": asked_document(predicted.asked)}),
        **({} if predicted.taught is None else {"taught": taught_document(predicted.taught)}),
    }


def predicted_of(document: Mapping[str, Any]) -> Predicted | None:
    """Return the prediction of a document; None where there is none that can be read."""
    try:
        figures = document["figures"]
        return Predicted(
            str(document["workload"]),
            str(document["device"]),
            int(document["count"]),
            str(document["made_on"]),
            {key: _figure(key, figures[key]) for key in WHAT if key in figures},
            asked_of_document(document.get("asked")),
            taught_of_document(document.get("taught")),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _figure(key: str, raw: Mapping[str, Any]) -> Prediction:
    return Prediction(
        median=_number(raw["median"]),
        low=_number(raw["low"]),
        high=_number(raw["high"]),
        unit=_UNITS[key],
        evidence=Evidence(raw["evidence"]),
        formula=str(raw.get("formula", "")),
        inputs={str(k): str(v) for k, v in dict(raw.get("inputs", {})).items()},
        refused=str(raw.get("refused", "")),
    )


def _number(raw: Any) -> float | None:
    if raw is None:
        return None
    value = float(raw)
    if not math.isfinite(value):
        raise ValueError("not finite")
    return value


def beside(facts: RunFacts) -> tuple[Beside, ...]:
    """Return a run's figures beside what was predicted; () where nothing was."""
    predicted = predicted_of(facts.run.predicted)
    if predicted is None:
        return ()
    actual = _actual(facts)
    return tuple(
        Beside(key, actual[key], figure, compare(WHAT[key], actual[key], figure))
        for key, figure in predicted.figures.items()
    )


def _actual(facts: RunFacts) -> dict[str, Reading[float]]:
    summary = facts.summary
    goes_on = absent(Status.STALE, "", "the run still goes on")
    power, vram = summary.over_gpus("power_w"), summary.over_gpus("vram_used_bytes")
    return {
        SECONDS: goes_on if facts.run.is_open else ok(facts.span.seconds, "start to end"),
        JOULES: goes_on if facts.run.is_open else summary.energy_j,
        GPU_WATTS: ok(power.value.mean, "mean") if power.value else _none(power.why),
        GPU_BYTES: ok(vram.value.peak, "highest") if vram.value else _none(vram.why),
    }


def _none(why: str) -> Reading[float]:
    return absent(Status.UNSUPPORTED, "", why)


def beside_sentence(rows: tuple[Beside, ...]) -> str:
    """Return the comparison in one plain sentence."""
    known = [row.comparison for row in rows if row.comparison.place is not Place.UNKNOWN]
    if not known:
        return "Nothing of the prediction can be compared yet."
    outside = [each for each in known if each.place is not Place.INSIDE]
    if not outside:
        count = "Its one figure lies" if len(known) == 1 else f"All {len(known)} figures lie"
        return f"{count} inside the predicted range."
    return ". ".join(each.sentence for each in outside) + "."
