"""Usual tasks, small to large, with the models that stand for them and the memory they ask for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Mode
from hwstudio.core.predict.job_maker import job_of, modes_of, usual_wish
from hwstudio.core.predict.memory import predict_memory
from hwstudio.core.predict.smallest import smallest_card


@dataclass(frozen=True, slots=True)
class Task:
    """One row of the list. The last model is the one that needs most."""

    field: str
    title: str
    mode: Mode
    model_ids: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaskAnswer:
    """What a task asks of one GPU; ``card`` None = no GPU of the catalogue holds it."""

    task: Task
    models: tuple[AiModel, ...]
    need_low_bytes: int | None = None
    need_high_bytes: int | None = None
    card: Gpu | None = None
    is_cpu_enough: bool = False

    @property
    def opens(self) -> AiModel | None:
        """Return the model the task begins with: the first that can be asked about."""
        return next((m for m in self.models if self.task.mode in modes_of(m)), None)

    @property
    def is_classic(self) -> bool:
        """Say whether it is a classic method that can be asked about (``predict/classic``)."""
        return any(model.id in CLASSIC for model in self.models)


CLASSIC = ("logistic-regression",)  # ARIMA and Prophet are counted nowhere
_STEPS_ON_CPU = "environment steps run on the processor: about one core for each environment"
TASKS = (
    Task("Pictures", "Image classification, small", Mode.TRAIN,
         ("timm-mobilenetv3_small_100", "timm-resnet18")),
    Task("Pictures", "Image classification, medium", Mode.TRAIN,
         ("timm-resnet50", "timm-efficientnet_b3")),
    Task("Pictures", "Image classification, large", Mode.TRAIN,
         ("timm-convnext_large", "timm-vit_large_patch16_224")),
    Task("Pictures", "Object detection: YOLO", Mode.TRAIN, ("yolo11n", "yolo11m", "yolo11x")),
    Task("Pictures", "Object detection: Faster R-CNN, SSD", Mode.TRAIN,
         ("d2-faster-r-cnn-r50-fpn", "tv-ssd300_vgg16", "d2-retinanet-r50-fpn")),
    Task("Pictures", "Segmentation: U-Net", Mode.TRAIN, ("smp-unet-resnet34", "smp-unet-resnet50")),
    Task("Pictures", "Segmentation: DeepLab, Mask R-CNN", Mode.TRAIN,
         ("tv-deeplabv3_resnet50", "d2-mask-r-cnn-r50-fpn")),
    Task("Pictures", "Style transfer", Mode.TRAIN, ("fast-neural-style", "cyclegan-g"),
         "a GAN also holds its discriminator: see its own row"),
    Task("Pictures", "Make faces with a GAN", Mode.TRAIN, ("dcgan-g", "stylegan2-256-g"),
         "a GAN also holds its discriminator: see its own row"),
    Task("Pictures", "Make pictures from words", Mode.GENERATE,
         ("sd15-unet", "sdxl-unet", "flux1-dev")),
    Task("Text", "Text classification, classical", Mode.TRAIN,
         ("logistic-regression", "linear-svm")),
    Task("Text", "Text classification, BERT", Mode.FINETUNE, ("distilbert-base", "bert-base")),
    Task("Text", "Train a GPT-2", Mode.TRAIN, ("gpt2", "gpt2-medium")),
    Task("Text", "Train a network as large as GPT-3", Mode.TRAIN, ("gpt3-13b", "gpt3-175b"),
         "its weights were never published: it cannot run locally, only be trained anew"),
    Task("Text", "Chat with 8 billion parameters", Mode.INFERENCE, ("llama-3.1-8b",)),
    Task("Text", "Teach an 8B model (QLoRA)", Mode.QLORA, ("llama-3.1-8b",)),
    Task("Text", "Summarise: T5, BART", Mode.TRAIN, ("t5-small", "t5-base", "bart-base")),
    Task("Text", "Machine translation", Mode.TRAIN,
         ("marian-opus-mt", "transformer-base", "nllb-200-600m")),
    Task("Sound", "Speech recognition", Mode.TRAIN, ("whisper-tiny", "whisper-small")),
    Task("Time series", "Forecasting, classical", Mode.TRAIN, ("arima", "prophet")),
    Task("Time series", "Forecasting, deep", Mode.TRAIN,
         ("lstm-forecast-2x128", "patchtst", "informer")),
    Task("Control", "Reinforcement learning, simple", Mode.TRAIN,
         ("dqn-cartpole", "ppo-cartpole"), _STEPS_ON_CPU),
    Task("Control", "Reinforcement learning from pictures", Mode.TRAIN,
         ("dqn-atari", "ppo-atari"), _STEPS_ON_CPU),
)  # fmt: skip


def task_answers(models: Mapping[str, AiModel], gpus: Iterable[Gpu]) -> tuple[TaskAnswer, ...]:
    """Return every task with the memory its models ask of one GPU, at the usual settings."""
    cards = tuple(gpus)
    return tuple(_answer(task, models, cards) for task in TASKS)


def _answer(task: Task, models: Mapping[str, AiModel], gpus: tuple[Gpu, ...]) -> TaskAnswer:
    found = tuple(models[name] for name in task.model_ids if name in models)
    is_cpu = bool(found) and all(model.is_cpu_enough for model in found)
    jobs = [job_of(m, usual_wish(m, task.mode)) for m in found if task.mode in modes_of(m)]
    needs = [(predict_memory(job, 0, is_advised=False), job) for job in jobs]
    told = [(need, job) for need, job in needs if need.low is not None and need.high is not None]
    if not told:
        return TaskAnswer(task, found, is_cpu_enough=is_cpu)
    most, heaviest = max(told, key=lambda one: one[0].high or 0)
    return TaskAnswer(
        task,
        found,
        min(need.low or 0 for need, _ in told),
        most.high,
        smallest_card(heaviest, gpus),
        is_cpu,
    )
