"""``hwstudio assess``: what this PC is, what it can do, and what would help most."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Any

from hwstudio.cli.number import filled
from hwstudio.cli.output import Output, common
from hwstudio.core.assess.change import Change, Cost
from hwstudio.core.assess.readiness import Assessment, assess
from hwstudio.core.base.money import money
from hwstudio.core.base.units import gib
from hwstudio.core.model.machine import DriveInfo, GpuInfo, Machine
from hwstudio.core.model.reading import Reading
from hwstudio.core.probe.machine import detect_machine
from hwstudio.core.project.upgrade_ground import own_facts, parts_of

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
    common(parser)
    parser.set_defaults(run=run)


@dataclass(frozen=True, slots=True)
class Answer:
    """A machine and its judgement."""

    machine: Machine
    assessment: Assessment


def answer(out: Output, goal: str | None) -> Answer:
    """Detect and judge this machine.

    Raises:
        UserError: there is no such goal.
    """
    catalog = out.studio.catalog
    chosen = catalog.workload(goal or out.studio.settings.goal)
    machine = detect_machine(catalog.match_gpu)
    judged = assess(
        machine,
        chosen,
        gpus=catalog.gpus(),
        workloads=catalog.workloads(),
        parts=parts_of(catalog),
        predictor=out.studio.predictors.now(),
        facts=own_facts(out.studio, machine),
    )
    return Answer(machine, judged)


def run(args: argparse.Namespace, out: Output) -> int:
    """Print the assessment."""
    found = answer(out, args.goal)
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
    out.table(["Part", "Points", "Of", "Why"], rows, right=(1, 2))
    out.line()
    _show_changes(judged, out)
    out.line()
    out.table(["What", "Found", "How it was found"], machine_rows(found.machine))
    out.line()
    out.line(judged.formula)


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
    cpu = machine.cpu
    rows = [
        ["System", *_said(machine.os)],
        ["Virtual machine", *_said(machine.virtual)],
        ["Processor", *_said(cpu.name)],
        ["Cores", *_said(cpu.cores)],
        ["Threads", *_said(cpu.threads)],
        ["Instruction sets", *_said(cpu.features)],
        ["Memory", *_said_bytes(machine.memory_bytes)],
        ["Swap", *_said_bytes(machine.swap_bytes)],
    ]
    for gpu in machine.gpus:
        rows.append([f"GPU ({gpu.vendor})", *_said(gpu.name)])
        rows.append(["GPU memory", *_said_bytes(gpu.vram_bytes)])
    if not machine.gpus:
        rows.append(["GPU", "none found", "; ".join(machine.gpus_looked)])
    for drive in machine.drives:
        free = _said_bytes(drive.free_bytes)
        rows.append([f"Drive {drive.mount}", f"{free[0]} free", free[1]])
        rows.append(["Drive kind", *_said(drive.drive_kind)])
    looked = "looked at " + ", ".join(machine.accelerators_looked)
    found = ", ".join(machine.accelerators) or "none found"
    rows.append(["NPU or TPU", found, looked])
    rows.append(["Battery", *_said(machine.battery)])
    rows.append(["torch", *_said(machine.torch)])
    return rows


def _said(reading: Reading[Any]) -> list[str]:
    if reading.value is None:
        return [f"not known: {reading.why or reading.status.value}", reading.how]
    value = reading.value
    text = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return [text, reading.how]


def _said_bytes(reading: Reading[int]) -> list[str]:
    if reading.value is None:
        return _said(reading)
    return [gib(reading.value), reading.how]


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
            "formula": judged.formula,
        },
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
        },
        "memory": {
            "total_bytes": machine.memory_bytes.as_json(),
            "swap_bytes": machine.swap_bytes.as_json(),
        },
        "gpus": [_gpu_document(gpu) for gpu in machine.gpus],
        "gpus_how": list(machine.gpus_looked),
        "storage": [_drive_document(drive) for drive in machine.drives],
        "accelerators": [
            {"name": name, "how": "operating system device list"} for name in machine.accelerators
        ],
        "accelerators_how": list(machine.accelerators_looked),
        "battery": machine.battery.as_json(),
        "torch": machine.torch.as_json(),
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
    }
