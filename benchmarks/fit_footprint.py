"""Compare the memory formulas with published peaks, and fit what they leave out.

    python benchmarks/fit_footprint.py DIR > hwstudio/core/predict/overhead.py

DIR holds memory.csv and models.csv. Only quantiles are written; the measured rows are not shipped
(some sources state no licence). A row counts when its configuration is known: one device, plain
copies or plain sharding, a dense model of known shape, a batch and a length, an ordinary recipe.
Each row is compared with the figure of its own kind: torch's allocated bytes with the items
alone, reserved bytes with the allocator's share, nvidia-smi with the driver's share as well.

Model: need = state share x held + live share x live + context. The two shares are chosen per class
by the smallest weighted absolute log error; every source weighs the square root of its rows, so
that one log with many machines does not decide. The band holds 90 % of the rows when each is
compared with a fit that did not see its source and model together. Classes without rows get
the widest band of all. Ratios and the verdicts of the bundled jobs go to stderr.
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.base.units import GIB
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.recipe import Recipe, Shard
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict import memory
from hwstudio.core.predict.footprint import items_of
from hwstudio.core.predict.held import Item, Part
from hwstudio.core.predict.memory import class_of
from hwstudio.core.predict.split import Plan, spread

Row = dict[str, str]
BITS = {
    "bf16": 16, "fp16": 16, "bfloat16": 16, "bf16-true": 16, "fp8": 8, "int8": 8.25, "int4": 4.25,
    "gptq-int4": 4.25, "awq-int4": 4.25, "awq-int4-g128 gemm": 4.25, "awq-int4-g128 gemv": 4.25,
    "bnb.nf4": 4.5, "bnb.nf4-dq": 4.13,
}  # fmt: skip
QWEN1 = {  # layers, hidden, intermediate, heads, vocab; first generation, not in models.csv
    "qwen-1.8b": (24, 2048, 5504, 16, 151936),
    "qwen-7b": (32, 4096, 11008, 32, 151936),
    "qwen-72b": (80, 8192, 24576, 64, 152064),
}
ONLY_STATE_OF_BF16 = 8  # bytes a parameter: weight, gradient and two moments, all BF16
SHORT_TEXT = 100  # tokens, where a source only says "a short answer"
# Recipes no bundled job uses: everything compiled and offloaded at once; less than Adam's states.
OTHER_RECIPES = (("torchtune", ""), ("litgpt-confighub", "full"))
SHARES = {  # state, live, context bytes by what was measured
    "allocated": (1.0, 1.0, 0.0),
    "active": (1.0, 1.0, 0.0),
    "reserved": (memory.STATE_SHARE, memory.LIVE_SHARE, 0.0),
    "reported": (memory.STATE_SHARE, memory.LIVE_SHARE, 0.0),
    "nvidia-smi": (memory.STATE_SHARE, memory.LIVE_SHARE, memory.CONTEXT_BYTES),
}
STATE_GRID = np.arange(1.0, 1.61, 0.02)
LIVE_GRID = np.arange(1.0, 2.41, 0.02)
TIE = 0.002
BANDS = (0.05, 0.95)
UNMEASURED = ("image_generation", "vision_inference", "general")
SIZES_GIB = (8, 12, 16, 24, 32, 48, 80)
JOB = Workload(
    id="", title="", group="language", mode=Mode.TRAIN, model_id="", model_name="", unit="tokens",
    precision="bf16", batch=1, sequence_tokens=None, steps=1, params_total=0, params_active=0,
    layers=None, hidden=None, heads=None, kv_heads=None, head_dim=None, intermediate=None,
    vocab=None, macs_per_sample=0, activations_per_sample=0, weight_bytes=0, job_units=1,
    job_title="", source="", source_date="",
)  # fmt: skip


@dataclass(frozen=True)
class Sample:
    """One measured row beside the bytes its configuration predicts."""

    work_class: str
    source: str
    model: str
    device: str
    measure: str
    held: float
    live: float
    context: float
    weights: float
    measured: float


@dataclass(frozen=True)
class Fit:
    """Shares of one class and the 5 % and 95 % ratios of measured to predicted."""

    state: float
    live: float
    low: float
    high: float


def number(text: str) -> float:
    return float(text) if text else 0.0


def plain(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).removesuffix("-squad384").strip("-")


def shaped(row: Row, models: dict[str, Row]) -> Workload | None:
    """Return a job with the shape of the row's model, or None when it is not known or no plain
    dense model."""
    name = plain(row["model"])
    if name in QWEN1:
        layers, hidden, inner, heads, vocab = QWEN1[name]
        return replace(
            JOB, params_total=round(number(row["num_params_m"]) * 1e6), layers=layers,
            hidden=hidden, heads=heads, kv_heads=heads, head_dim=hidden // heads,
            intermediate=inner, vocab=vocab,
        )  # fmt: skip
    model = models.get(name) or models.get(f"timm-{name}")
    if model is None or model["experts"]:
        return None

    def whole(column: str) -> int | None:
        return round(number(model[column])) or None

    return replace(
        JOB,
        params_total=whole("params_total") or 0,
        activations_per_sample=number(model["macts_forward_per_sample"]) * 1e6,
        layers=whole("layers"),
        hidden=whole("hidden"),
        heads=whole("heads"),
        kv_heads=whole("kv_heads"),
        head_dim=whole("head_dim"),
        intermediate=whole("intermediate"),
        vocab=whole("vocab"),
        title="tied" if model["tie_embeddings"] == "yes" else "",
    )


def weight_bytes(job: Workload, bits: float) -> int:
    """Return the bytes of the weights; below 16 bits the embedding and the head stay in 16."""
    if bits >= 16:
        return round(job.params_total * bits / 8)
    ends = (job.hidden or 0) * (job.vocab or 0) * (1 if job.title == "tied" else 2)
    return round((job.params_total - ends) * bits / 8 + ends * 2)


def vision_job(row: Row, job: Workload) -> Workload | None:
    if row["task"] != "train" or not job.activations_per_sample:
        return None
    precision = "amp_fp16" if "amp" in row["precision"] else "fp32"
    return replace(
        job, group="vision", precision=precision, weight_bytes=weight_bytes(job, 32),
        batch=round(number(row["batch_per_device"])),
    )  # fmt: skip


def language_job(row: Row, job: Workload) -> Workload | None:
    precision = row["precision"].lower()
    job = replace(
        job,
        batch=round(number(row["batch_per_device"])),
        sequence_tokens=round(number(row["input_size"])) or None,
    )
    is_adapter = row["method"] in ("lora", "qlora")
    if row["task"] == "infer":
        bits = BITS.get(precision)
        tokens = round(number(row["input_size"]) + number(row["gen_len"])) or SHORT_TEXT
        job = replace(job, mode=Mode.INFERENCE, batch=max(1, job.batch), sequence_tokens=tokens)
        return replace(job, weight_bytes=weight_bytes(job, bits)) if bits else None
    if not job.batch or not job.sequence_tokens or not (is_adapter or row["method"] == "full"):
        return None
    if is_adapter:
        bits = BITS.get(precision, 4.5) if row["method"] == "qlora" else 16
        return replace(job, mode=Mode(row["method"]), weight_bytes=weight_bytes(job, bits))
    if "amp" in precision or precision == "fp32":
        precision = "amp_fp16" if "amp" in precision else "fp32"
        return replace(job, precision=precision, weight_bytes=weight_bytes(job, 32))
    return replace(job, mode=Mode.FINETUNE, weight_bytes=weight_bytes(job, 16))


def is_plain_recipe(row: Row) -> bool:
    """One device, plain copies, or weights sharded over eight; no stacked tricks."""
    if any(row["source"] == s and m in ("", row["method"]) for s, m in OTHER_RECIPES):
        return False
    if row["source"] == "qwen1" and row["num_devices"] != "1":
        return False  # totals over the devices
    return row["parallelism"] in ("", "dp", "ddp") or row["source"] == "torchao"


def items(row: Row, job: Workload) -> tuple[Item, ...]:
    """Return what the formulas say is kept, by the row's own recipe."""
    job = replace(job, recipe=Recipe(is_checkpointed=row["act_ckpt"] == "1"))
    found = items_of(job) or ()
    if row["source"] == "torchao":
        return spread(job, found, Plan(copies=int(row["num_devices"]), shard=Shard.ALL))
    if row["method"] == "full" and row["precision"] in ("bfloat16", "bf16-true"):
        held = ONLY_STATE_OF_BF16 * job.params_total
        state = Item("weights, gradients, moments", held, Part.STATES)
        return (
            found[0],
            replace(state, bytes=state.bytes - found[0].bytes),
            *(item for item in found if not item.is_state),
        )
    return found


