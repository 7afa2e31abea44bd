"""``hwstudio assess``: what this PC is, what it can do, and what would help most."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from hwstudio.cli.number import filled
from hwstudio.cli.output import Output, common
from hwstudio.core.assess.change import Change, Cost
from hwstudio.core.assess.goal import weights_from
from hwstudio.core.assess.outcome import JobOutcome
from hwstudio.core.assess.readiness import Assessment, Terms, assess
from hwstudio.core.assess.score import LostPoints
from hwstudio.core.base.money import money
from hwstudio.core.model.machine import DriveInfo, GpuInfo, Machine, MemoryModules
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.project.reference_jobs import reference_jobs
from hwstudio.core.project.upgrade_ground import own_facts, parts_of
from hwstudio.core.report.machine_facts import machine_facts

_EXAMPLE = "Example: hwstudio assess --goal llm_qlora_8b --json"


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the verb."""
    parser = commands.add_parser(
        "assess",
        help="what this PC can do",
        description="Look at this PC, score it for a goal and say what would help most.",
        epilog=_EXAMPLE,
    )
    parser.add_argument(
        "--goal", type=filled, metavar="ID", help="a workload id (default: from the settings)"
    )
    parser.add_argument(
        "--after-buying",
        action="store_true",
        help="go through the list after buying instead; exit 1 where something needs a look",
    )
    parser.add_argument(
        "--file",
        type=filled,
        metavar="FILE.hws",
        help="with --after-buying: the plan with your ticks",
    )
    parser.add_argument(
        "--weight", action="append", type=filled, metavar="GROUP=N",
        help="what a group of jobs counts, 0 to 100; groups left out count nothing (repeat)",
    )  # fmt: skip
    common(parser)
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class Answer:
    """A machine and its judgement."""

    machine: Machine
    assessment: Assessment


def answer(out: Output, goal: str | None, weights: str | None = None) -> Answer:
    """Detect and judge this machine; ``weights`` None = those of the settings.

    Raises:
        UserError: there is no such goal, or no such group of jobs to weigh.
    """
    catalog = out.studio.catalog
    told = weights_from(out.studio.settings.readiness_weights if weights is None else weights)
    chosen = catalog.workload(goal or out.studio.settings.goal)
    machine = detect_machine(catalog.match_gpu)
    judged = assess(
        machine,
        chosen,
        gpus=catalog.gpus(),
        workloads=catalog.workloads(),
        parts=parts_of(catalog),
        terms=Terms(reference_jobs(catalog), told, catalog.match_cpu, out.studio.predictors.now()),
        facts=own_facts(out.studio, machine),
    )
    return Answer(machine, judged)


def run(args: argparse.Namespace, out: Output) -> int:
    """Print the assessment."""
    if args.after_buying:
        from hwstudio.cli.assess_after import run_after

        return run_after(args, out)
    found = answer(out, args.goal, ",".join(args.weight) if args.weight else None)
    if out.is_json:
        out.document(document(found))
        return 0
    show(found, out)
    return 0


# --- for people ------------------------------------------------------------------------------


def show(found: Answer, out: Output) -> None:
    """Print the assessment as text."""
    judged = found.assessment
    score = judged.score
    out.line(judged.sentence)
    out.line()
    band = "" if score.low == score.high else f" (between {score.low} and {score.high})"
    out.line(f"Readiness to {_lower(judged.goal_title)}: {score.total} of 100{band}")
    rows = [[part.name, f"{part.points}", f"{part.max}", part.reason] for part in score.parts]
    out.table(["Jobs", "Points", "Of", "Why"], rows, right=(1, 2))
    out.line()
    _show_jobs(judged, out)
    out.line()
    lost = [[one.title, f"{one.points}", one.reason] for one in score.lost if one.points]
    if lost:
        out.table(["Points lost to", "Points", "Where"], lost, right=(1,))
        out.line()
    _show_changes(judged, out)
    out.line()
    out.table(["What", "Found", "How it was found"], machine_rows(found.machine))
    out.line()
    out.line(judged.formula)


