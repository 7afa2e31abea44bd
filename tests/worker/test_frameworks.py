"""ONNX Runtime, JAX and TensorFlow: the logic with stand-ins, and the real ones where they are."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from importlib.util import find_spec

import pytest

from hwstudio.core.model.result import Outcome
from hwstudio.worker import extra
from hwstudio.worker.channel import Failure
from hwstudio.worker.clock import Sample
from hwstudio.worker.held_clock import HeldClock, without_own_waits
from hwstudio.worker.kernels import jax_matmul, onnx_inference, tensorflow_training
from hwstudio.worker.kernels.array_check import grain_bits, precision_seen
from hwstudio.worker.kernels.onnx_file import number, varint
from hwstudio.worker.kernels.onnx_networks import build, convolved
from hwstudio.worker.kernels.small_networks import check, task
from hwstudio.worker.memory import last_cache_bytes
from hwstudio.worker.stopping import Budget
from tests.worker.test_suites import FAST, Run

np = pytest.importorskip("numpy")


class Recorder:
    """Stands in for the channel."""

    def __init__(self) -> None:
        self.told, self.series = {}, []

    def emit(self, event, **data) -> None:
        if event == "condition":
            self.told[data["name"]] = data["value"]
        elif event == "series":
            self.series.append(data)

    def check(self) -> None:
        pass


# --- packages -------------------------------------------------------------------------------


def test_a_missing_package_is_a_refusal_with_its_pip_line():
    with pytest.raises(Failure) as refused:
        extra.load("a_package_nobody_has", "its-name")
    assert refused.value.remedy.startswith("Install it with: pip install its-name")


def test_the_widest_vector_unit_is_read_from_the_flags(tmp_path):
    file = tmp_path / "cpuinfo"
    file.write_text("flags : sse2 avx2\n")
    assert extra.simd(file) == "AVX2"
    file.write_text("flags : avx2 avx512f\n")
    assert extra.simd(file) == "AVX512"
    assert extra.simd(tmp_path / "none") == ""


# --- precision ------------------------------------------------------------------------------


def product(kind, size=64):
    source = np.random.default_rng(7)
    left, right = (source.standard_normal((size, size)).astype(kind) for _ in range(2))
    return left, right, left @ right


def to_bf16(values):
    """Round to the eight bits of bfloat16."""
    whole = np.ascontiguousarray(values, dtype=np.float32).view(np.uint32)
    return ((whole + 0x8000) & 0xFFFF0000).view(np.float32)


@pytest.mark.parametrize(("kind", "name"), [("f8", "fp64"), ("f4", "fp32"), ("f2", "fp16")])
def test_an_honest_product_shows_its_own_precision(kind, name):
    assert precision_seen(np, *product(kind), name) == name


def test_a_float32_product_under_the_name_of_float64_is_seen():
    left, right, _ = product("f8")
    out = (left.astype("f4") @ right.astype("f4")).astype("f8")
    assert precision_seen(np, left, right, out, "fp64") == "fp32"


def test_inputs_of_few_bits_are_seen_although_their_product_has_no_error():
    left, right, _ = product("f4")
    left, right = to_bf16(left), to_bf16(right)
    assert precision_seen(np, left, right, left @ right, "fp32") == "bf16"


def test_a_float16_product_under_the_name_of_bfloat16_is_seen():
    left, right, out = product("f2")
    assert precision_seen(np, left, right, out, "bf16") == "fp16"


def test_a_wrong_product_is_refused():
    left, right, out = product("f4")
    out[3, 3] = np.nan
    with pytest.raises(Failure, match="product is wrong"):
        precision_seen(np, left, right, out, "fp32")


def test_the_grain_is_the_fewest_bits_that_hold_every_number():
    assert grain_bits(np, np.array([1.0, 0.0, -1.5, 2.0**-30])) == 8
    assert grain_bits(np, np.array([1 + 2**-10])) == 11
    assert grain_bits(np, np.array([1 / 3])) == 53


# --- waiting --------------------------------------------------------------------------------


def test_work_left_after_the_clock_has_stopped_is_measured():
    forgetful = HeldClock(lambda: None, lambda: time.sleep(0.01))
    forgetful.time_block(lambda: None, 1)
    assert forgetful.left_share > 1
    waiting = HeldClock(lambda: time.sleep(0.01), lambda: None)
    waiting.time_block(lambda: None, 1)
    assert waiting.left_share < 0.5


def test_threads_that_wait_only_for_each_other_disturb_nothing():
    alone = Sample(0.1, 0.1, 0.2, 5, wait_s=0.05)
    assert without_own_waits(alone, cores=2).wait_s == 0
    assert without_own_waits(replace(alone, cpu_s=0.15), cores=2).wait_s == 0.05


# --- ONNX -----------------------------------------------------------------------------------


def test_numbers_are_written_seven_bits_a_byte():
    assert varint(300) == b"\xac\x02"
    assert number(1, 8) == b"\x08\x08"


def test_nine_plain_products_are_a_convolution():
    source = np.random.default_rng(3)
    values, weights = source.standard_normal((1, 2, 5, 5)), source.standard_normal((3, 2, 3, 3))
    padded = np.pad(values, ((0, 0), (0, 0), (1, 1), (1, 1)))
    found = convolved(np, values, weights, 2)
    assert found.shape == (1, 3, 3, 3)
    assert found[0, 1, 2, 1] == pytest.approx((padded[0, :, 4:7, 2:5] * weights[1]).sum())


class FakeSession:
    """Answers as told, after the runtime's manner."""

    def __init__(self, answer, ran_on, folder) -> None:
        self._answer, self._ran_on, self._folder = answer, ran_on, folder

    def run(self, names, given):
        del names, given
        return [self._answer]

    def end_profiling(self) -> str:
        file = self._folder / "profile.json"
        ran = {"args": {"provider": self._ran_on}}
        file.write_text(json.dumps([ran, {"args": {}}, {}]))
        return str(file)


