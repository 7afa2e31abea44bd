"""Fit how much of a device's peak real work reaches, from published measurements.

    python benchmarks/fit_efficiency.py DIR > hwstudio/core/predict/efficiency.py

DIR holds throughput.csv and workload_devices.csv. Only the coefficients and their errors are
written; the measured rows are not shipped (some sources state no licence).

Model: time = (compute^p + traffic^p)^(1/p) / architecture factor, with
compute = FLOP / peak / e_compute and traffic = bytes / bandwidth / e_memory. The two
efficiencies and p are chosen per class by the smallest leave-one-device-out error; every device
weighs sqrt(rows), so that one device with many rows does not decide. The architecture factor is
shrunk towards 1 by the number of devices seen. Errors are those of devices left out of the fit.

"Peak" is the rate a card can keep up (core/predict/sustained.py). Its two exponents, how much of
GeForce's halved accumulation rate and how much of scarce board power is felt, are facts about
cards, not about a kind of work: one pair of numbers for all classes, with the smallest sum of two
errors over training: of left-out devices (which shows the arithmetic rate where that decides, as
in LoRA), and of ratios of two cards of one chip family in the same published setup (source, model,
task, framework, precision), where everything else cancels. A class seen on few devices takes the
shape of its nearest relative.
"""

from __future__ import annotations

import csv
import itertools
import math
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from efficiency_rows import Sample, sample_of, typical_flop_per_joule

from hwstudio.core.predict.demand import WorkClass
from hwstudio.core.predict.sustained import Sustain

