"""What the Workload tab knows and shows: frozen values without Qt."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.offer import Offer
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.prediction import Evidence, Prediction
from hwstudio.core.model.price import Price
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.job import UNSTATED, Software
from hwstudio.core.predict.fitted.latency import NO_LATENCY, Latency
from hwstudio.core.predict.job_maker import JobWish, job_of
from hwstudio.core.predict.memory import MemoryPrediction
from hwstudio.core.predict.module.result import ModuleMemory
from hwstudio.core.predict.savings import Saving
from hwstudio.core.predict.time_parts import TimePart
from hwstudio.core.predict.ways import Way
from hwstudio.core.project.own_limits import NOTHING_TRIED, OwnLimits

KINDS = (  # id, words, families
    ("text", "Chat and text", ("transformer-decoder", "moe")),
    ("understand", "Text understanding (BERT)", ("transformer-encoder",)),
    ("pictures", "Recognise pictures", ("cnn", "vit", "detection", "segmentation")),
    ("generate", "Make pictures", ("diffusion",)),
    ("translate", "Translate, summarise, forecast", ("encoder-decoder",)),
    ("speech", "Speech", ("speech",)),
    ("more", "GANs, games, recurrent networks", ("gan", "rl", "rnn", "recsys", "other")),
)


@dataclass(frozen=True, slots=True)
class Stock:
    """What the catalogue and the settings give this tab."""

    models: tuple[AiModel, ...]
    gpus: tuple[Gpu, ...]
    cards: tuple[GpuCard, ...]
    offers: tuple[Offer, ...]
    price_per_kwh: float
    currency: str
    tariff_source: str
    kept_file: Path | None = None  # where the wish is kept from one day to the next


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user asks. ``gpu_id``: the hardware the answer above the table is about."""

    kind: str
    model: AiModel
    job: JobWish
    count: int = 1
    software: Software | None = None  # None: the usual one
    gpu_id: str = ""
    has_offers: bool = False  # the offers are looked at
    has_savings: bool = False  # so is what would save memory
    has_ways: bool = False  # and the ways several GPUs can share it
    exact: ModuleMemory | None = None  # a step of the model that was reckoned to the byte

    @property
    def workload(self) -> Workload:
        """Return the job as every estimate takes it."""
        return self.workload_on(self.count)

    def workload_on(self, count: int) -> Workload:
        """Return the job as so many GPUs do it."""
        return job_of(self.model, self.job, count)


@dataclass(frozen=True, slots=True)
class HardwareRow:
    """One GPU (``count`` of it) and the job."""

    gpu: Gpu
    count: int
    is_own: bool
    memory: MemoryPrediction
    speed: Prediction
    time: Prediction
    power: Prediction  # of the GPUs
    energy: Prediction  # at the wall
    cost: Prediction
    price: Price | None  # of the cheapest card

    @property
    def badge(self) -> str:
        """Return how good the ground is, in two words."""
        ground = self.speed.inputs.get("ground", "")
        if self.speed.median is None:
            return "no estimate"
        if self.speed.evidence is Evidence.MEASURED_HERE:
            return "measured here"
        if ground.startswith("moved"):
            return "calibrated"
        if ground.startswith("this model and this GPU"):
            return "near measured"
        return "scaled" if ground and not ground.startswith("neither") else "estimated"


@dataclass(frozen=True, slots=True)
class RentRow:
    """One cloud offer and the job; money in USD, before tax."""

    offer: Offer
    count: int
    memory: MemoryPrediction
    time: Prediction
    job_usd: Prediction
    is_stale: bool


@dataclass(frozen=True, slots=True)
class WayRow:
    """One way several GPUs can share the job, and its speed."""

    way: Way
    speed: Prediction


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """How far off the model was where it never looked."""

    kind: str
    case: str
    devices: str
    rows: int
    median: float
    p90: float


@dataclass(frozen=True, slots=True)
class WorkloadState:
    """Everything on the screen."""

    wish: Wish
    workload: Workload
    rows: tuple[HardwareRow, ...] = ()
    chosen: HardwareRow | None = None
    sentence: str = ""
    advice: str = ""
    advised: Workload | None = None  # the job as the advice changes it
    software: tuple[Software, ...] = ()
    software_names: tuple[str, ...] = ()  # of each, in words
    software_used: Software = UNSTATED
    software_note: str = ""  # why it is not known to run on the chosen hardware
    parts: tuple[TimePart, ...] = ()  # of the chosen hardware's time
    latency: Latency = NO_LATENCY
    least: HardwareRow | None = None  # the smallest memory it surely fits
    errors: tuple[ErrorRow, ...] = ()
    rent: tuple[RentRow, ...] = ()
    savings: tuple[Saving, ...] = ()
    modes: str = ""  # what each thing to do with the model needs, side by side
    ways: tuple[WayRow, ...] = ()
    link: str = ""  # between the GPUs of the ways
    measured: int = 0  # speeds the user told
    own: OwnLimits = NOTHING_TRIED  # what was tried on this computer
