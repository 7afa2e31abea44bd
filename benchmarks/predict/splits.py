"""Ways to leave measurements out of a fit, as new questions will be: a pair, a model, a device."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from hwstudio.core.predict.fitted.question import Question

CASES = ("seen", "model", "device", "both", "software")
FOLDS = {"seen": 5, "model": 5, "device": 8, "both": 3, "software": 6}


def splits_of(
    questions: Sequence[Question], case: str, seed: int
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield masks (fit, test). ``seen``: both model and device are in the fit, not together.

    ``software``: everything one publisher measured is left out, as the software of a new user is.
    """
    rng = np.random.default_rng(seed)
    device = np.array([q.device.name for q in questions])
    model = np.array([q.model for q in questions])
    folds = FOLDS[case]
    if case == "seen":
        pair = np.array([f"{a}|{b}" for a, b in zip(device, model, strict=True)])
        place = _dealt(pair, folds, rng)
        for n in range(folds):
            fit, test = place != n, place == n
            yield fit, test & np.isin(device, device[fit]) & np.isin(model, model[fit])
        return
    if case == "software":
        place = _dealt(np.array([q.source for q in questions]), folds, rng)
        for n in range(folds):
            yield place != n, place == n
        return
    of_device, of_model = _dealt(device, folds, rng), _dealt(model, folds, rng)
    if case == "both":
        for a in range(folds):
            for b in range(folds):
                yield (of_device != a) & (of_model != b), (of_device == a) & (of_model == b)
        return
    place, other = (of_model, device) if case == "model" else (of_device, model)
    for n in range(folds):
        fit, test = place != n, place == n
        yield fit, test & np.isin(other, other[fit])


def _dealt(names: np.ndarray, folds: int, rng: np.random.Generator) -> np.ndarray:
    """Return the fold of every row; rows of one name stay together."""
    words = np.unique(names)
    fold = dict(zip(words.tolist(), (rng.permutation(len(words)) % folds).tolist(), strict=True))
    return np.array([fold[name] for name in names.tolist()])