class FakeRuntime:
    """An ONNX Runtime whose GPU provider leaves every operation to the processor."""

    __version__ = "9"

    def __init__(self, answer, ran_on, folder) -> None:
        self._session = FakeSession(answer, ran_on, folder)

    def get_available_providers(self):
        return ["CUDAExecutionProvider", "AzureExecutionProvider", "CPUExecutionProvider"]

    def SessionOptions(self):
        return type("Options", (), {})()

    def InferenceSession(self, file, sess_options, providers):
        del file, sess_options
        self.providers = providers
        return self._session


def onnx(tmp_path, provider, ran_on, spoil=0.0):
    network = build(np, "layers", 1, 5)
    runtime = FakeRuntime(network.expected * (1 + spoil), ran_on, tmp_path)
    setting, told = onnx_inference.Setting(runtime, 1, 5), Recorder()
    budget = Budget(cap_s=0.05, warmup_s=0)
    onnx_inference.measure(setting, provider, network, ("layers 1", 1), budget, told)
    return told, runtime


def test_every_provider_but_a_remote_one_is_measured():
    told = Recorder()
    chosen = onnx_inference.chosen_providers(FakeRuntime(0, "", None), [], told)
    assert chosen == ["CUDAExecutionProvider", "CPUExecutionProvider"]
    assert "network" in told.told["skipped Azure"]


def test_a_provider_this_build_lacks_is_refused_with_those_it_has():
    with pytest.raises(Failure) as refused:
        onnx_inference.chosen_providers(FakeRuntime(0, "", None), ["CoreML"], Recorder())
    assert "CUDA, CPU" in refused.value.why


def test_a_provider_that_leaves_all_to_the_processor_gives_no_number(tmp_path):
    told, _ = onnx(tmp_path, "CUDAExecutionProvider", "CPUExecutionProvider")
    assert told.series == []
    assert "fell back" in told.told["skipped layers 1"]


def test_tf32_is_switched_off_where_float32_is_asked_for(tmp_path):
    told, runtime = onnx(tmp_path, "CUDAExecutionProvider", "CUDAExecutionProvider")
    assert runtime.providers == [("CUDAExecutionProvider", {"use_tf32": "0"})]
    assert told.series[0]["precision_seen"] == "fp32"


def test_a_coarser_answer_is_named_and_a_wrong_one_refused(tmp_path):
    told, _ = onnx(tmp_path, "CPUExecutionProvider", "CPUExecutionProvider", spoil=1e-3)
    assert told.series[0]["precision_seen"] == "tf32"
    with pytest.raises(Failure, match="is wrong"):
        onnx(tmp_path, "CPUExecutionProvider", "CPUExecutionProvider", spoil=0.2)


# --- JAX ------------------------------------------------------------------------------------


class FakeArray:
    """A result that is there only once it was waited for."""

    def __init__(self, values) -> None:
        self._values, self.is_waited_for = values, False

    def block_until_ready(self):
        self.is_waited_for = True
        return self

    def __array__(self, dtype=None, copy=None):
        assert self.is_waited_for, "a result was read before it was waited for"
        return np.array(self._values, dtype=dtype)


class FakeJax:
    """As much of JAX as a product needs."""

    class numpy:  # noqa: N801
        float32, asarray = np.float32, np.asarray

        @staticmethod
        def matmul(a, b, precision):
            assert precision == "highest"
            return FakeArray(a @ b)

    def __init__(self, platform="cpu") -> None:
        self.device = type("Device", (), {"platform": platform, "id": 0})()

    def devices(self, kind=""):
        del kind
        return [self.device]

    def device_put(self, values, device):
        assert device is self.device
        return values

    def jit(self, call):
        made = type("Lowered", (), {"lower": lambda self, *_: self, "compile": lambda _: call})
        return made()


