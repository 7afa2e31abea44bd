"""What a curve is, is guessed from its name and from its run's."""

from __future__ import annotations

import pytest

from hwstudio.core.monitor.curves.role import Role, guess_role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("loss", Role.LOSS),
        ("train_loss", Role.LOSS),
        ("Loss/train", Role.LOSS),
        ("trainLoss", Role.LOSS),
        ("loss1", Role.LOSS),
        ("val_loss", Role.VALIDATION_LOSS),
        ("eval/loss", Role.VALIDATION_LOSS),
        ("ValidationLoss", Role.VALIDATION_LOSS),
        ("test_perplexity", Role.VALIDATION_LOSS),
        ("accuracy", Role.ACCURACY),
        ("acc@1", Role.ACCURACY),
        ("val_acc", Role.VALIDATION_ACCURACY),
        ("metrics/mAP50", Role.ACCURACY),
        ("lr", Role.LEARNING_RATE),
        ("lr-AdamW", Role.LEARNING_RATE),
        ("learning_rate", Role.LEARNING_RATE),
        ("learningRate", Role.LEARNING_RATE),
        ("lr0", Role.LEARNING_RATE),
        ("tokens_per_second", Role.THROUGHPUT),
        ("train/samples_per_sec", Role.THROUGHPUT),
        ("it/s", Role.THROUGHPUT),
        ("throughput", Role.THROUGHPUT),
        ("loss_scale", Role.OTHER),
        ("grad_norm", Role.OTHER),
        ("lossless_ratio", Role.OTHER),
        ("epoch", Role.OTHER),
        ("", Role.OTHER),
    ],
)
def test_names_in_use_are_known(name, role):
    assert guess_role(name) is role


def test_the_runs_name_says_what_was_held_out():
    assert guess_role("epoch_loss", "logs/validation") is Role.VALIDATION_LOSS
    assert guess_role("epoch_loss", "validation/train") is Role.LOSS
