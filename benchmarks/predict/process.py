"""The Gaussian process behind the speed model: its search, and its answers to left-out rows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from splits import splits_of

from hwstudio.core.predict.fitted.ceiling import ceiling
from hwstudio.core.predict.fitted.clues import baseline, class_of, clues_of
from hwstudio.core.predict.fitted.coordinates import (
    CODES,
    Scales,
    codes_of,
    coordinates,
    scales_of,
)
from hwstudio.core.predict.fitted.kernel import PARTS, SOFT, covariance
from hwstudio.core.predict.fitted.model import GROUPS
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.work import is_training, work_of

SAMPLE, RATE = 1300, 0.06
NOISE_FLOOR = 1e-4
FREEDOM = 4.0
DRAWN = 2.0  # models that a wider circle counts as
MOST_LEFT_OUT = 900
AT_ONCE = 500  # rows
BOOST = 0.05  # log; clocks above the data sheet's
BOTH_PART = 0.3  # of the goal of the search
AVERAGED = 0.3  # of the steps, the last: each looks at other rows, their mean at more of them
KINDS_ALIKE = 0.75  # 1: every kind of work counts the same, 0: every row
LEFT_OUT_OF, FEWEST_ASKED = 3, 10
MIDDLING, COST = 0.15, 0.3  # log
PASSES = 1  # over the rows to find the outliers;
Hyper = dict[str, torch.Tensor]


@dataclass
class Group:
    """The rows of one group in its own coordinates."""

    name: str
    questions: list[Question]
    logs: np.ndarray  # log(measured / ideal)
    scales: Scales
    vocabulary: dict[str, dict[str, int]]
    places: dict[str, np.ndarray]

    @property
    def kinds(self) -> np.ndarray:
        """Return the kind of work of every row."""
        return np.array([class_of(q) for q in self.questions])

    @cached_property
    def is_possible(self) -> np.ndarray:
        """Return which rows are no faster than the device's arithmetic and bandwidth allow.

        The others are of other work than they say. They are in no fit, but in the errors.
        """
        works = [work_of(q) for q in self.questions]
        both = zip(self.questions, works, strict=True)
        most = np.array([ceiling(q, work) - baseline(q, work) for q, work in both])
        return self.logs <= most + BOOST

    @cached_property
    def is_training(self) -> np.ndarray:
        """Return which rows are of training."""
        return np.array([is_training(q) for q in self.questions])

    @property
    def is_many(self) -> np.ndarray:
        """Return whether a row had more than one device."""
        return np.array([q.count > 1 for q in self.questions])


def group_of(name: str, rows: list[tuple[Question, float]]) -> Group:
    """Return one group's rows in its own coordinates."""
    chosen = [(q, v) for q, v in rows if class_of(q) in GROUPS[name]]
    questions = [q for q, _ in chosen]
    scales = scales_of([clues_of(q) for q in questions])
    vocabulary: dict[str, dict[str, int]] = {}
    for code in CODES:
        words = sorted({codes_of(q)[code] for q in questions})
        vocabulary[code] = {word: n for n, word in enumerate(words)}
    ideal = np.array([baseline(q, work_of(q)) for q in questions])
    logs = np.array([v for _, v in chosen]) - ideal
    places = coordinates(questions, scales, vocabulary)
    return Group(name, questions, logs, scales, vocabulary, places)


def fresh(group: Group) -> Hyper:
    """Return the lengths and amplitudes the search starts from (logs)."""
    width = {block: group.places[block].shape[1] for block in ("device", "work", "run", "words")}
    parts = [-3.0, -2.5, 0.0, -0.5, -1.5, -2.0, -4.0, -4.5, -4.5, -4.5, -4.5, -4.5, -3.0, -4.0]
    assert len(parts) == PARTS
    start = {
        "device": [1.0] * width["device"],
        "device near": [0.5] * width["device"],
        "work": [1.3] * width["work"],
        "run": [1.3] * width["run"],
        "words": [1.8] * width["words"],
        "missing": [1.0] * group.places["missing"].shape[1],
        "slope device": [0.0] * width["device"],
        "slope run": [0.0] * width["run"],
        "slopes": [-5.5, -5.0],
        "parts": parts,
        "soft": [2.0] * SOFT,
        "letters": -1.0,
        "noise": -5.0,
    }
    return {k: torch.tensor(v, dtype=torch.float32, requires_grad=True) for k, v in start.items()}


def tensors(places: dict[str, np.ndarray], rows: np.ndarray | None = None) -> dict[str, Any]:
    """Return coordinates, or those of some rows, as torch has them."""
    return {k: torch.from_numpy(v if rows is None else v[rows]) for k, v in places.items()}


def centre_of(group: Group, chosen: np.ndarray) -> np.ndarray:
    """Return each row's centre among the chosen rows, NaN where none is of its kind of work.

    It is the median of its unit, drawn to the median of its kind of work where few models were
    measured in that unit, and that to the median of all: what one model does says little about
    the next.
    """
    unit, kind = group.places["code unit"], group.places["code class"]
    out = np.full(len(unit), np.nan)
    for code in np.unique(kind):
        of_kind = kind == code
        middle = centre_of_kind(group, of_kind, chosen)
        for each in np.unique(unit[of_kind]):
            out[unit == each] = drawn(group, chosen & (unit == each), middle)
    return out