def _show_jobs(judged: Assessment, out: Output) -> None:
    titles = {group.id: group.title for group in judged.groups}
    rows = [
        [titles[job.group], job.title, job.runs.value, job.words, job.where, job.held_back]
        for job in judged.jobs
    ]
    out.table(["Jobs", "Job", "Runs", "Time", "On", "Held back by"], rows)


def _show_changes(judged: Assessment, out: Output) -> None:
    rows = [
        [
            change.change,
            f"+{change.gain_points}",
            money(change.cost.typical, change.cost.currency, decimals=0),
            _band(change.cost),
            change.cost.as_of,
            change.check,
        ]
        for change in judged.recommendations
    ]
    if rows:
        headers = ["Change", "Points", "Price", "Likely range", "Price date", "Before buying"]
        out.table(headers, rows, right=(1, 2))
    for change in judged.recommendations:
        if change.gains:
            out.line(f"{change.change}: {'; '.join(gain.words for gain in change.gains[:3])}.")
    if judged.advice:
        out.line(judged.advice)
    if judged.rent is not None:
        out.line(judged.rent.words)


def _band(cost: Cost) -> str:
    word = "estimated " if cost.kind == "estimate" else ""
    low = money(cost.low, cost.currency, decimals=0)
    return f"{word}{low} to {money(cost.high, cost.currency, decimals=0)}"


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def machine_rows(machine: Machine) -> list[list[str]]:
    """Return the parts list: what, found, how."""
    return [[fact.what, fact.value, fact.how] for fact in machine_facts(machine)]


# --- JSON ------------------------------------------------------------------------------------


def document(found: Answer) -> dict[str, Any]:
    """Return the JSON document."""
    judged = found.assessment
    return {
        "machine": machine_document(found.machine),
        "goal": {"id": judged.goal_id, "title": judged.goal_title},
        "score": {
            "total": judged.score.total,
            "low": judged.score.low,
            "high": judged.score.high,
            "parts": [
                {
                    "id": part.id,
                    "name": part.name,
                    "points": part.points,
                    "max": part.max,
                    "reason": part.reason,
                    "known": part.is_known,
                    "low": part.low,
                    "high": part.high,
                }
                for part in judged.score.parts
            ],
            "exact": judged.score.exact,
            "lost": [_lost_document(one) for one in judged.score.lost],
            "formula": judged.formula,
            "sources": judged.sources,
        },
        "jobs": [_job_document(job) for job in judged.jobs],
        "sentence": judged.sentence,
        "abilities": judged.abilities,
        "recommendations": [change_document(change) for change in judged.recommendations],
        "advice": judged.advice,
        "rent": judged.rent,
    }


def change_document(change: Change) -> dict[str, Any]:
    """Return one change with its parts, their prices and the jobs it helps."""
    return {
        "change": change.change,
        "part": change.part,
        "part_id": change.part_id,
        "gain_points": change.gain_points,
        "points_per_100": round(change.points_per_hundred, 3),
        "cost": change.cost,
        "check": change.check,
        "parts": [
            {"kind": b.part.kind, "id": b.part.id, "name": b.part.name, "cost": b.cost}
            for b in change.bought
        ],
        "speeds": [
            {
                "workload": gain.workload_id,
                "words": gain.words,
                "before": gain.before,
                "after": gain.after,
                "before_per_s": gain.before_per_s,
                "after_per_s": gain.after_per_s,
                "unit": gain.unit,
                "times_faster": gain.ratio,
            }
            for gain in change.gains
        ],
        "less_vram_bytes": change.less_vram_bytes,
    }


def _lost_document(lost: LostPoints) -> dict[str, Any]:
    return {
        "cause": lost.cause.value,
        "title": lost.title,
        "points": lost.points,
        "exact": lost.exact,
        "reason": lost.reason,
    }