@pytest.mark.parametrize("platform", ["cpu", "gpu"])
def test_a_jax_product_is_waited_for_checked_and_its_compiling_told_apart(platform):
    jax, told = FakeJax(platform), Recorder()
    made = jax_matmul.make(np, jax, jax.device, ("fp32", 64), 1)
    jax_matmul.measure(np, made, ("fp32", 64), Budget(cap_s=0.05, warmup_s=0), told)
    assert told.series[0]["precision_seen"] == "fp32"
    assert told.series[0]["compile_s"] >= 0
    assert told.series[0]["left_share"] < 0.5


def test_tf32_off_a_gpu_is_skipped_by_name():
    told = Recorder()
    points = jax_matmul._points(FakeJax().device, {"precisions": ["tf32", "fp32"]}, told)
    assert {precision for precision, _ in points} == {"fp32"}
    assert "NVIDIA" in told.told["skipped tf32"]


# --- training -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["layers", "pictures"])
def test_an_untrained_network_of_random_weights_guesses(name):
    made = task(np, name, 8, 1)
    assert made.first_loss > 1  # about log(10), more with bold weights
    check(made, made.first_loss, made.first_loss / 2)


def test_a_training_that_starts_elsewhere_or_does_not_fall_is_refused():
    made = task(np, "layers", 8, 1)
    with pytest.raises(Failure, match="went wrong"):
        check(made, made.first_loss * 1.1, 0.5)
    with pytest.raises(Failure) as refused:
        check(made, made.first_loss, made.first_loss * 1.01)
    assert "instead of falling" in refused.value.why
    with pytest.raises(Failure):
        check(made, made.first_loss, float("nan"))


def test_two_parts_of_the_processor_stand_in_for_two_gpus():
    class Config:
        def __init__(self) -> None:
            self.parts = None

        def list_physical_devices(self, kind):
            return ["cpu"] if kind == "CPU" else []

        def LogicalDeviceConfiguration(self):
            return object()

        def set_logical_device_configuration(self, device, parts):
            self.parts = (device, len(parts))

    tensorflow = type("TensorFlow", (), {"config": Config()})()
    found = tensorflow_training._devices(tensorflow, "mirrored", [], "auto")
    assert found == ["CPU:0", "CPU:1"]
    assert tensorflow.config.parts == ("cpu", 2)
    gpus = ["GPU:0", "GPU:1", "GPU:2"]
    assert tensorflow_training._devices(tensorflow, "mirrored", gpus, "auto") == gpus
    assert tensorflow_training._devices(tensorflow, "split", gpus, "auto") == gpus[:2]


# --- the real ones --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("package", "kernel", "params", "point"),
    [
        ("onnxruntime", "onnx_inference", {"batches": [1]}, "convolutions 1 CPU"),
        ("jax", "jax_matmul", {"sizes": [64], "precisions": ["fp64", "bf16"]}, "fp64 64"),
        ("jax", "jax_training", {"batch": 4}, "pictures"),
        ("sklearn", "classic_ml", {"methods": ["pca"], "threads": 1}, "pca 1"),
        ("tensorflow", "tensorflow_matmul", {"sizes": [64]}, "bf16 64"),
        ("tensorflow", "tensorflow_training", {"network": "pictures", "batch": 4}, "pictures"),
        ("tensorflow", "tensorflow_training", {"strategy": "mirrored", "batch": 4}, "layers"),
        ("tensorflow", "tensorflow_training", {"strategy": "split", "batch": 4}, "layers"),
    ],
)
def test_a_framework_that_is_installed_measures_and_checks(
    tmp_path, package, kernel, params, point
):
    if find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    run = Run(tmp_path, kernel, {**FAST, **params})
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED, ending.words
    assert min(run.values(point)) > 0
    seen = run.series()[point]
    assert seen.get("precision_seen", seen["precision_asked"]) == seen["precision_asked"]


def test_a_kernel_of_a_framework_loads_none_by_itself():

    kernels = (
        "onnx_inference, jax_matmul, jax_training, tensorflow_matmul, tensorflow_training, "
        "classic_ml"
    )
    code = (
        f"import sys, json\nfrom hwstudio.worker.kernels import {kernels}\n"
        "heavy = ('jax', 'tensorflow', 'onnxruntime', 'numpy', 'torch', 'sklearn')\n"
        "print(json.dumps([m for m in heavy if m in sys.modules]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []


def test_the_last_caches_of_all_chips_of_a_processor_count_together(tmp_path):
    for core, shared, level, size in [
        (0, "0-1", 3, "32768K"),
        (1, "0-1", 3, "32768K"),
        (2, "2-3", 3, "32768K"),
        (2, "2", 2, "1M"),
    ]:
        folder = tmp_path / f"cpu{core}" / "cache" / f"index{level}"
        folder.mkdir(parents=True)
        for name, text in {"size": size, "level": level, "shared_cpu_list": shared}.items():
            (folder / name).write_text(f"{text}\n")
    assert last_cache_bytes(tmp_path) == 64 * 2**20
    assert last_cache_bytes(tmp_path / "none") == 0
