"""Data-parallel training over the nodes of a Slurm job; measured as on one machine.

The lead runs on the job's first node. Addresses and interface names come from the lines the tasks
opened to it, so neither a hosts file nor a name service has to be right.
"""

from __future__ import annotations

import os
from typing import Any

from hwstudio.worker import device as devices
from hwstudio.worker.channel import Channel
from hwstudio.worker.kernels.ddp import GROUP_TIMEOUT_S, PHASE_S, measure
from hwstudio.worker.sampling import Progress
from hwstudio.worker.slurm.far_process import FarProcess
from hwstudio.worker.slurm.far_ranks import FarRanks, Gathering


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure; nothing is reported as a metric unless every process reached the end."""
    torch = devices.load_torch()
    count = int(params["nproc"])
    rounds = max(3, int(params.get("rounds", 7)))
    progress = Progress(channel, rounds + 2, (count + 2) * float(params.get("phase_s", PHASE_S)))
    progress.point("starting the processes on all nodes")
    gathering = Gathering(count, channel)
    channel.on_stop(gathering.step.stop)
    tasks = gathering.wait()
    jobs = _jobs(torch, tasks, params)
    channel.emit("condition", name="backend", value=jobs[0]["backend"])
    channel.emit("condition", name="threads per process", value=jobs[0]["threads"])
    channel.emit("condition", name="nodes", value=list(dict.fromkeys(task.node for task in tasks)))
    interfaces = sorted({str(task.about["interface"]) for task in tasks})
    channel.emit("condition", name="interfaces", value=interfaces)
    ranks = FarRanks(tasks, gathering.step, jobs, channel)
    try:
        ranks.wait_ready()
        channel.emit("condition", name="device", value=ranks.about[0])
        measure(ranks, rounds, progress, channel, jobs[0] | dict(params))
    finally:
        ranks.close()


def _jobs(torch: Any, tasks: list[FarProcess], params: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one job per rank."""
    count = len(tasks)
    gpus = int(os.environ.get("HWSTUDIO_GPUS_PER_NODE") or 0)
    is_gpu = gpus > 0 and str(params.get("device", "auto")) != "cpu"
    has_nccl = is_gpu and torch.distributed.is_nccl_available()
    on_node = {task.node: 0 for task in tasks}
    for task in tasks:
        on_node[task.node] += 1
    threads = int(params.get("threads", 0)) or min(_threads(task, on_node) for task in tasks)
    first = tasks[0].about
    shared = {
        "nproc": count,
        "threads": threads,
        "backend": "nccl" if has_nccl else "gloo",
        "batch": int(params.get("batch", 256)),
        "hidden": int(params.get("hidden", 720)),
        "group_timeout_s": GROUP_TIMEOUT_S,
        "has_cores": all(threads <= _threads(task, on_node) for task in tasks),
    }
    meeting = {"MASTER_ADDR": first["address"], "MASTER_PORT": str(first["port"])}
    return [
        {
            **shared,
            "rank": rank,
            "device": f"cuda:{task.about['local_rank']}" if is_gpu else "cpu",
            "environment": meeting | _interface(task),
        }
        for rank, task in enumerate(tasks)
    ]


def _threads(task: FarProcess, on_node: dict[str, int]) -> int:
    """Return the cores one rank of this node may use."""
    given = int(task.about["cpus_per_task"])
    return given or max(1, int(task.about["cores"]) // on_node[task.node])


def _interface(task: FarProcess) -> dict[str, str]:
    name = str(task.about["interface"])
    return {"GLOO_SOCKET_IFNAME": name, "NCCL_SOCKET_IFNAME": name} if name else {}