SHRINK_DEVICES = 2.0
BANDS = (0.05, 0.95)
RATIOS = np.exp(np.linspace(-3.5, 3.5, 29))
POWERS = (1.0, 2.0, 8.0)  # 8 behaves like "the larger of the two"
UNHALVED = (0.0, 0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
THRIFT = (0.0, 0.15, 0.3, 0.5, 0.75, 1.0)
LENDERS = {(WorkClass.LANGUAGE_ADAPTER, "half"): (WorkClass.LANGUAGE_TRAIN, "half")}
FEW_DEVICES = 5  # a class with fewer takes the shape of its lender
Key = tuple[WorkClass, str]
TRAINED = (WorkClass.VISION_TRAIN, WorkClass.LANGUAGE_TRAIN, WorkClass.LANGUAGE_ADAPTER)


@dataclass(frozen=True)
class Fit:
    """Coefficients of one class and precision, and its error on devices left out."""

    ratio: float
    power: float
    scale: float
    architectures: dict[str, tuple[float, int]]


def weighted_quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    cumulative = np.cumsum(weights[order])
    return float(
        values[order][min(len(order) - 1, np.searchsorted(cumulative, share * cumulative[-1]))]
    )


class Group:
    """The samples of one class and precision as arrays."""

    def __init__(self, samples: list[Sample]) -> None:
        self.device = np.array([s.device for s in samples])
        self.architecture = np.array([s.architecture for s in samples])
        counts = Counter(self.device.tolist())
        self.weight = np.array([1 / math.sqrt(counts[name]) for name in self.device.tolist()])
        self.log_time = np.log([s.measured_s for s in samples])
        self.compute = np.array([s.compute_s for s in samples])
        self.traffic = np.array([s.traffic_s for s in samples])
        self.setups = [s.setup for s in samples]

    def base(self, ratio: float, power: float) -> np.ndarray:
        """Return the log of the combined ideal time before scaling."""
        if not self.compute.any():
            return np.asarray(np.log(self.traffic))
        total = self.compute**power + (ratio * self.traffic) ** power
        return np.asarray(np.log(total) / power)

    def fit(self, mask: np.ndarray, power: float) -> Fit:
        """Return the ratio and scale of least absolute error over ``mask``."""
        best: tuple[float, float, float] | None = None
        for ratio in RATIOS if self.traffic.any() and self.compute.any() else (1.0,):
            residual = (self.log_time - self.base(ratio, power))[mask]
            centre = weighted_quantile(residual, self.weight[mask], 0.5)
            shares = (math.exp(-centre), math.exp(-centre) / ratio)
            if self.compute.any() and self.traffic.any() and max(shares) > 1:
                continue  # nothing runs above its peak
            loss = float((self.weight[mask] * abs(residual - centre)).sum())
            if best is None or loss < best[0]:
                best = (loss, float(ratio), centre)
        assert best is not None
        residual = self.log_time - self.base(best[1], power) - best[2]
        return Fit(best[1], power, best[2], self.factors(residual, mask))

    def factors(self, residual: np.ndarray, mask: np.ndarray) -> dict[str, tuple[float, int]]:
        """Return the shrunk log factor of each architecture and its number of devices."""
        out = {}
        for name in sorted(set(self.architecture[mask].tolist())):
            chosen = mask & (self.architecture == name)
            medians = [
                float(np.median(residual[chosen & (self.device == device)]))
                for device in sorted(set(self.device[chosen].tolist()))
            ]
            out[name] = (sum(medians) / (len(medians) + SHRINK_DEVICES), len(medians))
        return out

    def left_out(self, power: float) -> np.ndarray:
        """Return log(measured / predicted) of every row by a fit without its device."""
        residual = np.zeros(len(self.log_time))
        for name in sorted(set(self.device.tolist())):
            mask = self.device != name
            if not mask.any():
                alone = self.log_time - self.base(1.0, power)
                return np.asarray(alone - np.median(alone))
            fit = self.fit(mask, power)
            factor = np.array(
                [fit.architectures.get(a, (0.0, 0))[0] for a in self.architecture.tolist()]
            )
            error = self.log_time - self.base(fit.ratio, power) - fit.scale - factor
            residual[~mask] = error[~mask]
        return residual


def device_median(group: Group, residual: np.ndarray) -> float:
    """Return the median over devices of the median absolute percentage error."""
    error = abs(np.expm1(-residual))
    return float(np.median([np.median(error[group.device == name]) for name in set(group.device)]))


@dataclass(frozen=True)
class Trial:
    """The best fit of one class: left-out residuals, and whose shape it has."""

    group: Group
    fit: Fit
    residual: np.ndarray
    is_borrowed: bool = False

    @property
    def error(self) -> float:
        """Return the median over left-out devices of their median error."""
        return device_median(self.group, self.residual)


def own_trial(group: Group) -> Trial:
    """Fit a class on its own rows with the power that predicts left-out devices best."""
    powers = POWERS if group.compute.any() and group.traffic.any() else POWERS[:1]
    tried = {power: group.left_out(power) for power in powers}
    power = min(powers, key=lambda p: device_median(group, tried[p]))
    return Trial(group, group.fit(np.ones(len(tried[power]), bool), power), tried[power])


def borrowed_trial(group: Group, lender: Trial) -> Trial:
    """Take ratio, power and architectures from the lender; only the scale is the class's own.

    Left-out errors leave the device out of both; where no other device of the class is left, the
    lender's scale is all there is.
    """

    def shifted(fit: Fit, mask: np.ndarray) -> np.ndarray:
        factor = [fit.architectures.get(a, (0.0, 0))[0] for a in group.architecture.tolist()]
        error = group.log_time - group.base(fit.ratio, fit.power) - np.array(factor)
        scale = weighted_quantile(error[mask], group.weight[mask], 0.5) if mask.any() else fit.scale
        return np.asarray(error - scale)

    residual = np.zeros(len(group.log_time))
    for name in sorted(set(group.device.tolist())):
        mine = group.device == name
        fit = lender.group.fit(lender.group.device != name, lender.fit.power)
        residual[mine] = shifted(fit, ~mine)[mine]
    everything = np.ones(len(residual), bool)
    own = shifted(replace(lender.fit, scale=0.0), ~everything) - shifted(lender.fit, everything)
    return Trial(group, replace(lender.fit, scale=float(own[0])), residual, is_borrowed=True)


def trials_of(samples: list[Sample]) -> dict[Key, Trial]:
    """Return the best fit of every class seen on two devices or more."""
    by_key: dict[Key, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_key[sample.work_class, sample.precision].append(sample)
    kept = {key: Group(found) for key, found in sorted(by_key.items())}
    kept = {key: group for key, group in kept.items() if len(set(group.device.tolist())) > 1}
    trials = {key: own_trial(group) for key, group in kept.items()}
    for key, lender in LENDERS.items():
        if len(set(kept[key].device.tolist())) < FEW_DEVICES:
            trials[key] = borrowed_trial(kept[key], trials[lender])
    return trials


def band_of(key: Key, trials: dict[Key, Trial]) -> tuple[float, float]:
    """Return the factors around 90 % of left-out rows; at least the lender's where one lent."""
    trial = trials[key]
    values, weights = trial.residual, trial.group.weight
    low, high = (math.exp(-weighted_quantile(values, weights, q)) for q in BANDS[::-1])
    if trial.is_borrowed:
        lent = band_of(LENDERS[key], trials)
        low, high = min(low, lent[0]), max(high, lent[1])
    return low, high


def report(key: Key, trials: dict[Key, Trial]) -> str:
    """Return the generated source lines of one class and precision."""
    trial = trials[key]
    group, fit, error = trial.group, trial.fit, trial.error
    low, high = band_of(key, trials)
    has_traffic = trial.is_borrowed or group.traffic.any()
    compute = math.exp(-fit.scale) if group.compute.any() else 1.0
    memory = math.exp(-fit.scale) / fit.ratio if has_traffic else 1.0
    factors = ", ".join(
        f'"{name}": {math.exp(-value):.3f}' for name, (value, _) in fit.architectures.items()
    )
    rows, devices = len(trial.residual), len(set(group.device.tolist()))
    print(
        f"{key[0]:18} {key[1]:5} rows {rows:5} devices {devices:3} p {fit.power:.0f} "
        f"e_compute {compute:.3f} e_memory {memory:.3f} error {error:.3f} "
        f"band x{low:.2f}..x{high:.2f}" + (" borrowed" if trial.is_borrowed else ""),
        file=sys.stderr,
    )
    return (
        f'    ("{key[0]}", "{key[1]}"): Efficiency(\n'
        f"        compute={compute:.4f}, memory={memory:.4f}, power={fit.power:.0f},\n"
        f"        low={low:.3f}, high={high:.3f}, error={error:.3f},\n"
        f"        rows={rows}, devices={devices},\n"
        f"        architectures={{{factors}}},\n"
        + (f'        lender="{LENDERS[key][0]}",\n' if trial.is_borrowed else "")
        + "    ),\n"
    )


HEADER = '''"""How much of a device's peak real work reaches: fitted, not guessed.

Written by benchmarks/fit_efficiency.py; change it there. Fitted on published single-GPU
measurements (gathered 2026-11-20 from public result sets), NVIDIA and AMD only. ``low`` and
``high`` bound the speed of 90 % of the rows of devices that were left out of the fit; ``error``
is the median over left-out devices of the median absolute error.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.predict.sustained import Sustain

SOURCE = "fit on published measurements, 2026-11-20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Efficiency:
    """Shares of peak compute and bandwidth; speed factors by architecture."""

    compute: float
    memory: float
    power: float  # how the two times combine: (a^p + b^p)^(1/p)
    low: float
    high: float
    error: float
    rows: int
    devices: int
    architectures: dict[str, float]
    lender: str = ""  # too few devices: shape and architectures are those of this class


'''


def read(folder: Path) -> tuple[list[dict[str, str]], dict[str, dict[str, str]]]:
    """Return the measured rows and the devices by name."""
    with (folder / "workload_devices.csv").open(newline="") as file:
        devices = {row["device"]: row for row in csv.DictReader(file)}
    with (folder / "throughput.csv").open(newline="") as file:
        return list(csv.DictReader(file)), devices


def trials_with(
    rows: list[dict[str, str]], devices: dict[str, dict[str, str]], sustain: Sustain
) -> dict[Key, Trial]:
    """Return all fits under one pair of exponents."""
    found = (sample_of(row, devices, sustain) for row in rows)
    return trials_of([sample for sample in found if sample is not None])


def pairs_of(trial: Trial) -> dict[tuple[str, str], float]:
    """Return log(predicted / measured ratio) of two cards of a family, median over setups."""
    group, fit = trial.group, trial.fit
    residual = group.log_time - group.base(fit.ratio, fit.power)
    cells: dict[tuple[object, ...], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for index, setup in enumerate(group.setups):
        cell = (str(group.architecture[index]), *setup)
        cells[cell][str(group.device[index])].append(float(residual[index]))
    found: dict[tuple[str, str], list[float]] = defaultdict(list)
    for cards in cells.values():
        for one, other in itertools.combinations(sorted(cards), 2):
            found[one, other].append(float(np.median(cards[one]) - np.median(cards[other])))
    return {pair: float(np.median(values)) for pair, values in found.items()}


def pair_error(trials: dict[Key, Trial]) -> float:
    """Return the mean absolute log error of the training pairs' ratios."""
    errors = [
        abs(error)
        for (kind, precision), trial in trials.items()
        if kind in TRAINED and precision != "fp32"
        for error in pairs_of(trial).values()
    ]
    return float(np.mean(errors))


def left_out_error(trials: dict[Key, Trial]) -> float:
    """Return the mean over training classes of the mean absolute log error of left-out rows."""
    errors = [
        float(np.average(abs(trial.residual), weights=trial.group.weight))
        for (kind, precision), trial in trials.items()
        if kind in TRAINED and precision != "fp32"
    ]
    return float(np.mean(errors))


def best_sustain(rows: list[dict[str, str]], devices: dict[str, dict[str, str]]) -> Sustain:
    """Return the two exponents with the smallest sum of errors.

    A choice is judged together with its neighbours on the grid: the fits jump a little from one to
    the next, and one lucky jump is no fact.
    """
    typical = typical_flop_per_joule(devices.values())

    def error(unhalved: float, thrift: float) -> float:
        sustain = Sustain(unhalved=unhalved, thrift=thrift, flop_per_joule=typical)
        trials = trials_with(rows, devices, sustain)
        return pair_error(trials) + left_out_error(trials)

    errors = np.array([[error(u, w) for w in THRIFT] for u in UNHALVED])
    padded = np.pad(errors, 1, mode="edge")
    shape = errors.shape
    smooth = sum(padded[i : i + shape[0], j : j + shape[1]] for i in range(3) for j in range(3))
    at = np.unravel_index(np.argmin(smooth), shape)
    print(f"errors by unhalved {UNHALVED} (rows), thrift {THRIFT}:", file=sys.stderr)
    print(np.round(errors, 4), file=sys.stderr)
    return Sustain(unhalved=UNHALVED[at[0]], thrift=THRIFT[at[1]], flop_per_joule=typical)


def main() -> None:
    rows, devices = read(Path(sys.argv[1]))
    sustain = best_sustain(rows, devices)
    trials = trials_with(rows, devices, sustain)
    typical = ", ".join(f'"{k}": {v:.3e}' for k, v in sustain.flop_per_joule.items())
    print(
        HEADER
        + f"SUSTAIN = Sustain(\n    unhalved={sustain.unhalved}, thrift={sustain.thrift},\n"
        + f"    flop_per_joule={{{typical}}},\n)\n"
        + "EFFICIENCY: dict[tuple[str, str], Efficiency] = {\n"
        + "".join(report(key, trials) for key in trials)
        + "}"
    )


if __name__ == "__main__":
    main()
