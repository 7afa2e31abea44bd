"""The settings most people leave alone: how the job is run, and what is around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QPushButton, QWidget

from hwstudio.core.base.units import significant
from hwstudio.core.model.recipe import USUAL_RANK, Adapted, Cache, Optimiser
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.job_maker import JobWish, Sharing, sharings_of
from hwstudio.core.project.own_limits import MeasuredFeed
from hwstudio.gui.kit.fields import ChoiceField, NumberField, SliderField, Span, labelled
from hwstudio.gui.kit.fold import Fold
from hwstudio.gui.workload.viewmodel import WorkloadViewModel
from hwstudio.gui.workload.wish_parts import USUAL_DRIVE_MB_S, Part, changed, shown

USUAL = "usual"
_OPTIMISERS = (
    (USUAL, "Usual for this job"), (Optimiser.ADAM, "Adam"), (Optimiser.ADAM_8BIT, "Adam, 8-bit"),
    (Optimiser.ADAFACTOR, "Adafactor"), (Optimiser.MOMENTUM, "SGD with momentum"),
    (Optimiser.SGD, "Plain SGD"),
)  # fmt: skip
_KEPT = (
    (USUAL, "Usual for this job"), ("off", "Keep all (faster)"),
    ("on", "Recompute (about a third slower)"),
)  # fmt: skip
_ATTENTION = (("fused", "Fused (FlashAttention, SDPA)"), ("plain", "Plain"))
_CACHES = (
    (Cache.FP16, "16 bits (usual)"), (Cache.FP8, "8 bits (FP8)"), (Cache.Q8, "8 bits (Q8)"),
    (Cache.Q4, "4 bits (Q4)"),
)  # fmt: skip
_ADAPTED = ((Adapted.ALL, "All layers (usual)"), (Adapted.ATTENTION, "Attention only"))
_TIPS = {
    Part.RANK: "How wide the adapters of LoRA are. They count in the memory; the time "
    "hardly changes and does not know it",
    Part.ADAPTED: "Which matrices get an adapter. It counts in the memory, not in the time",
    Part.ATTENTION: "Plain attention keeps the scores of all pairs of tokens and moves them "
    "through memory: more of it, and more time in long texts. The time is counted, not measured",
    Part.CACHE: "Fewer bits take less memory and are read faster, which shows in long texts. The "
    "time is counted: unpacking can cost as much, so the slow end of the range stays",
}
SHARING_WORDS = {
    Sharing.AUTO: "Usual for this job",
    Sharing.COPY: "A full copy on each",
    Sharing.OPTIMISER: "Optimiser spread (ZeRO-1)",
    Sharing.GRADIENTS: "Gradients spread too (ZeRO-2)",
    Sharing.ALL: "All spread (ZeRO-3, FSDP)",
    Sharing.TENSOR: "Each layer split (tensor parallel)",
    Sharing.PIPELINE: "Layers dealt out (pipeline)",
}


@dataclass(frozen=True, slots=True)
class _Typed:
    """A number that is typed."""

    name: str
    unit: str
    low: float = 0.0
    high: float = 1e6
    value: float = 0.0
    decimals: int = 0


_TYPED = {
    Part.RUNS: _Typed("Runs, for example of a search", "", low=1, value=1),
    Part.SETUP: _Typed("Preparing each run", "min", decimals=1),
    Part.FEED: _Typed("Data arrive at, at most (0: fast enough)", "/s", high=1e9),
    Part.SAVE_EVERY: _Typed("Save a checkpoint every (0: never)", "min"),
    Part.SAVE_SPEED: _Typed("Speed of that drive", "MB/s", low=1, value=USUAL_DRIVE_MB_S),
}


def _field(part: Part) -> NumberField:
    told = _TYPED[part]
    return NumberField(
        told.name, low=told.low, high=told.high, value=told.value, unit=told.unit,
        decimals=told.decimals,
    )  # fmt: skip


class MoreSettings(Fold):
    """``changed`` carries the new job; ``rejected`` why a typed number cannot be.

    ``supply_wanted``: how fast this computer prepares pictures is to be measured.
    """

    changed = Signal(object)
    rejected = Signal(str)
    supply_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("More settings", parent)
        self._job: JobWish | None = None
        self._choices: dict[Part, ChoiceField] = {
            Part.SHARING: ChoiceField("How the GPUs share the job"),
            Part.OPTIMISER: ChoiceField("Optimiser", _OPTIMISERS),
            Part.KEPT: ChoiceField("Values kept for the backward pass", _KEPT),
            Part.ATTENTION: ChoiceField("Attention", _ATTENTION),
            Part.CACHE: ChoiceField("Memory of the text so far", _CACHES),
            Part.ADAPTED: ChoiceField("Adapters on", _ADAPTED),
        }
        self._numbers: dict[Part, NumberField | SliderField] = {
            Part.RANK: SliderField(
                "Rank of the adapters", Span(1, 4096, 4, 256, is_log=True), value=USUAL_RANK
            ),
            Part.ACCUMULATION: SliderField(
                "Batches before a step", Span(1, 4096, 1, 64, is_log=True), value=1
            ),
            **{part: _field(part) for part in _TYPED},
        }
        self._rows: dict[Part, QWidget] = {}
        self._measured_supply: MeasuredFeed | None = None
        self.supply = QPushButton()
        self.supply.setProperty("link", True)
        self.supply.clicked.connect(self._on_supply)
        self._build()

    def _build(self) -> None:
        for part, choice in self._choices.items():
            self._add(part, labelled(choice.accessibleName(), choice))
            choice.chosen.connect(partial(self._on_set, part))
        for part, number in self._numbers.items():
            is_typed = part in _TYPED
            self._add(part, labelled(_TYPED[part].name, number) if is_typed else number)
            number.changed.connect(partial(self._on_set, part))
            number.rejected.connect(self.rejected)
            if part is Part.FEED:
                self.body.addWidget(self.supply, 0, Qt.AlignmentFlag.AlignLeft)

    def _add(self, part: Part, row: QWidget) -> None:
        self._rows[part] = row
        row.setToolTip(_TIPS.get(part, ""))
        self.body.addWidget(row)

    def show_wish(self, model: WorkloadViewModel) -> None:
        """Show what is asked; what does not matter for this kind of job is hidden."""
        wish = model.wish
        self._job = job = wish.job
        sharings = sharings_of(wish.model, job.mode)
        self._choices[Part.SHARING].set_options([(s, SHARING_WORDS[s]) for s in sharings])
        for part, choice in self._choices.items():
            choice.set_value(str(shown(job, part)) or USUAL)
        for part, number in self._numbers.items():
            value = float(shown(job, part))
            if number.value != value:
                number.set_value(value)
        is_text = wish.kind in ("text", "understand")
        writes = wish.workload.writes_text
        is_adapter = job.mode in (Mode.LORA, Mode.QLORA)
        is_training = job.mode not in (Mode.INFERENCE, Mode.GENERATE)
        visible = {
            Part.SHARING: wish.count > 1 and len(sharings) > 1,
            Part.OPTIMISER: is_training,
            Part.KEPT: is_training,
            Part.ATTENTION: is_text and not writes,
            Part.CACHE: writes,
            Part.RANK: is_adapter,
            Part.ADAPTED: is_adapter,
            Part.ACCUMULATION: is_training,
            Part.SAVE_EVERY: is_training,
            Part.SAVE_SPEED: is_training and bool(job.around.save_every_s),
        }
        for part, row in self._rows.items():
            row.setVisible(visible.get(part, True))

    def show_supply(self, feed: MeasuredFeed | None, *, is_of_pictures: bool) -> None:
        """Offer what this computer was measured to prepare, or to measure it."""
        self._measured_supply = feed
        self.supply.setVisible(is_of_pictures)
        if feed is None:
            self.supply.setText("Measure it on this computer")
            self.supply.setToolTip("Benchmark measures how fast pictures are prepared here")
        else:
            self.supply.setText(f"Take {significant(feed.images_per_s, 3)}/s, measured here")
            self.supply.setToolTip(f"{feed.words}.")

    @Slot()
    def _on_supply(self) -> None:
        feed = self._measured_supply
        if feed is None:
            self.supply_wanted.emit()
        else:
            self._on_set(Part.FEED, float(significant(feed.images_per_s, 3).replace(",", "")))

    def _on_set(self, part: Part, value: object) -> None:
        if self._job is not None:
            told = "" if value == USUAL else value
            self._job = changed(self._job, part, told)
            self.changed.emit(self._job)