def sample_of(row: Row, models: dict[str, Row]) -> Sample | None:
    """Return the row beside its prediction, or None when its configuration is not known."""
    kind = SHARES.get(row["measure"])
    job = shaped(row, models)
    if kind is None or job is None or row["oom"] == "1" or not is_plain_recipe(row):
        return None
    found = vision_job(row, job) if row["family"] == "cnn" else None
    if job.layers and row["family"] in ("llm", "transformer"):
        found = language_job(row, job)
    if found is None:
        return None
    parts = items(row, found)
    held = sum(item.bytes for item in parts if item.is_state) * kind[0]
    live = sum(item.bytes for item in parts if not item.is_state) * kind[1]
    return Sample(
        class_of(found), row["source"], row["model"], row["device"], row["measure"],
        held, live, kind[2], parts[0].bytes, number(row["peak_gib"]) * GIB,
    )  # fmt: skip


def weights_of(samples: list[Sample]) -> np.ndarray:
    counts = Counter(s.source for s in samples)
    return np.array([1 / math.sqrt(counts[s.source]) for s in samples])


def quantile(values: np.ndarray, weights: np.ndarray, share: float) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order][min(len(order) - 1, np.searchsorted(total, share * total[-1]))])


def ratios(samples: list[Sample], state: float, live: float) -> np.ndarray:
    """Return measured over predicted."""
    return np.array([s.measured / (state * s.held + live * s.live + s.context) for s in samples])


