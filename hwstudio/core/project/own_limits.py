"""What benchmarks of this computer say beside a prediction: the largest batch, the data supply.

Both are limits that were met here and not estimates: they stand beside the answer and never move
it by themselves.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.base.units import gib, significant
from hwstudio.core.bench.suites import bench
from hwstudio.core.bench.take_in import is_imported
from hwstudio.core.history.store import History
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.result import Result

LARGEST_BATCH, LOADING = "largest_batch", "data_loading"
NETWORKS = {  # of the benchmark, by the model of the library it is
    "timm-resnet18": "pictures",
    "timm-resnet50": "resnet50",
    "bert-base": "bert",
    "gpt2": "gpt2",
}
_WORKERS = "workers "  # of a metric: "workers 4"


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedBatch:
    """The most samples at once that trained here; ``beyond`` did not fit (None: not looked for).

    ``tokens``: of one text; 0 for pictures. ``limit_bytes``: the memory it was allowed.
    """

    batch: int
    beyond: int | None
    precision: str
    tokens: int
    device: str
    limit_bytes: int | None
    taken_at: str

    @property
    def words(self) -> str:
        """Return what was tried and where, without its full stop."""
        room = f"{gib(self.limit_bytes)} of memory" if self.limit_bytes else ""
        length = f"{self.tokens:,} tokens each" if self.tokens else ""
        about = ", ".join(each for each in (self.device, room, self.precision, length) if each)
        fails = f", not {self.beyond:,}" if self.beyond else ""
        return f"Tried here {self.taken_at[:10]}: {self.batch:,} train{fails} ({about})"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredFeed:
    """How many pictures a second this computer prepares, with how many loading processes."""

    images_per_s: float
    workers: int
    taken_at: str

    @property
    def words(self) -> str:
        """Return what was measured, without its full stop."""
        noun = "process" if self.workers == 1 else "processes"
        return (
            f"This computer prepares {significant(self.images_per_s, 3)} pictures/s with "
            f"{self.workers} loading {noun} (measured {self.taken_at[:10]})"
        )


@dataclass(frozen=True, slots=True)
class OwnLimits:
    """What is known; by model id. ``feed`` None: not measured."""

    batches: Mapping[str, TriedBatch] = field(default_factory=dict)
    feed: MeasuredFeed | None = None


NOTHING_TRIED = OwnLimits()


def network_of(model: AiModel) -> str:
    """Return the benchmark's name of a model of the library; "" where it has none."""
    return NETWORKS.get(model.id, "")


def own_limits(history: History) -> OwnLimits:
    """Return what the newest usable runs of this computer say.

    Raises:
        HostError: the history cannot be read.
    """
    tried = history.results(LARGEST_BATCH, with_samples=False)
    loaded = history.results(LOADING, with_samples=False)
    return OwnLimits(tried_batches(tried), measured_feed(loaded))


def tried_batches(results: Iterable[Result]) -> dict[str, TriedBatch]:
    """Return the newest batch of each model; results come newest first."""
    models = {network: model for model, network in NETWORKS.items()}
    found: dict[str, TriedBatch] = {}
    for result in results:
        for metric in result.metrics if is_own(result) else ():
            model = models.get(metric.name)
            if model is not None and model not in found and metric.median >= 1:
                found[model] = _tried(result, metric.name, round(metric.median))
    return found


def _tried(result: Result, network: str, batch: int) -> TriedBatch:
    about = _told(_told(result.conditions, "series"), network)
    limit, beyond = result.conditions.get("limit_bytes"), about.get("next_batch")
    return TriedBatch(
        batch=batch,
        beyond=beyond if isinstance(beyond, int) else None,
        precision=str(about.get("precision_asked") or "").upper(),
        tokens=int(about.get("tokens") or 0),
        device=_device(result),
        limit_bytes=limit if isinstance(limit, int) else None,
        taken_at=result.taken_at,
    )


def measured_feed(results: Iterable[Result]) -> MeasuredFeed | None:
    """Return the newest data supply: with as many loading processes as bring something."""
    for result in results:
        rates = {
            int(metric.name.removeprefix(_WORKERS)): metric.median
            for metric in result.metrics
            if metric.name.removeprefix(_WORKERS).isdigit() and metric.median > 0
        }
        if not rates or not is_own(result):
            continue
        enough = result.conditions.get("enough_workers")
        best = max(rates, key=lambda count: rates[count])
        count = enough if isinstance(enough, int) and enough in rates else best
        return MeasuredFeed(images_per_s=rates[count], workers=count, taken_at=result.taken_at)
    return None


def is_own(result: Result) -> bool:
    """Say whether it is of this computer, by the method of today, and possible."""
    return (
        not is_imported(result)
        and result.machine == (platform.node() or "this computer")
        and result.method_version == bench(result.bench).method_version
        and result.verdict != "impossible"
    )


def _device(result: Result) -> str:
    about = _told(result.conditions, "device")
    if about.get("device") == "cpu":
        return "processor"
    return str(about.get("device_name") or result.device)


def _told(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = holder.get(name)
    return found if isinstance(found, dict) else {}


def feed_words(feed: MeasuredFeed, images_per_s: float) -> str:
    """Return that a job of so many pictures/s would wait for its data here; "" when it would not.

    The benchmark cuts its pictures to 224 px, as most networks that recognise them ask.
    """
    if images_per_s <= feed.images_per_s:
        return ""
    takes = significant(images_per_s, 3)
    return f"{feed.words}; the GPU could take {takes}, so here it would wait for data"
