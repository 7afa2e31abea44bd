"""Rows that were left out of a fit as a new device or a new model is, and what they were off by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from fit_speed import load
from process import group_of, trial, whole_covariance

from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.model import GROUPS, SpeedModel
from hwstudio.core.predict.fitted.offsets import Z90
from hwstudio.core.predict.fitted.question import Question
from hwstudio.core.predict.fitted.widths import half_width

SPEEDS = ("pictures", "text", "vision")  # groups behind "mean over kinds of speed"


@dataclass(frozen=True, slots=True)
class Row:
    """``off``: log(measured / predicted). ``spread``: the standard deviation (log) stated."""

    question: Question
    kind: str
    off: float
    spread: float


class LeftOut:
    """Reads the tables once; ``rows`` fits without a fold and answers it."""

    def __init__(self, folder: Path, keep: Path, cache: Path | None) -> None:
        self._measured = load(folder)
        self._keep, self._cache = keep, cache
        self._model = SpeedModel.from_bytes(resource_bytes("predict/speed.npz"))

    def rows(self, case: str, seed: int) -> list[Row]:
        """Return every row of one device with its error when left out as ``case`` says."""
        found: list[Row] = []
        for name in SPEEDS:
            off, support = self._trial(name, case, seed)
            widths = self._model.groups[name].widths
            asked = [q for q, _ in self._measured if class_of(q) in GROUPS[name]]
            for question, wrong, near in zip(asked, off, support, strict=True):
                if not np.isfinite(wrong) or question.count > 1:
                    continue
                kind = class_of(question)
                half = half_width(widths, case, kind, "one", float(near))
                found.append(Row(question, kind, -float(wrong), half / Z90))
        return found

    def _trial(self, name: str, case: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
        kept = self._cache / f"{case}-{name}-{seed}.npz" if self._cache else None
        if kept and kept.exists():
            with np.load(kept) as stored:
                return stored["off"], stored["support"]
        group = group_of(name, self._measured)
        hyper = torch.load(self._keep / f"{name}.pt")
        found = trial(group, hyper, whole_covariance(group, hyper), case, seed)
        if kept:
            kept.parent.mkdir(parents=True, exist_ok=True)
            np.savez(kept, off=found.off, support=found.support)
        return found.off, found.support
