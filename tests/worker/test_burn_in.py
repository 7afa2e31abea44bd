"""The burn-in finds a flipped bit wherever it is put, and says where it was."""

from __future__ import annotations

import os
import sys
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome
from hwstudio.worker.channel import Failure
from hwstudio.worker.clock import Sample
from hwstudio.worker.heat import Heat, read
from hwstudio.worker.kernels import memory_pattern
from hwstudio.worker.kernels.burn_core import Burner
from hwstudio.worker.kernels.burn_in import fall, own_cores, refuse_wrong, slowed
from hwstudio.worker.kernels.exact_product import Exact, Random
from hwstudio.worker.sampling import Series
from tests.worker.test_suites import FAST, Run

np = pytest.importorskip("numpy")
EXACT = Exact(np, 1, size=64)
RIGHT = EXACT.left @ EXACT.right


class Recorder:
    """Stands in for the channel."""

    def emit(self, event, **data) -> None:
        pass

    def check(self) -> None:
        pass


def flip(values, row, column, bit):
    """Return the same numbers with one bit the other way round."""
    spoiled = values.copy()
    spoiled.view(np.uint32)[row, column] ^= np.uint32(1 << bit)
    return spoiled


def test_a_right_product_has_no_fault():
    assert EXACT.fault(RIGHT) is None


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 63), st.integers(0, 63), st.integers(0, 31))
def test_every_single_flipped_bit_of_a_whole_number_product_is_found_and_placed(row, column, bit):
    if RIGHT[row, column] == 0 and bit == 31:
        return  # a negative zero is the same number
    fault = EXACT.fault(flip(RIGHT, row, column, bit))
    assert fault is not None
    assert (fault.row, fault.column, fault.bits) == (row, column, 1)
    assert fault.expected == RIGHT[row, column]


@pytest.mark.parametrize("bit", [0, 12, 30, 31])
def test_every_bit_of_a_random_product_counts_the_lowest_too(bit):
    work = Random(np, 2, np.matmul, size=64)
    out = work.left @ work.right
    assert work.fault(out) is None
    fault = work.fault(flip(out, 5, 9, bit))
    assert (fault.row, fault.column, fault.bits) == (5, 9, 1)


def test_a_device_that_was_wrong_from_the_start_is_not_taken_as_the_measure():
    work = Random(np, 2, lambda a, b: (a @ b) * np.float32(1.01), size=64)
    assert work.fault((work.left @ work.right) * np.float32(1.01)) is not None


def test_the_first_wrong_product_ends_the_work_of_a_core():
    calls = []

    def multiply(left, right):
        calls.append(1)
        out = left @ right
        return flip(out, 3, 4, 7) if len(calls) == 6 else out

    told = Burner(np, 1, multiply).work(60.0)
    assert told["fault"]["product"] == told["products"] == 5  # the first call made a reference
    with pytest.raises(Failure, match="Core 3 computed a wrong result") as ended:
        refuse_wrong("core 3", told)
    assert "row 3, column 4" in ended.value.why
    assert "1 bit differs" in ended.value.why


SPOILED = """
import sys
import hwstudio.worker.kernels.burn_core as burn_core
honest, calls = burn_core.Burner, []
def multiply(left, right):
    out = left @ right
    calls.append(1)
    if len(calls) == 4 and {core} in __import__("os").sched_getaffinity(0):
        out.view("uint32")[7, 8] ^= 1 << 20
    return out
burn_core.Burner = lambda numpy, seed, _multiply: honest(numpy, seed, multiply)
"""


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="no process is kept on a core")
def test_one_bad_core_among_all_is_named_by_the_whole_burn_in(tmp_path):
    core = own_cores()[-1]
    line = command(Interpreter(sys.executable, "3", "2"))
    line[3] = line[3].replace(
        "import hwstudio.worker.loop", SPOILED.format(core=core) + "\nimport hwstudio.worker.loop"
    )
    env = clean_environment(os.environ, frozen=False)
    params = {"seconds": 30.0, "device": "cpu"}
    job = Job(line, env, "burn_in", params, tmp_path / "run")
    ending = Supervisor(job, lambda _event: None, threading.Event(), Limits(beat_s=60.0)).run()
    assert ending.outcome is Outcome.FAILED
    assert ending.words.startswith(f"Core {core} computed a wrong result: product 3 ")
    assert "row 7, column 8" in ending.words


def test_an_honest_burn_in_finishes_and_says_how_much_was_checked(tmp_path):
    run = Run(tmp_path, "burn_in", {"seconds": 1.0, "device": "cpu"})
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED, ending.words
    assert run.series()["cores"]["products"] > 0
    assert run.condition("checked").startswith(f"{run.series()['cores']['products']:,} products")


