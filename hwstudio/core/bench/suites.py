"""The list of benchmarks; a new one is a file in ``suite`` and a line here."""

from __future__ import annotations

import difflib

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.registry import Entry, Registry
from hwstudio.core.bench.spec import Bench

_HOME = "hwstudio.core.bench.suite"

SUITES: Registry[Bench] = Registry(
    "benchmark",
    (
        Entry("torch_matmul", "Matrix product", f"{_HOME}.torch_matmul:BENCH"),
        Entry("matmul_shapes", "Best shape of a product", f"{_HOME}.matmul_shapes:BENCH"),
        Entry("memory_bandwidth", "Memory bandwidth", f"{_HOME}.memory_bandwidth:BENCH"),
        Entry("memory_ladder", "Caches and memory", f"{_HOME}.memory_ladder:BENCH"),
        Entry("training_step", "Training step", f"{_HOME}.training_step:BENCH"),
        Entry("largest_batch", "Largest batch", f"{_HOME}.largest_batch:BENCH"),
        Entry("inference_latency", "Answer time", f"{_HOME}.inference_latency:BENCH"),
        Entry("llm_decode", "Language model", f"{_HOME}.llm_decode:BENCH"),
        Entry("data_loading", "Data loading", f"{_HOME}.data_loading:BENCH"),
        Entry("cpu_cores", "Processor cores", f"{_HOME}.cpu_cores:BENCH"),
        Entry("numpy_matmul", "Matrix product, numpy", f"{_HOME}.numpy_matmul:BENCH"),
        Entry("storage", "Drive speed", f"{_HOME}.storage:BENCH"),
        Entry("all_reduce", "Adding up over all", f"{_HOME}.all_reduce:BENCH"),
        Entry("onnx_inference", "Answer time, ONNX Runtime", f"{_HOME}.onnx_inference:BENCH"),
        Entry("jax_matmul", "Matrix product, JAX", f"{_HOME}.jax_matmul:BENCH"),
        Entry("jax_training", "Training step, JAX", f"{_HOME}.jax_training:BENCH"),
        Entry("tensorflow_matmul", "Matrix product, TF", f"{_HOME}.tensorflow_matmul:BENCH"),
        Entry("tensorflow_training", "Training step, TF", f"{_HOME}.tensorflow_training:BENCH"),
        Entry("tensorflow_mirrored", "Data parallel, TF", f"{_HOME}.tensorflow_training:MIRRORED"),
        Entry("tensorflow_split", "Model parallel, TF", f"{_HOME}.tensorflow_training:SPLIT"),
        Entry("classic_ml", "Classic ML", f"{_HOME}.classic_ml:BENCH"),
        Entry("burn_in", "Burn-in", f"{_HOME}.burn_in:BENCH"),
        Entry("memory_pattern", "Memory test", f"{_HOME}.memory_pattern:BENCH"),
        Entry("ddp", "Data-parallel training", f"{_HOME}.ddp:BENCH"),
        Entry("fsdp", "Sharded training", f"{_HOME}.fsdp:BENCH"),
        Entry("two_devices", "Model over two devices", f"{_HOME}.two_devices:BENCH"),
        Entry("host_copy", "Copying to the GPU", f"{_HOME}.host_copy:BENCH"),
        Entry("peer_copy", "GPU to GPU", f"{_HOME}.peer_copy:BENCH"),
    ),
)

# Short names people type; everything else must be an id, so that nothing starts by accident.
ALIASES = {"matmul": "torch_matmul", "bandwidth": "memory_bandwidth"}


def benches() -> tuple[Bench, ...]:
    """Return all benchmarks in the order people see them."""
    return tuple(SUITES.load(name) for name in SUITES.names())


def bench(name: str) -> Bench:
    """Return one benchmark by its id or by one of the short names in ALIASES.

    Raises:
        UserError: there is none, with the ids there are.
    """
    name = ALIASES.get(name, name)
    if name in SUITES:
        return SUITES.load(name)
    close = difflib.get_close_matches(name, (*SUITES.names(), *ALIASES), 1)
    meant = ALIASES.get(close[0], close[0]) if close else ""
    hint = f"Did you mean {meant}" if meant else "There are: " + ", ".join(SUITES.names())
    raise UserError(f"There is no benchmark {name!r}", "", hint)
