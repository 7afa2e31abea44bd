"""Six typical jobs to begin with; where each runs is worked out, never written down."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.cloud.routing.job import Data, Job, Local, Rules, Task

DAY = 24.0


@dataclass(frozen=True, slots=True)
class Preset:
    """A typical job; ``words`` say what is supposed of it."""

    id: str
    job: Job
    words: str


PRESETS = (
    Preset(
        "daily",
        Job(
            name="Daily development",
            task=Task(workload_id="resnet50_train", hours=2, device="RTX 3070"),
            data=Data(in_gb=20, out_gb=0.1),
            rules=Rules(deadline_hours=3, is_interruptible=False),
        ),
        "2 h of trying things on an RTX 3070's worth of GPU, 20 GB at home, within 3 h",
    ),
    Preset(
        "batch",
        Job(
            name="Batch training",
            task=Task(workload_id="resnet50_train", hours=200, device="RTX 3070"),
            data=Data(in_gb=150, out_gb=1),
            rules=Rules(deadline_hours=5 * DAY),
        ),
        "200 h on an RTX 3070, 150 GB of images, done in 5 days, may be interrupted",
    ),
    Preset(
        "experiments",
        Job(
            name="Experiments",
            task=Task(workload_id="llm_qlora_8b", units=10_000),
            data=Data(in_gb=1, out_gb=0.5),
            rules=Rules(deadline_hours=2 * DAY, budget=Decimal(5)),
        ),
        "one try at fine-tuning an 8B model, within 2 days and $5",
    ),
    Preset(
        "production",
        Job(
            name="Production run",
            task=Task(workload_id="llm_chat_8b", units=20e6),
            data=Data(in_gb=20, out_gb=10),
            rules=Rules(deadline_hours=2 * DAY, is_interruptible=False),
        ),
        "20 million tokens from an 8B model within 2 days, not to be interrupted",
    ),
    Preset(
        "peak",
        Job(
            name="Peak load",
            task=Task(workload_id="sd15_generate", units=20_000),
            data=Data(in_gb=4, out_gb=10),
            rules=Rules(deadline_hours=DAY),
            local=Local(queue_hours=2 * DAY),
        ),
        "20,000 images by tomorrow while the own machine is busy for 2 days",
    ),
    Preset(
        "large",
        Job(
            name="Large language model",
            task=Task(workload_id="llm_full_finetune_8b"),
            data=Data(in_gb=30, out_gb=16),
            rules=Rules(deadline_hours=5 * DAY),
        ),
        "all weights of an 8B model, 45,000 sequences, within 5 days",
    ),
)