def centre_of_kind(group: Group, of_kind: np.ndarray, chosen: np.ndarray) -> float:
    """Return the centre of a kind of work, NaN where nothing like it is among the chosen rows.

    All training of one group is counted the same way: one kind of it stands in for another.
    """
    counted = chosen & group.is_possible
    is_like, wider = of_kind, counted
    if group.is_training[of_kind].all():
        is_like = group.is_training
        wider = counted & is_like
    if not (counted & is_like).any():
        return np.nan
    return drawn(group, of_kind & chosen, float(np.median(group.logs[wider])))


def drawn(group: Group, rows: np.ndarray, towards: float) -> float:
    """Return the median of some rows, drawn towards a wider circle's by how few models they are."""
    rows = rows & group.is_possible
    models = len(np.unique(group.places["code model"][rows]))
    if not models:
        return towards
    share = models / (models + DRAWN)
    return float(share * np.median(group.logs[rows]) + (1 - share) * towards)


def everybody(group: Group) -> np.ndarray:
    """Return a mask of all rows."""
    return np.ones(len(group.logs), bool)


def left_out(inverse: torch.Tensor, alpha: torch.Tensor, labels: np.ndarray) -> Any:
    """Return rows and what each would be off by had all rows of its label been left out."""
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    by_size: dict[int, list[np.ndarray]] = defaultdict(list)
    for rows in np.split(order, cuts):
        if len(rows) <= MOST_LEFT_OUT:
            by_size[len(rows)].append(rows)
    found, off = [], []
    for rows_of_size in by_size.values():
        index = torch.from_numpy(np.stack(rows_of_size))
        blocks = inverse[index[:, :, None], index[:, None, :]]
        off.append(torch.linalg.solve(blocks, alpha[index][..., None])[..., 0].reshape(-1))
        found.append(index.reshape(-1))
    return torch.cat(found), torch.cat(off)


def search(group: Group, steps: int, seed: int = 0, start: Hyper | None = None) -> Hyper:
    """Return the lengths and amplitudes with which left-out models, devices, pairs are nearest.

    Args:
        start: those found before, to go on from.
    """
    hyper = fresh(group)
    if start and all(start[k].shape == v.shape for k, v in hyper.items()):
        hyper = {k: v.clone().requires_grad_() for k, v in start.items()}
    total, count = {k: torch.zeros_like(v) for k, v in hyper.items()}, 0
    adam = torch.optim.Adam(list(hyper.values()), lr=RATE)
    values = torch.from_numpy(group.logs - centre_of(group, everybody(group)))
    codes = {k: group.places[f"code {k}"] for k in ("class", "unit", "model", "device")}
    pair = codes["model"].astype(np.int64) * 100_000 + codes["device"]
    labels = ((codes["model"], 0.4), (codes["device"], 0.4), (pair, 0.2))
    share = group.is_possible / np.sqrt(np.bincount(codes["unit"])[codes["unit"]])
    kind = codes["class"] * 2 + group.is_many
    rng = np.random.default_rng(seed)
    size = min(SAMPLE, int(group.is_possible.sum()))
    for step in range(steps):
        done = step / steps
        adam.param_groups[0]["lr"] = RATE * (1.0 if done < 0.5 else 0.4 if done < 0.8 else 0.15)
        rows = rng.choice(len(values), size, replace=False, p=share / share.sum())
        here, y = tensors(group.places, rows), values[torch.from_numpy(rows)]
        matrix = covariance(torch, hyper, here, here).double()
        noise = torch.exp(hyper["noise"]).double() + NOISE_FLOOR
        factor = torch.linalg.cholesky(matrix + torch.eye(size, dtype=torch.float64) * noise)
        inverse = torch.cholesky_inverse(factor)
        alpha = inverse @ y
        weight = torch.from_numpy((1.0 * np.bincount(kind[rows])[kind[rows]]) ** -KINDS_ALIKE)
        loss = torch.zeros((), dtype=torch.float64)
        for label, part in labels:
            index, off = left_out(inverse, alpha, label[rows])
            loss = loss + part * (weight[index] * cost_of(off)).sum() / weight[index].sum()
        loss = loss + BOTH_PART * both_left_out(matrix, noise, y, codes, rows, weight, rng)
        likelihood = (0.5 * (y @ alpha) + torch.log(torch.diagonal(factor)).sum()) / size
        goal = loss + 0.03 * likelihood + 0.0005 * restraint(hyper)
        adam.zero_grad()
        goal.backward()
        adam.step()
        if done >= 1 - AVERAGED:
            total, count = {k: total[k] + v.detach() for k, v in hyper.items()}, count + 1
        if step % 15 == 14:
            print(f"  {group.name} step {step + 1}: left out {loss.item():.3f}", flush=True)
    return {k: v / count for k, v in total.items()}


