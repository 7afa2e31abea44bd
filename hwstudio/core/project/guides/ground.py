"""What is known of each row of a build for a job: the evidence beside the ranking, in sentences."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.base.units import duration, gib, rate, significant, watts
from hwstudio.core.guide.priority import Ground
from hwstudio.core.guide.supply import (
    DRIVE,
    PROCESSOR,
    TOLD,
    Job,
    drive_per_s,
    processor_per_s,
    reached,
    stays_in_memory,
)
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.optimize.slots import WHOLE_LINK, lanes_of
from hwstudio.core.optimize.solve import PlannedBuild
from hwstudio.core.power.judge import rating_w
from hwstudio.core.predict.job import saved_bytes, saving_share
from hwstudio.core.predict.memory import Fit
from hwstudio.core.project.guides.feeding import feeding_of, is_of_pictures, read_words

_TOO_LITTLE_POWER = ("R25", "R26", "R27", "R32")
_HEAT_OF_CARDS = ("R41", "R43")
_BAD = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Case:
    """A judged build with its job; ``free``: the same with its cards' power limit taken off."""

    workload: Workload
    planned: PlannedBuild
    job: Job
    free: PlannedBuild | None = None

    @property
    def card_per_s(self) -> float | None:
        """What the cards alone do."""
        return self.planned.prediction.median

    def found(self, rules: tuple[str, ...], severities: tuple[Severity, ...]) -> Finding | None:
        """Return the first finding of some rules."""
        fit = (f for f in self.planned.findings if f.rule in rules and f.severity in severities)
        return next(fit, None)


def grounds(case: Case) -> dict[PartKind, Ground]:
    """Return the ground of every row."""
    return {
        PartKind.GPU_CARD: Ground(_card(case)),
        PartKind.CPU: _processor(case),
        PartKind.MOTHERBOARD: Ground(_board(case)),
        PartKind.RAM: _memory(case),
        PartKind.STORAGE: Ground(_drive(case)),
        PartKind.PSU: _supply(case),
        PartKind.COOLER: _cooler(case),
        PartKind.CASE: _case(case),
    }


def _card(case: Case) -> str:
    speed, unit = case.planned.prediction, case.workload.unit
    if speed.median is None or speed.low is None or speed.high is None:
        return f"No speed is known: {speed.refused or 'nothing backs an estimate'}."
    words = (
        f"The cards do about {significant(speed.median)} {unit}/s "
        f"({significant(speed.low)} to {significant(speed.high)}, {speed.evidence.value})."
    )
    reach = reached(speed.median, case.job, feeding_of(case.planned.build))
    slower = {
        PROCESSOR: "the processor prepares",
        DRIVE: "the drive brings at most",
        TOLD: "you said that the data arrive at",
    }
    if reach.limit in slower:
        words += f" But {slower[reach.limit]} {significant(reach.per_s)}/s, so faster cards wait."
    return words


def _processor(case: Case) -> Ground:
    speed, cpu = case.card_per_s, case.planned.build.cpu
    if speed is None or cpu is None:
        return Ground("No speed of the cards is known to hold it against.", is_sure=False)
    if not is_of_pictures(case.workload):
        return Ground(_little_to_prepare(case, speed))
    asked = f"The cards take {significant(speed)} {case.workload.unit}/s"
    loading = case.job.loading
    if loading is None:
        each = significant(speed / cpu.cores)
        words = (
            f"{asked}, {each} for each of the {cpu.cores} cores. Whether they prepare that many "
            "is not measured: Benchmark > Data loading on a computer of yours tells it."
        )
        return Ground(words, is_sure=False)
    brings = processor_per_s(case.job, feeding_of(case.planned.build))
    words = (
        f"{asked}; the {cpu.cores} cores prepare about {significant(brings)} "
        f"({loading.words}; supposed the same for each core)."
    )
    return Ground(words)


def _little_to_prepare(case: Case, speed: float) -> str:
    work = "Nothing is prepared while it runs"
    if case.job.data is not None:
        work = f"The job {read_words(speed, case.job.data)}, which one core does"
    return (
        f"{work}. What a processor's own speed changes in the cards' launching of steps is in no "
        "measurement hwstudio has."
    )


def _board(case: Case) -> str:
    build = case.planned.build
    if build.card is None or build.card_count < 2:
        return "One card has all the lanes of the first slot; nothing else in a board is faster."
    lanes = lanes_of(build)
    if lanes is None:
        return "No source says how many lanes each card gets on this board."
    all_of = " as many as they use" if lanes >= WHOLE_LINK else " what they exchange waits for them"
    return f"Each card gets {lanes} lanes:{all_of}."


def _memory(case: Case) -> Ground:
    build, data = case.planned.build, case.job.data
    words = []
    short = case.found(("R46",), _BAD)
    if short is not None:
        words.append(short.text)
    if case.planned.memory.verdict is Fit.NO:
        words.append(
            "The job does not fit the cards. Parts of it can be moved to system memory; how much "
            "slower that is, no measurement hwstudio has tells."
        )
        return Ground(" ".join(words), is_sure=False)
    if data is not None and data.total_bytes is not None and build.ram is not None:
        words.append(_kept_words(case, data.total_bytes))
    elif case.workload.mode is Mode.INFERENCE and build.ram is not None:
        words.append(_model_words(case))
    words.append("Once the data are there, more or faster memory makes the cards no faster.")
    return Ground(" ".join(words))


