"""How long one answer takes with ONNX Runtime, on every execution provider this computer has."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Clock
from hwstudio.worker.disturbance import usable_cores
from hwstudio.worker.extra import load, processor
from hwstudio.worker.kernels.array_check import REMEDY
from hwstudio.worker.kernels.onnx_networks import Network, build
from hwstudio.worker.kernels.product_check import FP32_LIMIT
from hwstudio.worker.sampling import Progress, Sampler, Series, summary
from hwstudio.worker.stopping import Budget

NETWORKS = ("convolutions", "layers")
BATCHES = (1, 8)
QUANTILES = (0.95, 0.99)
FLOOR = 300  # calls: three of them lie beyond the 99th percentile
CPU = "CPUExecutionProvider"
REMOTE = {"AzureExecutionProvider": "it asks a service on the network, not this computer"}
# TF32 is this provider's default for float32: what was asked for is said, never left to it.
OPTIONS = {"CUDAExecutionProvider": {"use_tf32": "0"}}
TF32_LIMIT, HALF_LIMIT = 5e-3, 5e-2  # relative errors of networks as shallow as these


@dataclass(frozen=True)
class Setting:
    """What every session of one run has in common."""

    runtime: Any
    threads: int
    seed: int


def run(params: dict[str, Any], channel: Channel) -> None:
    """Measure every network and batch on every provider."""
    numpy, runtime = load("numpy"), load("onnxruntime")
    runtime.set_default_logger_severity(3)
    threads = int(params.get("threads", 0)) or usable_cores()
    setting = Setting(runtime, threads, int(params.get("seed", 20261120)))
    providers = chosen_providers(runtime, _listed(params.get("providers")), channel)
    about = {**processor(threads), "onnxruntime": runtime.__version__, "providers": providers}
    channel.emit("condition", name="device", value=about)
    budget = Budget(
        cap_s=float(params.get("cap_s", 8.0)),
        warmup_s=float(params.get("warmup_s", 0.5)),
        floor=FLOOR,
    )
    names = [each for each in params.get("networks") or NETWORKS if each in NETWORKS]
    batches = [int(each) for each in params.get("batches") or BATCHES]
    total = len(providers) * len(names) * len(batches)
    progress = Progress(channel, total, budget.cap_s + budget.warmup_s)
    for name in names:
        for batch in batches:
            network = build(numpy, name, batch, setting.seed)
            for provider in providers:
                point = f"{name} {batch} {short(provider)}"
                progress.point(point)
                measure(setting, provider, network, (point, batch), budget, channel)


def _listed(text: object) -> list[str]:
    return [each.strip() for each in str(text or "").split(",") if each.strip()]


def short(provider: str) -> str:
    """Return a provider's name without what all of them share."""
    return provider.removesuffix("ExecutionProvider")


def chosen_providers(runtime: Any, wanted: list[str], channel: Channel) -> list[str]:
    """Return the providers to measure; one left out is named with the reason.

    Raises:
        Failure: none of those wanted is in this build of the runtime.
    """
    found = list(runtime.get_available_providers())
    for each in (name for name in found if name in REMOTE):
        channel.emit("condition", name=f"skipped {short(each)}", value=REMOTE[each])
    usable = [each for each in found if each not in REMOTE]
    chosen = [each for each in usable if not wanted or short(each) in map(short, wanted)]
    if not chosen:
        raise Failure(
            "unsupported",
            "None of the execution providers chosen is here",
            f"this build of ONNX Runtime has {', '.join(map(short, usable))}",
            "Choose one of these, or install another build of onnxruntime",
        )
    return chosen


def _session(setting: Setting, provider: str, file: bytes, profile: str = "") -> Any:
    options = setting.runtime.SessionOptions()
    options.intra_op_num_threads = setting.threads
    options.log_severity_level = 3
    if profile:
        options.enable_profiling = True
        options.profile_file_prefix = profile
    wanted = (provider, OPTIONS.get(provider, {}))
    return setting.runtime.InferenceSession(file, sess_options=options, providers=[wanted])


def nodes_by_provider(setting: Setting, provider: str, network: Network) -> dict[str, int]:
    """Return how many operations each provider really ran, from the runtime's own profile."""
    with tempfile.TemporaryDirectory(prefix="hwstudio-onnx-") as folder:
        session = _session(setting, provider, network.file, str(Path(folder) / "run"))
        session.run(None, {"x": network.given})
        text = Path(session.end_profiling()).read_text("utf-8")
    ran = (each.get("args", {}).get("provider", "") for each in json.loads(text))
    return dict(Counter(each for each in ran if each))


def measure(
    setting: Setting,
    provider: str,
    network: Network,
    point: tuple[str, int],
    budget: Budget,
    channel: Channel,
) -> None:
    """Measure one network on one provider, check its answer, and tell both."""
    name, batch = point
    try:
        ran = nodes_by_provider(setting, provider, network)
        session = _session(setting, provider, network.file)
    except Exception as error:  # noqa: BLE001  (the border: a provider may lack its own library)
        first = (str(error).strip().splitlines() or ["it gave no reason"])[0]
        channel.emit("condition", name=f"skipped {name}", value=first[:300])
        return
    if provider != CPU and not ran.get(provider):
        channel.emit(
            "condition", name=f"skipped {name}", value="every operation fell back to the processor"
        )
        return
    series = Series(name, "s", float(batch), is_latency=True)
    asked = {"x": network.given}
    Sampler(channel, Clock(), budget).run(lambda: session.run(None, asked), series)
    seen = precision_seen(session.run(None, asked)[0], network.expected, name)
    channel.emit(
        "series",
        **summary(series),
        metric=name,
        precision_asked="fp32",
        precision_seen=seen,
        batch=batch,
        provider=provider,
        ran_on=ran,
        quantiles=list(QUANTILES),
        flop_per_call=network.flop,
        parameters=network.parameters,
        data="random input and weights with a fixed seed, result held against numpy in float64",
    )


def precision_seen(got: Any, expected: Any, name: str) -> str:
    """Return the arithmetic the answer shows.

    Raises:
        Failure: it is wrong in any.
    """
    apart = got.astype("float64") - expected
    error = float(((apart**2).mean() / (expected**2).mean()) ** 0.5)
    if error <= FP32_LIMIT:
        return "fp32"
    if error <= TF32_LIMIT:
        return "tf32"
    if error <= HALF_LIMIT:
        return "half precision"
    raise Failure(
        "error",
        f"The answer of {name} is wrong",
        f"it differs by {error:.2g} from the reference; rounding explains {FP32_LIMIT:g}",
        REMEDY,
    )