def both_left_out(
    matrix: torch.Tensor,
    noise: torch.Tensor,
    y: torch.Tensor,
    codes: dict[str, np.ndarray],
    rows: np.ndarray,
    weight: torch.Tensor,
    rng: np.random.Generator,
) -> torch.Tensor:
    """Return what rows would be off by in the mean had a third of models and devices been left out.

    Asked are the rows of which neither the model nor the device is in the fit.
    """
    model, device = (
        np.isin(codes[name][rows], rng.permutation(np.unique(codes[name][rows]))[::LEFT_OUT_OF])
        for name in ("model", "device")
    )
    fit = torch.from_numpy(np.flatnonzero(~model & ~device))
    asked = torch.from_numpy(np.flatnonzero(model & device))
    if len(asked) < FEWEST_ASKED or len(fit) < FEWEST_ASKED:
        return torch.zeros((), dtype=torch.float64)
    inner = matrix[fit][:, fit] + torch.eye(len(fit), dtype=torch.float64) * noise
    guess = matrix[asked][:, fit] @ torch.linalg.solve(inner, y[fit])
    return (weight[asked] * cost_of(guess - y[asked])).sum() / weight[asked].sum()


def cost_of(off: torch.Tensor) -> torch.Tensor:
    """Return what an error (log) counts: a gain of the middling ones, where the median lies."""
    return COST * torch.log1p((off / MIDDLING) ** 2)


def restraint(hyper: Hyper) -> torch.Tensor:
    """Return what keeps lengths from running away where the rows say nothing about them."""
    lengths = ("device", "device near", "work", "run", "words", "missing")
    total = sum(((hyper[k] - 1) ** 2).sum() for k in lengths)
    return total + sum((hyper[k] ** 2).sum() for k in ("slope device", "slope run"))


@torch.no_grad()
def whole_covariance(group: Group, hyper: Hyper) -> torch.Tensor:
    """Return the covariance of all rows with all rows: every split takes its parts from it."""
    here = tensors(group.places)
    parts = np.array_split(np.arange(len(group.logs)), max(1, len(group.logs) // AT_ONCE))
    return torch.cat([covariance(torch, hyper, tensors(group.places, n), here) for n in parts])


@torch.no_grad()
def solve(matrix: torch.Tensor, hyper: Hyper, y: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the weights of some rows and how far each is believed.

    Args:
        matrix: the covariance of the rows.
        y: their values, without the centre.
    """
    values, matrix = torch.from_numpy(y), matrix.double()
    noise = torch.exp(hyper["noise"]).double() + NOISE_FLOOR
    belief = torch.ones(len(y), dtype=torch.float64)
    for _ in range(PASSES):
        factor = torch.linalg.cholesky(matrix + torch.diag(noise / belief))
        alpha = torch.cholesky_solve(values[:, None], factor)[:, 0]
        off = noise / belief * alpha
        spread = off.abs().median() * 1.48 + 1e-9
        belief = ((1 + FREEDOM) / (FREEDOM + (off / spread) ** 2)).clamp(0.02, 1)
    factor = torch.linalg.cholesky(matrix + torch.diag(noise / belief))
    return torch.cholesky_solve(values[:, None], factor)[:, 0], belief


def own_variances(hyper: Hyper, places: dict[str, Any]) -> torch.Tensor:
    """Return the variance of every place by itself: everything is near and the same."""
    parts, slopes = torch.exp(hyper["parts"]), torch.exp(hyper["slopes"])
    out = parts.sum() + parts[0] + torch.zeros(len(places["device"]))
    for block, steepness in (("device", slopes[0]), ("run", slopes[1])):
        steep = places[block] * torch.exp(hyper[f"slope {block}"])
        out = out + steepness * (steep * steep).sum(1)
    return out


@dataclass
class Trial:
    """What a left-out row was off by (log), and how near the nearest row of the fit was."""

    off: np.ndarray
    support: np.ndarray  # 0 to 1, as the app reckons it


@torch.no_grad()
def trial(group: Group, hyper: Hyper, whole: torch.Tensor, case: str, seed: int) -> Trial:
    """Return the error of every row when it is left out as the case says.

    Args:
        whole: what ``whole_covariance`` returns.
    """
    found = Trial(np.full(len(group.logs), np.nan), np.zeros(len(group.logs)))
    own = torch.sqrt(own_variances(hyper, tensors(group.places)))
    for fit, test in splits_of(group.questions, case, seed):
        centre = centre_of(group, fit)
        asked = np.flatnonzero(test & np.isfinite(centre))
        if not len(asked) or fit.sum() < 20:
            continue
        rows = np.flatnonzero(fit & group.is_possible)
        here = torch.from_numpy(rows)
        alpha, _ = solve(whole[here][:, here], hyper, group.logs[rows] - centre[rows])
        common = whole[torch.from_numpy(asked)][:, here]
        guess = (common.double() @ alpha).numpy() + centre[asked]
        found.off[asked] = guess - group.logs[asked]
        likeness = common / own[asked][:, None] / own[rows][None]
        found.support[asked] = likeness.numpy().max(1).clip(0, 1)
    return found