def _kept_words(case: Case, total_bytes: float) -> str:
    data, ram_bytes = case.job.data, case.planned.build.ram_bytes
    size = f"{gib(total_bytes)} of {data.title}" if data is not None else gib(total_bytes)
    if data is not None and stays_in_memory(data, ram_bytes):
        return f"The {size} stay in the {gib(ram_bytes)} after the first pass."
    words = f"The {size} do not stay in {gib(ram_bytes)}: each pass reads the drive again"
    most = drive_per_s(case.job, feeding_of(case.planned.build))
    if case.card_per_s is None or math.isinf(most):
        return f"{words}."
    enough = "which its link carries" if most >= case.card_per_s else "which its link cannot carry"
    return f"{words}, {enough}."


def _model_words(case: Case) -> str:
    size, ram = case.workload.weight_bytes, case.planned.build.ram_bytes
    if size <= ram:
        return f"The model's {gib(size)} fit the {gib(ram)} while it is loaded."
    return f"The model's {gib(size)} are more than the {gib(ram)}: loading it is slower."


def _drive(case: Case) -> str:
    build, speed = case.planned.build, case.card_per_s
    link = feeding_of(build).link_bytes_per_s
    if link is None:
        return "No source says how fast the drive's link is."
    words = []
    if speed is not None and case.job.data is not None:
        reads = f"The job {read_words(speed, case.job.data)}"
        words.append(f"{reads}; the drive's link carries at most {rate(link)}.")
    start = case.workload.weight_bytes / link
    words.append(f"Loading the {gib(case.workload.weight_bytes)} model takes {duration(start)} "
                 "or more at each start.")  # fmt: skip
    if case.workload.mode in (Mode.TRAIN, Mode.FINETUNE, Mode.LORA, Mode.QLORA):
        words.append(_saving_words(case, link))
    words.append("No source says how fast a drive itself is, only its link.")
    return " ".join(words)


def _saving_words(case: Case, link: float) -> str:
    size, share = saved_bytes(case.workload), saving_share(case.workload)
    words = f"A checkpoint is {gib(size)}, {duration(size / link)} or more to save"
    if not share:
        return f"{words}."
    return f"{words}; you said that saving takes {share:.1%} on top, the most a drive can win back."


def _supply(case: Case) -> Ground:
    build, power = case.planned.build, case.planned.power
    rated = rating_w((build.psu,) * build.psu_count) if build.psu is not None else None
    if rated is None:
        return Ground("No source says what the supply is rated for.", is_sure=False)
    carries = f"It is rated {watts(rated)}, the build draws {watts(power.sustained_w)}"
    if case.free is not None and build.power_limit_w is not None:
        return _held(case, case.free, build.power_limit_w, carries)
    weak = case.found(_TOO_LITTLE_POWER, _BAD)
    if weak is not None:
        words = f"{weak.text} A supply at its end switches off; it does not slow the cards."
        return Ground(words, has_steps=False)
    return Ground(f"{carries}: a larger one makes nothing faster.", has_steps=False)


def _held(case: Case, free: PlannedBuild, limit_w: float, carries: str) -> Ground:
    old, new = case.card_per_s, free.prediction.median
    held = f"The cards are held to {watts(limit_w)} each"
    if not old or not new:
        return Ground(f"{held}. {carries}.", is_sure=False)
    if new / old < 1.005:
        return Ground(f"{held}, which costs this job no speed. {carries}.")
    gain = f"without that the job is {new / old - 1:.0%} faster and the build draws "
    gain += watts(free.power.sustained_w)
    weak = next(
        (f for f in free.findings if f.rule in _TOO_LITTLE_POWER and f.severity in _BAD), None
    )
    if weak is None:
        after = "This supply carries that too: take the limit off on the Power page, at no cost."
    else:
        after = f"This supply is too weak for it. {weak.text} Take the limit off on the Power page."
    return Ground(f"{held}; {gain}. {after}")


def _cooler(case: Case) -> Ground:
    found = case.found(("R14",), (*_BAD, Severity.UNKNOWN))
    if found is None:
        return Ground("It carries all the processor's heat.", has_steps=False)
    if found.severity is Severity.UNKNOWN:
        words = "No source says how much heat it carries, so nobody can say whether it slows."
        return Ground(words, is_sure=False, has_steps=False)
    words = f"{found.text} How much slower the job then is, no source tells."
    return Ground(words, is_sure=False, has_steps=False)


def _case(case: Case) -> Ground:
    found = case.found(_HEAT_OF_CARDS, _BAD)
    if found is None:
        words = "No rule says that the cards get too hot in it. How warm a case gets, no source "
        return Ground(f"{words}tells; if the cards slow down from heat, Monitor shows it.",
                      has_steps=False)  # fmt: skip
    words = f"{found.text} How much slower, no source tells."
    return Ground(words, is_sure=False, has_steps=False)