def shares(samples: list[Sample]) -> tuple[float, float]:
    """Return the state and live shares of least absolute log error, the smaller ones on a tie."""
    weights = weights_of(samples)
    best = (math.inf, 1.0, 1.0)
    for state in STATE_GRID:
        for live in LIVE_GRID:
            log = np.log(ratios(samples, state, live))
            loss = float(np.average(abs(log), weights=weights)) + TIE * (state + live)
            best = min(best, (loss, float(state), float(live)))
    return best[1], best[2]


def left_out(samples: list[Sample]) -> np.ndarray:
    """Return the ratio of every row to a fit without its source and model together.

    A class of one source and one model has nothing to leave out: its own ratios come back.
    """
    names = [f"{s.source} {s.model}" for s in samples]
    out = ratios(samples, *shares(samples))
    for name in set(names) if len(set(names)) > 1 else ():
        mine = [i for i, other in enumerate(names) if other == name]
        found = shares([s for s, other in zip(samples, names, strict=True) if other != name])
        out[mine] = ratios([samples[i] for i in mine], *found)
    return out


def fit(samples: list[Sample]) -> Fit:
    """Return the shares and the band that holds 90 % of the rows left out."""
    outside = left_out(samples)
    low, high = (quantile(outside, weights_of(samples), share) for share in BANDS)
    return Fit(*shares(samples), low, high)


def inside(samples: list[Sample], found: Fit) -> np.ndarray:
    """Return which rows lie in the shown interval; its low end is never below the weights."""
    ratio = ratios(samples, found.state, found.live)
    held = np.array([s.measured / ratio[i] for i, s in enumerate(samples)])
    low = np.maximum(found.low, np.array([s.weights for s in samples]) / held)
    answer: np.ndarray = (ratio >= low) & (ratio <= found.high)
    return answer


