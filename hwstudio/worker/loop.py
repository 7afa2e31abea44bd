"""The worker's life: say hello, take one job, run its kernel, say how it ended."""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

# Nothing else is imported before the hello: each module is a millisecond somebody waits.
from hwstudio.worker.channel import SCHEMA, Channel, Failure, Stopped

KERNELS = {
    "inspect": "hwstudio.worker.kernels.inspect_torch",
    "torch_matmul": "hwstudio.worker.kernels.torch_matmul",
    "memory_bandwidth": "hwstudio.worker.kernels.memory_bandwidth",
    "memory_ladder": "hwstudio.worker.kernels.memory_ladder",
    "training_step": "hwstudio.worker.kernels.training_step",
    "largest_batch": "hwstudio.worker.kernels.largest_batch",
    "ddp": "hwstudio.worker.kernels.ddp",
    "all_reduce": "hwstudio.worker.kernels.all_reduce",
    "slurm_ddp": "hwstudio.worker.kernels.slurm_ddp",
    "preflight": "hwstudio.worker.kernels.preflight",
    "fsdp": "hwstudio.worker.kernels.fsdp",
    "two_devices": "hwstudio.worker.kernels.two_devices",
    "host_copy": "hwstudio.worker.kernels.host_copy",
    "peer_copy": "hwstudio.worker.kernels.peer_copy",
    "matmul_shapes": "hwstudio.worker.kernels.matmul_shapes",
    "storage": "hwstudio.worker.kernels.storage",
    "numpy_matmul": "hwstudio.worker.kernels.numpy_matmul",
    "cpu_cores": "hwstudio.worker.kernels.cpu_cores",
    "data_loading": "hwstudio.worker.kernels.data_loading",
    "inference_latency": "hwstudio.worker.kernels.inference_latency",
    "llm_decode": "hwstudio.worker.kernels.llm_decode",
    "onnx_inference": "hwstudio.worker.kernels.onnx_inference",
    "jax_matmul": "hwstudio.worker.kernels.jax_matmul",
    "jax_training": "hwstudio.worker.kernels.jax_training",
    "tensorflow_matmul": "hwstudio.worker.kernels.tensorflow_matmul",
    "tensorflow_training": "hwstudio.worker.kernels.tensorflow_training",
    "classic_ml": "hwstudio.worker.kernels.classic_ml",
    "burn_in": "hwstudio.worker.kernels.burn_in",
    "memory_pattern": "hwstudio.worker.kernels.memory_pattern",
    "module_memory": "hwstudio.worker.kernels.module_memory",
}
MEMORY_REMEDY = "Choose smaller sizes, or close other programs that use this memory"


def main() -> int:
    """Serve one job; the exit code is 0 when its end was told, also for a failure."""
    if "rank" in sys.argv[1:]:
        from hwstudio.worker.kernels.ddp_rank import main as rank

        return rank()
    if "part" in sys.argv[1:]:
        from hwstudio.worker.kernels.part_rank import main as part

        return part()
    if "core" in sys.argv[1:]:
        from hwstudio.worker.kernels.cpu_core import main as core

        return core()
    if "slurm" in sys.argv[1:]:
        from hwstudio.worker.slurm.task import main as task

        return task()
    if "burn" in sys.argv[1:]:
        from hwstudio.worker.kernels.burn_core import main as burn

        return burn()
    channel = Channel()
    channel.start()
    channel.emit(
        "hello",
        schema=SCHEMA,
        python=".".join(map(str, sys.version_info[:3])),
        executable=sys.executable,
        torch=_torch_version(),
        pid=os.getpid(),
    )
    try:
        job = _read_job(channel)
        kernel = importlib.import_module(KERNELS[job["kernel"]])
        kernel.run(job.get("params", {}), channel)
    except Stopped:
        channel.emit("stopped")
    except Failure as failure:
        _tell(channel, failure)
    except Exception as error:  # noqa: BLE001  (the border: everything ends in words)
        import traceback

        traceback.print_exc()
        _tell(channel, _in_words(error))
    else:
        channel.emit("done")
    return 0


def _torch_version() -> str:
    """Return the installed torch without importing it, or "".

    Read from the name of its folder of facts: asking importlib.metadata takes 40 ms.
    """
    for folder in sys.path:
        try:
            names = os.listdir(folder)  # noqa: PTH208  (pathlib is not loaded yet)
        except OSError:
            continue
        for name in names:
            if name.startswith("torch-") and name.endswith((".dist-info", ".egg-info")):
                return name[len("torch-") :].rpartition(".")[0].partition("-")[0]
    return ""


def _read_job(channel: Channel) -> dict[str, Any]:
    """Return the job.

    Raises:
        Failure: it is not one we know.
    """
    line = channel.read_line()
    try:
        job = json.loads(line)
        known = job["schema"] == SCHEMA and job["kernel"] in KERNELS
    except (ValueError, KeyError, TypeError):
        known = False
    if not known:
        raise Failure(
            "error",
            "The worker did not understand its job",
            "it speaks another version of the protocol",
            "Install hwstudio again",
        )
    return dict(job)


def _in_words(error: Exception) -> Failure:
    """Turn an exception of a library into words."""
    from hwstudio.worker.device import guess_oom

    first_line = (str(error).strip().splitlines() or ["it gave no reason"])[0]
    if guess_oom(error):
        return Failure("oom", "The memory ran out", first_line, MEMORY_REMEDY)
    return Failure(
        "error",
        "The measurement failed",
        first_line,
        "The log has the details",
    )


def _tell(channel: Channel, failure: Failure) -> None:
    channel.emit(
        "failed", kind=failure.kind, what=failure.what, why=failure.why, remedy=failure.remedy
    )