def test_a_gpu_that_adds_wrong_is_named_with_the_place():
    torch = pytest.importorskip("torch")
    from hwstudio.worker.kernels.burn_gpu import GpuBurner

    burner = GpuBurner(torch, "cpu", 1, size=64)
    assert burner.work(0.01) > 0
    multiply = burner._multiply

    def spoiled() -> None:
        multiply()
        burner._out[9, 2] += 1

    burner._multiply = spoiled
    with pytest.raises(Failure, match="computed a wrong result") as ended:
        burner.work(0.01)
    assert "row 9, column 2" in ended.value.why


# --- memory ---------------------------------------------------------------------------------


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(memory_pattern, "BLOCK_BYTES", 4096)


def kinds():
    made = [memory_pattern.NumpyWords]
    torch = __import__("importlib").util.find_spec("torch")
    if torch:
        made.append(lambda: memory_pattern.TorchWords(__import__("torch"), "cpu"))
    return made


@pytest.mark.parametrize("pattern", memory_pattern.PATTERNS)
def test_memory_that_keeps_its_bits_passes_every_pattern(small_blocks, pattern):
    for make in kinds():
        memory_pattern.Test(make(), 3, "the memory", Recorder()).one(pattern)


@pytest.mark.parametrize("pattern", memory_pattern.PATTERNS)
@pytest.mark.parametrize("when", [1, 2])
def test_one_bit_that_changes_between_writing_and_reading_is_found(small_blocks, pattern, when):
    for make in kinds():
        turns = []

        def touch(blocks, turns=turns) -> None:
            turns.append(1)
            if len(turns) == when:
                blocks[1][100] ^= 1 << 33

        test = memory_pattern.Test(make(), 3, "the memory", Recorder(), touch)
        with pytest.raises(Failure, match="A word in the memory changed") as ended:
            test.one(pattern)
        assert "(bit 33)" in ended.value.why
        assert f"{4096 + 100 * 8:,} bytes into" in ended.value.why


def test_no_more_memory_is_taken_than_is_free():
    assert memory_pattern.blocks_of(100 * memory_pattern.BLOCK_BYTES, 50.0, 0) == 50
    assert memory_pattern.blocks_of(100 * memory_pattern.BLOCK_BYTES, 100.0, 0) == 90
    with pytest.raises(Failure, match="does not fit"):
        memory_pattern.blocks_of(2**30, 50.0, 2048)
    with pytest.raises(Failure, match="not known"):
        memory_pattern.blocks_of(None, 50.0, 0)


def test_the_whole_memory_test_runs_and_tells_what_it_read_back(tmp_path):
    run = Run(tmp_path, "memory_pattern", {**FAST, "size_mib": 128})
    ending = run.go()
    assert ending.outcome is Outcome.FINISHED, ending.words
    told = run.series()["pattern"]
    assert told["verified_bytes"] == told["tested_bytes"] * 2 * len(memory_pattern.PATTERNS)


# --- heat -----------------------------------------------------------------------------------


def processor_at(folder, degrees, throttled):
    for place, text in {
        "class/hwmon/hwmon0/name": "coretemp",
        "class/hwmon/hwmon0/temp1_input": degrees * 1000,
        "class/hwmon/hwmon1/name": "nvme",
        "class/hwmon/hwmon1/temp1_input": 99000,
        "devices/system/cpu/cpu0/thermal_throttle/core_throttle_count": throttled,
    }.items():
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        (folder / place).write_text(f"{text}\n")


def test_the_processors_own_sensor_is_followed_and_no_other(tmp_path):
    processor_at(tmp_path, 50, 3)
    heat = Heat(tmp_path)
    processor_at(tmp_path, 91, 5)
    heat.look()
    told = heat.summary()
    assert told["temperature_c"] == {"first": 50, "low": 50, "high": 91, "last": 91}
    assert told["times_throttled"] == 2
    assert read(tmp_path / "none") == {}


def test_a_speed_that_falls_is_told_and_a_steady_one_is_not():
    series = Series("cores", "FLOP/s", 1.0)
    series.samples = [Sample(1 / rate, 1, 1, 0) for rate in [100] * 6 + [80] * 6]
    series.clean = [True] * 12
    assert fall(series) == 0.8
    assert slowed(2, 0.8) == ["too hot 2 times", "its speed fell to 80% of the first"]
    series.samples = series.samples[:6] * 2
    assert fall(series) is None
    assert slowed(0, None) == []
