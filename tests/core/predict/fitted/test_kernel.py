"""The covariance: symmetric, positive, the same in numpy and torch, and nearest to itself."""

from __future__ import annotations

import numpy as np
import pytest

from hwstudio.core.predict.fitted.clues import clues_of
from hwstudio.core.predict.fitted.coordinates import (
    CODES,
    codes_of,
    coordinates,
    letters_of,
    scales_of,
)
from hwstudio.core.predict.fitted.kernel import PARTS, SOFT, covariance
from tests.core.predict.fitted.made import ROW, TEXT, card, question

OTHER = card(device="A100 80GB SXM", kind="datacenter", bw_gbs="2039", fp16_tflops="312")
ASKED = [
    question(),
    question(batch_per_device="8"),
    question(model="resnet101", gmacs_per_sample="7.8", num_params_m="44.5"),
    question({**ROW, "device": "A100 80GB SXM"}, OTHER),
    question(TEXT),
    question({**TEXT, "model": "qwen-7b", "num_params_m": "7721"}, OTHER),
    question(precision="fp32", framework="TensorFlow"),
]


@pytest.fixture(scope="module")
def places():
    scales = scales_of([clues_of(q) for q in ASKED])
    words = {c: sorted({codes_of(q)[c] for q in ASKED}) for c in CODES}
    vocabulary = {c: {w: n for n, w in enumerate(found)} for c, found in words.items()}
    return coordinates(ASKED, scales, vocabulary)


@pytest.fixture(scope="module")
def hyper(places):
    width = {block: places[block].shape[1] for block in ("device", "work", "run", "words")}
    return {
        "device": np.ones(width["device"], np.float32),
        "device near": np.zeros(width["device"], np.float32),
        "work": np.ones(width["work"], np.float32),
        "run": np.ones(width["run"], np.float32),
        "words": np.ones(width["words"], np.float32),
        "missing": np.ones(places["missing"].shape[1], np.float32),
        "slope device": np.zeros(width["device"], np.float32),
        "slope run": np.zeros(width["run"], np.float32),
        "slopes": np.full(2, -5.0, np.float32),
        "parts": np.linspace(-3, 0, PARTS).astype(np.float32),
        "soft": np.linspace(-2, 2, SOFT).astype(np.float32),
        "letters": np.float32(0.5),
    }


def test_it_is_symmetric_and_never_negative(places, hyper):
    matrix = covariance(np, hyper, places, places)
    assert matrix == pytest.approx(matrix.T, abs=1e-5)
    assert np.linalg.eigvalsh(matrix.astype(float)).min() > -1e-5


def test_numpy_and_torch_say_the_same(places, hyper):
    torch = pytest.importorskip("torch")
    here = {name: torch.from_numpy(block) for name, block in places.items()}
    tensors = {name: torch.as_tensor(value) for name, value in hyper.items()}
    found = covariance(torch, tensors, here, here).numpy()
    assert covariance(np, hyper, places, places) == pytest.approx(found, rel=1e-4, abs=1e-5)


def test_nothing_is_nearer_to_a_question_than_itself(places, hyper):
    matrix = covariance(np, hyper, places, places)
    own = np.sqrt(np.diag(matrix))
    likeness = matrix / own[:, None] / own[None]
    assert (likeness.argmax(1) == np.arange(len(ASKED))).all()


def test_another_batch_is_nearer_than_another_model_and_that_than_another_kind_of_work(
    places, hyper
):
    matrix = covariance(np, hyper, places, places)[0]
    assert matrix[1] > matrix[2] > matrix[4]


def test_a_name_nobody_measured_is_like_no_other(places, hyper):
    unknown = {name: block[:1].copy() for name, block in places.items()}
    unknown["code model"][:] = -1
    assert (
        covariance(np, hyper, unknown, unknown)[0, 0] < covariance(np, hyper, places, places)[0, 0]
    )
    assert (
        covariance(np, hyper, unknown, places)[0, 0] < covariance(np, hyper, places, places)[0, 0]
    )


def test_relatives_have_like_names():
    def like(a: str, b: str) -> float:
        return float(np.dot(letters_of(a), letters_of(b)))

    assert like("resnet50", "resnet50") == pytest.approx(1)
    assert like("resnet50", "resnet101") > like("resnet50", "swin_tiny")
    assert like("Qwen/Qwen3-32B", "qwen3-32b") == pytest.approx(1)
