"""A product in each format says by its error which format really ran."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from types import SimpleNamespace

import pytest

torch = pytest.importorskip("torch")

from hwstudio.worker import device as devices  # noqa: E402
from hwstudio.worker.channel import Failure  # noqa: E402
from hwstudio.worker.kernels import torch_matmul  # noqa: E402
from hwstudio.worker.kernels.product_check import precision_run  # noqa: E402
from hwstudio.worker.kernels.products import Shape, make, need_bytes, unit_of  # noqa: E402

pytestmark = pytest.mark.torch
FORMATS = ("fp64", "fp32", "fp16", "bf16", "int8", "fp8_e4m3", "fp8_e5m2")
SHAPE = Shape(48, 40, 256)


@cache
def kept(precision):
    """Return a product that no test changes; fp8 is slow on a processor."""
    return made(precision)


def made(precision, shape=SHAPE):
    product = make(torch, "cpu", shape, precision, 5)
    product.call()
    return product


@pytest.mark.parametrize("precision", FORMATS)
def test_every_format_is_recognised_by_its_error(precision):
    assert precision_run(torch, kept(precision), precision) == precision


@pytest.mark.parametrize("asked", [name for name in FORMATS if name != "fp64"])
@pytest.mark.parametrize("ran", FORMATS)
def test_a_product_that_ran_in_another_format_is_never_called_by_the_name_asked_for(asked, ran):
    try:
        seen = precision_run(torch, kept(ran), asked)
    except Failure:  # too far off for any rounding: no number either
        return
    assert (seen == asked) == (asked == ran)


@pytest.mark.parametrize("precision", ["int8", "fp8_e4m3"])
def test_one_wrong_sum_in_eight_bits_is_a_failure(precision):
    product = made(precision)
    product.out[:, :] += 8 if precision == "int8" else 4
    with pytest.raises(Failure, match="product is wrong"):
        precision_run(torch, product, precision)


def test_products_need_not_be_square():
    product = made("fp32", Shape(5, 9, 70))
    assert product.out.shape == (5, 9)
    assert precision_run(torch, product, "fp32") == "fp32"
    assert Shape(5, 9, 70).flop == 2 * 5 * 9 * 70
    assert need_bytes(Shape(5, 9, 70), "int8") == 5 * 70 + 70 * 9 + 4 * 5 * 9


def test_whole_numbers_are_counted_as_operations_without_a_point():
    assert unit_of("int8") == "OP/s"
    assert unit_of("fp8_e4m3") == "FLOP/s"


class Told:
    def __init__(self) -> None:
        self.conditions = {}

    def emit(self, event, **data) -> None:
        if event == "condition":
            self.conditions[data["name"]] = data["value"]


def test_a_format_that_fails_in_a_trial_is_left_out_with_the_librarys_reason(monkeypatch):
    def broken(*_of):
        def call():
            raise RuntimeError("no units for it\nlong trace")

        return replace(made("fp32"), call=call)

    told = Told()
    real = torch_matmul.make
    monkeypatch.setattr(torch_matmul, "make", lambda *a: broken() if a[3] == "int8" else real(*a))
    assert torch_matmul.usable(torch, "cpu", ["int8", "fp32"], told) == ["fp32"]
    assert told.conditions == {"skipped int8": "no units for it"}


def test_sizes_of_our_own_choice_take_a_quarter_of_the_free_memory_at_most(monkeypatch):
    monkeypatch.setattr(torch_matmul, "free_bytes", lambda *_: 2**30)
    sizes = {p.size for p in torch_matmul._points(torch, "cuda:0", {}, ["fp32"])}
    assert sizes == {1024, 2048, 4096}
    monkeypatch.setattr(torch_matmul, "free_bytes", lambda *_: 80 * 2**30)
    sizes = {p.size for p in torch_matmul._points(torch, "cuda:0", {}, ["fp32"])}
    assert max(sizes) == 16384
    asked = torch_matmul._points(torch, "cuda:0", {"sizes": [99999]}, ["fp32"])
    assert [p.size for p in asked] == [99999]  # refused later, with how much it needs


# --- devices that are not here: the border is torch's own module -----------------------------


def fake_torch(capability=(9, 0), hip=None, gpus=1, xpus=0, has_mps=False, arch="gfx942"):
    return SimpleNamespace(
        __version__="2.13.0",
        float8_e4m3fn="e4m3fn", float8_e4m3fnuz="e4m3fnuz", _scaled_mm=None,
        version=SimpleNamespace(cuda=None if hip else "13.0", hip=hip),
        cuda=SimpleNamespace(
            is_available=lambda: gpus > 0,
            device_count=lambda: gpus,
            get_device_capability=lambda _d: capability,
            get_device_properties=lambda _d: SimpleNamespace(gcnArchName=arch),
        ),
        xpu=SimpleNamespace(is_available=lambda: xpus > 0, device_count=lambda: xpus),
        backends=SimpleNamespace(mps=SimpleNamespace(is_available=lambda: has_mps)),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("capability", "lacking"),
    [((7, 0), {"int8", "fp8_e4m3", "tf32"}), ((8, 0), {"fp8_e4m3"}), ((8, 9), set())],
)
def test_a_gpu_says_which_formats_its_generation_lacks(capability, lacking):
    made_up = fake_torch(capability)
    names = ("fp32", "tf32", "int8", "fp8_e4m3")
    assert {n for n in names if devices.why_not(made_up, "cuda:0", n)} == lacking


def test_an_mi300_takes_the_fp8_formats_of_its_own():
    made_up = fake_torch(hip="6.4")
    assert devices.why_not(made_up, "cuda:0", "fp8_e4m3") == ""
    assert devices.fp8_kind(made_up, "cuda:0", "fp8_e4m3") == "e4m3fnuz"
    older = fake_torch(hip="6.4", arch="gfx90a")
    assert "gfx90a" in devices.why_not(older, "cuda:0", "fp8_e4m3")


def test_the_best_device_is_taken_and_the_others_can_be_named():
    assert devices.resolve(fake_torch(xpus=2), "auto") == "cuda:0"
    intel = fake_torch(gpus=0, xpus=2)
    assert devices.resolve(intel, "auto") == "xpu:0"
    assert devices.resolve(intel, "xpu:1") == "xpu:1"
    assert devices.names(intel) == ["cpu", "xpu:0", "xpu:1"]
    apple = fake_torch(gpus=0, has_mps=True)
    assert devices.resolve(apple, "auto") == "mps"
    assert "no fp64" in devices.why_not(apple, "mps", "fp64")
    assert devices.resolve(fake_torch(gpus=0), "auto") == "cpu"


@pytest.mark.parametrize("name", ["xpu:2", "xpu:x", "npu"])
def test_a_device_that_is_not_there_is_refused_with_those_that_are(name):
    with pytest.raises(Failure) as refused:
        devices.resolve(fake_torch(gpus=0, xpus=2), name)
    assert "cpu, xpu:0, xpu:1" in refused.value.why


def test_an_intel_gpu_is_timed_by_its_own_events():
    log = []

    class Event:
        def __init__(self, enable_timing) -> None:
            assert enable_timing

        def record(self) -> None:
            log.append("record")

        def elapsed_time(self, _end) -> float:
            return 8.0  # milliseconds

    class At:
        def __init__(self, _device) -> None:
            pass

        def __enter__(self) -> None:
            log.append("enter")

        def __exit__(self, *_of) -> None:
            log.append("exit")

    room = SimpleNamespace(Event=Event, device=At, synchronize=lambda _d: log.append("wait"))
    clock = devices.clock_for(SimpleNamespace(xpu=room), "xpu:0")
    assert clock._span(lambda: log.append("call"), 2) == pytest.approx(0.008)
    assert log == ["enter", "wait", "record", "call", "call", "record", "wait", "exit"]


@pytest.mark.parametrize("name", ["cuda:0", "xpu:0", "mps"])
def test_whoever_waits_for_an_answer_waits_for_the_device(name):
    from hwstudio.worker.kernels.inference_latency import waiting_clock

    waited = []
    room = SimpleNamespace(synchronize=lambda *_of: waited.append(name))
    clock = waiting_clock(SimpleNamespace(cuda=room, xpu=room, mps=room), name)
    clock.time_block(lambda: None, 1)
    assert waited == [name]
