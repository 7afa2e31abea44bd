"""What a curve is, guessed from its name: loss, accuracy, learning rate, throughput or other.

A guess can be wrong; whoever shows curves lets people say otherwise (``Series.role`` is writable).
"""

from __future__ import annotations

import re
from enum import StrEnum
from itertools import pairwise


class Role(StrEnum):
    """What a curve tells; the words are shown to people."""

    LOSS = "loss"
    VALIDATION_LOSS = "validation loss"
    ACCURACY = "accuracy"
    VALIDATION_ACCURACY = "validation accuracy"
    LEARNING_RATE = "learning rate"
    THROUGHPUT = "throughput"
    OTHER = "other"

    @property
    def is_loss(self) -> bool:
        """Say whether less is better."""
        return self in (Role.LOSS, Role.VALIDATION_LOSS)

    @property
    def is_accuracy(self) -> bool:
        """Say whether more is better."""
        return self in (Role.ACCURACY, Role.VALIDATION_ACCURACY)


_VALIDATION = frozenset({"val", "valid", "validation", "eval", "evaluation", "test", "dev"})
# Words, or pairs of words joined by "_", that say what a curve is. The first row that fits counts.
_TABLE: tuple[tuple[Role, str], ...] = (
    (Role.OTHER, "loss_scale loss_weight acc_steps"),
    (Role.THROUGHPUT, "throughput ips fps tps qps per_second per_sec per_s"),
    (Role.THROUGHPUT, "it_s its_s it_sec tok_s tokens_s tokens_sec samples_s samples_sec"),
    (Role.THROUGHPUT, "images_s images_sec steps_s steps_sec"),
    (Role.LOSS, "loss losses nll cross_entropy crossentropy ce bce mse mae rmse elbo"),
    (Role.LOSS, "perplexity ppl error err bpb bpc"),
    (Role.ACCURACY, "acc accuracy top1 top5 top_1 top_5 f1 auc auroc exact_match em"),
    (Role.ACCURACY, "map map50 miou iou dice precision recall bleu rouge r2"),
    (Role.LEARNING_RATE, "lr learning_rate learningrate"),
)
_WORDS = tuple((role, frozenset(words.split())) for role, words in _TABLE)
_SPLIT = re.compile(r"[^a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NUMBERED = re.compile(r"^(lr|loss|acc|top)(\d+)$")


def guess_role(name: str, run: str = "") -> Role:
    """Return the likeliest role of a curve called ``name`` of a run called ``run``.

    Keras and others write what is measured on held-out data to a run called "validation".
    """
    said = _said(name)
    is_held_out = bool((said | _said(run.rpartition("/")[2])) & _VALIDATION)
    for role, words in _WORDS:
        if said & words:
            return _checked(role, is_held_out)
    return Role.OTHER


def _said(name: str) -> set[str]:
    words = [word for word in _SPLIT.split(_HUMP.sub("_", name).lower()) if word]
    said = set(words) | set(_SPLIT.split(name.lower()))
    said |= {"_".join(pair) for pair in pairwise(words)}
    return said | {found[1] for word in words if (found := _NUMBERED.match(word))}


def _checked(role: Role, on_validation: bool) -> Role:
    """Return the role on held-out data where the name says so."""
    if on_validation and role is Role.LOSS:
        return Role.VALIDATION_LOSS
    if on_validation and role is Role.ACCURACY:
        return Role.VALIDATION_ACCURACY
    return role