def _job_document(job: JobOutcome) -> dict[str, Any]:
    return {
        "id": job.id,
        "title": job.title,
        "group": job.group,
        "runs": job.runs.value,
        "where": job.where,
        "gpus": job.count,
        "speed": job.speed,
        "time": job.words,
        "seconds": {"median": job.seconds, "low": job.seconds_low, "high": job.seconds_high},
        "need_bytes": job.need_bytes,
        "points": {"share": job.points, "low": job.low, "high": job.high},
        "held_back_by": job.held_back,
        "lost": {cause.value: share for cause, share in job.lost.items()},
        "yardstick": job.yardstick,
        "source": job.source,
    }


def machine_document(machine: Machine) -> dict[str, Any]:
    """Return the machine with how each value was found."""
    cpu = machine.cpu
    return {
        "host": machine.host,
        "os": machine.os.as_json(),
        "virtual": machine.virtual.as_json(),
        "python": machine.python,
        "cpu": {
            "name": cpu.name.as_json(),
            "architecture": cpu.architecture.as_json(),
            "cores": cpu.cores.as_json(),
            "threads": cpu.threads.as_json(),
            "max_mhz": cpu.max_mhz.as_json(),
            "features": cpu.features.as_json(),
            "sockets": cpu.sockets.as_json(),
            "kinds": cpu.kinds.as_json(),
            "caches": cpu.caches.as_json(),
        },
        "memory": {
            "total_bytes": machine.memory_bytes.as_json(),
            "swap_bytes": machine.swap_bytes.as_json(),
            **_modules_document(machine.modules),
        },
        "gpus": [_gpu_document(gpu) for gpu in machine.gpus],
        "gpus_how": list(machine.gpus_looked),
        "storage": [_drive_document(drive) for drive in machine.drives],
        "accelerators": [
            {"name": name, "how": "; ".join(machine.accelerators_looked)}
            for name in machine.accelerators
        ],
        "accelerators_how": list(machine.accelerators_looked),
        "battery": machine.battery.as_json(),
        "torch": machine.torch.as_json(),
        "power_mode": machine.power_mode.as_json(),
        "limits": machine.limits.as_json(),
        "board": machine.board.as_json(),
    }


def _modules_document(modules: MemoryModules) -> dict[str, Any]:
    return {
        "generation": modules.generation.as_json(),
        "speed_mts": modules.speed_mts.as_json(),
        "rated_mts": modules.rated_mts.as_json(),
        "form": modules.form.as_json(),
        "slots_used": modules.slots_used.as_json(),
        "slots_total": modules.slots_total.as_json(),
        "sizes_bytes": modules.sizes_bytes.as_json(),
    }


def _gpu_document(gpu: GpuInfo) -> dict[str, Any]:
    return {
        "name": gpu.name.as_json(),
        "vendor": gpu.vendor,
        "uuid": gpu.uuid,
        "vram_bytes": gpu.vram_bytes.as_json(),
        "driver": gpu.driver.as_json(),
        "compute_capability": gpu.compute_capability.as_json(),
        "power_limit_w": gpu.power_limit_w.as_json(),
        "pcie": gpu.pcie.as_json(),
        "pcie_now": gpu.pcie_now.as_json(),
        "compute": gpu.compute.as_json(),
        "cores": gpu.cores.as_json(),
        "catalogue_id": gpu.gpu_id,
    }


def _drive_document(drive: DriveInfo) -> dict[str, Any]:
    return {
        "mount": drive.mount,
        "device": drive.device,
        "file_system": drive.file_system,
        "total_bytes": drive.total_bytes.as_json(),
        "free_bytes": drive.free_bytes.as_json(),
        "kind": drive.drive_kind.as_json(),
        "bus": drive.bus.as_json(),
        "model": drive.model.as_json(),
        "trim": drive.trim.as_json(),
    }