def report(name: str, samples: list[Sample]) -> str:
    """Print the ratios of a class to stderr and return its generated source lines."""
    found, weights = fit(samples), weights_of(samples)
    after = ratios(samples, found.state, found.live)
    before = ratios(samples, 1.0, 1.0)
    is_in = inside(samples, found)
    print(
        f"{name:19} rows {len(samples):4} state x{found.state:.2f} live x{found.live:.2f} band "
        f"x{found.low:.2f}..x{found.high:.2f} inside {is_in.mean():.0%} "
        f"(weighted {np.average(is_in, weights=weights):.0%})",
        file=sys.stderr,
    )
    for group in sorted({(s.source, s.measure) for s in samples}):
        mine = [i for i, s in enumerate(samples) if (s.source, s.measure) == group]
        for words, values in (("formula alone", before[mine]), ("with overhead", after[mine])):
            five = [f"{q:.2f}" for q in np.quantile(values, (0, 0.05, 0.5, 0.95, 1))]
            print(f"    {' '.join(group):28} {len(mine):4} {words} {five}", file=sys.stderr)
    devices = len({s.device for s in samples})
    return (
        f'    "{name}": Overhead(state={found.state:.2f}, live={found.live:.2f}, '
        f"low={found.low:.3f}, high={found.high:.3f}, inside={is_in.mean():.3f}, "
        f"rows={len(samples)}, devices={devices}, models={len({s.model for s in samples})}, "
        f"sources={len({s.source for s in samples})}),\n"
    )


def verdicts() -> None:
    """Print what the shipped table makes of the bundled jobs on cards of common sizes."""
    catalog = Catalog.open(catalog_file())
    print(f"{'job':22}{'GiB: low need high':>24}  on {SIZES_GIB} GiB", file=sys.stderr)
    for job in catalog.workloads():
        found = [memory.predict_memory(job, size * GIB) for size in SIZES_GIB]
        band = [f"{(b or 0) / GIB:.1f}" for b in (found[0].low, found[0].need_bytes, found[0].high)]
        words = " ".join(f"{one.verdict:5}" for one in found)
        print(f"{job.id:22}{' '.join(band):>24}  {words}", file=sys.stderr)


HEADER = '''"""What frameworks keep in memory beyond the formulas: fitted, not guessed.

Written by benchmarks/fit_footprint.py; change it there. Fitted on published peaks (gathered
2026-11-20 from public result sets). ``low`` and ``high`` bound 90 % of the rows when each is
compared with a fit that did not see its source and model together; ``inside`` is the share of all
rows in the interval as it is shown. A class without rows has the widest band of all.
"""

from __future__ import annotations

from dataclasses import dataclass

SOURCE = "fit on published memory peaks, 2026-11-20"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overhead:
    """Factors on what is held, on what comes and goes, and the band around the whole need."""

    state: float
    live: float
    low: float
    high: float
    inside: float
    rows: int
    devices: int
    models: int
    sources: int


OVERHEAD: dict[str, Overhead] = {
'''


def read(folder: Path) -> Iterator[Sample]:
    """Yield every row whose configuration is known."""
    with (folder / "models.csv").open(newline="") as file:
        models = {plain(row["id"]): row for row in csv.DictReader(file)}
    with (folder / "memory.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            found = sample_of(row, models)
            if found is not None:
                yield found


def main() -> None:
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in read(Path(sys.argv[1])):
        groups[sample.work_class].append(sample)
    body = "".join(report(name, samples) for name, samples in sorted(groups.items()))
    fits = [fit(samples) for samples in groups.values()]
    for name in UNMEASURED:
        body += (
            f'    "{name}": Overhead(state=1.0, live=1.0, low={min(f.low for f in fits):.3f}, '
            f"high={max(f.high for f in fits):.3f}, inside=0.0, rows=0, devices=0, models=0, "
            "sources=0),\n"
        )
    verdicts()
    print(HEADER + body + "}")


if __name__ == "__main__":
    main()
