"""Three kinds of project with the memory, the GPU memory and the disk room each asks for."""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.base.units import GIB, gib, si
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.job import saved_bytes
from hwstudio.core.predict.job_maker import job_of, usual_wish
from hwstudio.core.predict.memory import predict_memory
from hwstudio.core.project.guides.texts import memory_guide
from hwstudio.core.project.page_blocks.ground import Ground, table

USER, DATA = "learning", "processing"  # of the memory guide
TABLE_BYTES = 1_000_000 * 50 * 8.0  # rows, columns, bytes of a number
COPIES = 4  # of a table while it is joined, split and handed to a method
PICTURES, PICTURE_BYTES = 20_000, 160e3  # photos of about 640 px, packed
WORKERS, WORKER_BYTES = 4, 0.75 * GIB  # as the memory guide has them
KEPT_CHECKPOINTS = 3


@dataclass(frozen=True, slots=True)
class Project:
    """One row: bytes in main memory beside system and programs, on the GPU, on the disk."""

    title: str
    memory_bytes: float
    card: str
    disk_bytes: float
    what: str


def project_memory(ground: Ground) -> str:
    """Return three projects, each with the three sizes and what is in them."""
    base, projects = _base_bytes(), _projects(ground)
    rows: list[tuple[str, ...]] = [
        (each.title, gib(round(base + each.memory_bytes)), each.card, si(each.disk_bytes, "B"))
        for each in projects
    ]
    told = table(("Project", "Main memory", "Memory of the GPU", "Disk"), rows)
    whats = "\n".join(f"- {each.title}: {each.what}." for each in projects)
    about = (
        f"{gib(round(base))} of the main memory are the system, programs and libraries of a "
        f"learner ({memory_guide().source.partition(';')[0]})."
    )
    return f"{told}\n\n{about}\n\n{whats}"


def _projects(ground: Ground) -> list[Project]:
    photos = _job(ground, "yolo11m", Mode.TRAIN)
    words = _job(ground, "llama-3.1-8b", Mode.QLORA)
    made = [_houses()]
    made += [_photos(photos)] if photos is not None else []
    made += [_words(words)] if words is not None else []
    return made


def _houses() -> Project:
    what = (
        f"a table of a million rows and 50 columns, {COPIES} copies in memory while it is worked "
        "on, two on disk"
    )
    none = "none: a processor is enough"
    return Project(
        "Predict the prices of houses", COPIES * TABLE_BYTES, none, 2 * TABLE_BYTES, what
    )


def _photos(job: Workload) -> Project:
    disk = PICTURES * PICTURE_BYTES + KEPT_CHECKPOINTS * saved_bytes(job)
    what = (
        f"YOLO11m learns from {PICTURES:,} photos, {job.batch} at once; {WORKERS} loading "
        f"processes; {KEPT_CHECKPOINTS} checkpoints"
    )
    return Project("Find things in photos", WORKERS * WORKER_BYTES, _card(job), disk, what)


def _words(job: Workload) -> Project:
    weights = 2.0 * job.params_total
    what = (
        "Llama 3.1 8B with QLoRA; its weights in 16 bits pass through main memory once and stay "
        f"on disk; {KEPT_CHECKPOINTS} checkpoints of the adapters"
    )
    disk = weights + KEPT_CHECKPOINTS * saved_bytes(job)
    return Project("Teach a language model", weights, _card(job), disk, what)


def _base_bytes() -> float:
    """Return what the memory guide gives a learner beside the data, which the projects count."""
    found = next(user for user in memory_guide().budgets if user.id == USER)
    return float(sum(item.total_bytes for item in found.items if item.id != DATA))


def _job(ground: Ground, model_id: str, mode: Mode) -> Workload | None:
    models = ground.studio.catalog.ai_models()
    model = next((each for each in models if each.id == model_id), None)
    return None if model is None else job_of(model, usual_wish(model, mode))


def _card(job: Workload) -> str:
    need = predict_memory(job, 0, is_advised=False)
    if need.low is None or need.high is None:
        return "not known"
    return f"{gib(need.low)} to {gib(need.high)}"
