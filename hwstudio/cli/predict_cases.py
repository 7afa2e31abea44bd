"""`hwstudio predict time --cases`: an expected speed for every row, or why there is none.

The columns are those of throughput.csv; what was measured there is not read. Devices that nobody
measured can be described with ``--devices`` in the columns of workload_devices.csv.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hwstudio.cli.cases import MOST_ID, check_readable, read_cases
from hwstudio.cli.output import Output, common
from hwstudio.cli.predict_module import add_module, refuse_without_module, run_module
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB, significant
from hwstudio.core.predict.fitted.clues import WATTS
from hwstudio.core.predict.fitted.model import SpeedAnswer, SpeedModel
from hwstudio.core.predict.fitted.need import (
    PEAK,
    UNNAMED,
    items_asked,
    memory_question_of,
)
from hwstudio.core.predict.fitted.question import DeviceSheet, Question, device_of, question_of
from hwstudio.core.predict.fitted.room import need_behind, verdict_on
from hwstudio.core.predict.memory import Fit

TIME_EXAMPLE = "Example: hwstudio predict time --cases throughput.csv --json"
MEMORY_EXAMPLE = (
    "Examples: hwstudio predict memory --cases memory.csv --json\n"
    "          hwstudio predict memory --module net.py:Net --input 3x224x224 --batch 8"
)
EVIDENCE = "estimated"
_WANTED = ("device", "model", "family", "task")


def add_time(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``time``."""
    words = "the expected speed of every row of a table"
    verb = verbs.add_parser(
        "time",
        help=words,
        description=f"Estimate {words}, each with a 90 % interval.",
        epilog=TIME_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_tables(verb)
    verb.set_defaults(run=run_time)


def add_memory(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``memory``."""
    words = "the memory that every row of a table, or a module of your own, needs on one device"
    verb = verbs.add_parser(
        "memory",
        help=words,
        description=f"Estimate {words}, each with a 90 % interval, and whether it fits.",
        epilog=MEMORY_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    asked = verb.add_mutually_exclusive_group(required=True)
    add_tables(verb, asked)
    add_module(verb, asked)
    verb.set_defaults(run=run_memory)


def add_tables(verb: argparse.ArgumentParser, asked: Any = None) -> None:
    """Add the options that name the table of cases and the table of devices.

    ``asked``: the group of things that may be asked instead; without one the table is needed.
    """
    place = verb if asked is None else asked
    cases = place.add_argument("--cases", type=Path, metavar="FILE.csv", help="the table")
    cases.required = asked is None
    verb.add_argument(
        "--devices", type=Path, metavar="FILE.csv", help="data sheets of more devices"
    )
    common(verb)


def sheets_of(model: SpeedModel, file: Path | None) -> dict[str, DeviceSheet]:
    """Return the known devices by name, those of ``file`` added; its word beats ours.

    Raises:
        UserError: the file or one of its rows cannot be read.
        HostError: it may not be read.
    """
    found = dict(model.devices)
    if file is None:
        return found
    for number, row in enumerate(read_cases(file, "device", "workload_devices.csv"), 1):
        try:
            check_readable(row)
            sheet = device_of(row)
        except (KeyError, ValueError) as error:
            raise UserError(
                f"Row {number} of {file.name} cannot be used",
                f"a column is missing or holds no number: {error}",
                "Use the columns of workload_devices.csv",
            ) from error
        found[sheet.name] = sheet
    return found


def asked(
    row: dict[str, str],
    sheets: dict[str, DeviceSheet],
    unit: str = "metric",
    read: Callable[[dict[str, str], DeviceSheet], Question] = question_of,
) -> Question:
    """Return the question of a row; ``unit`` names the column that says what is counted.

    Raises:
        UserError: a column is missing, holds no number, or names an unknown device.
    """
    check_readable(row)
    for column in (*_WANTED, unit):
        if not row.get(column, "").strip():
            raise UserError(f"The column {column} is empty", "it says what is asked", "Fill it")
    name = row["device"].strip()
    if name not in sheets:
        raise UserError(
            f"The device {name[:MOST_ID]} is not known",
            "its data sheet is needed",
            "Describe it in a table and name that with --devices",
        )
    try:
        return read(row, sheets[name])
    except ValueError as error:
        raise UserError(
            "The row cannot be used", f"a column holds no number: {error}", "Mend it"
        ) from error


@dataclass(slots=True)
class _Asked:
    """The documents of all rows, and the questions of those that could be read."""

    documents: list[dict[str, Any]] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    places: list[int] = field(default_factory=list)


def _ask_all(
    rows: list[dict[str, str]],
    unit: str,
    blank: dict[str, Any],
    ask: Callable[[dict[str, str]], Question],
) -> _Asked:
    """Read every row; one that cannot be read says why and stops nothing."""
    out = _Asked()
    for number, row in enumerate(rows, 1):
        name = (row.get("id") or f"row {number}")[:MOST_ID]
        out.documents.append({"id": name, unit: row.get(unit, ""), **blank, "refused": ""})
        try:
            out.questions.append(ask(row))
            out.places.append(number - 1)
        except UserError as error:
            out.documents[-1]["error"] = error.sentence
    return out


def run_time(args: argparse.Namespace, out: Output) -> int:
    """Answer every row; 1 when not one could be answered."""
    rows = read_cases(args.cases, "device", "throughput.csv")
    model = out.studio.speed_model
    sheets = sheets_of(model, args.devices)
    blank = {"median": None, "low": None, "high": None, "evidence": EVIDENCE}
    found = _ask_all(rows, "metric", blank, lambda row: asked(row, sheets))
    watts = model.answer([replace(question, metric=WATTS) for question in found.questions])
    answers = model.answer(found.questions)
    for place, answer, power in zip(found.places, answers, watts, strict=True):
        found.documents[place] |= _answered(answer) | _powered(power)
    return _said(found.documents, "median", out, _show)


def run_memory(args: argparse.Namespace, out: Output) -> int:
    """Answer every row; 1 when not one could be answered."""
    if args.module is not None:
        return run_module(args, out)
    refuse_without_module(args)
    rows = read_cases(args.cases, "device", "memory.csv")
    model = out.studio.speed_model
    sheets = {UNNAMED.name: UNNAMED, **sheets_of(model, args.devices)}
    blank = {"median_gib": None, "low_gib": None, "high_gib": None, "verdict": Fit.UNKNOWN}
    found = _ask_all(
        rows, "measure", blank, lambda row: asked(row, sheets, "measure", memory_question_of)
    )
    answers = model.answer(found.questions)
    for place, question, answer in zip(found.places, found.questions, answers, strict=True):
        found.documents[place] |= _needed(question, answer)
    return _said(found.documents, "median_gib", out, _show_memory)


def _said(
    documents: list[dict[str, Any]],
    main: str,
    out: Output,
    show: Callable[[list[dict[str, Any]], Output], None],
) -> int:
    if out.is_json:
        out.document({"cases": documents})
    else:
        show(documents, out)
        answered = sum(each[main] is not None for each in documents)
        out.line(f"{answered} of {len(documents)} rows answered")
    return int(not any(each[main] is not None for each in documents))


def _needed(question: Question, answer: SpeedAnswer) -> dict[str, Any]:
    if answer.median is None or answer.low is None or answer.high is None:
        return {"refused": answer.refused}
    measure = question.metric.removeprefix(PEAK)
    need = need_behind(measure, answer.low, answer.median, answer.high)
    items = items_asked(question)
    return {
        "median_gib": answer.median / GIB,
        "low_gib": answer.low / GIB,
        "high_gib": answer.high / GIB,
        "verdict": verdict_on(need, question.device),
        "need_gib": need.median / GIB,
        "tensors_gib": sum(item.bytes for item in items) / GIB,
        "items": [{"label": item.label, "gib": item.bytes / GIB} for item in items],
        "unseen": "" if answer.case == "seen" else answer.case,
        "support": round(answer.support, 3),
    }


def _show_memory(documents: list[dict[str, Any]], out: Output) -> None:
    for each in documents:
        why = each.get("error") or each["refused"]
        if each["median_gib"] is None:
            out.line(f"{each['id']}: no estimate: {why}")
            continue
        low, middle, high = (significant(each[f"{k}_gib"], 3) for k in ("low", "median", "high"))
        out.line(f"{each['id']}: about {middle} GiB ({low} to {high}): {each['verdict'].value}")


def _answered(answer: SpeedAnswer) -> dict[str, Any]:
    return {
        "median": answer.median,
        "low": answer.low,
        "high": answer.high,
        "refused": answer.refused,
        "unseen": "" if answer.case == "seen" else answer.case,
        "support": round(answer.support, 3),
        "nearest": [
            {
                "model": near.model,
                "device": near.device,
                "framework": near.framework,
                "source": near.source,
                "unit": near.unit,
                "value": near.kept.value if near.kept else None,
            }
            for near in answer.nearest
        ],
    }


def _powered(answer: SpeedAnswer) -> dict[str, Any]:
    """Return the average draw of all devices together; None where nothing like it was measured."""
    return {"power_w": answer.median, "power_low_w": answer.low, "power_high_w": answer.high}


def _show(documents: list[dict[str, Any]], out: Output) -> None:
    for each in documents:
        why = each.get("error") or each["refused"]
        if each["median"] is None:
            out.line(f"{each['id']}: no estimate: {why}")
            continue
        low, middle, high = (significant(each[k], 3) for k in ("low", "median", "high"))
        out.line(f"{each['id']}: about {middle} {each['metric']} ({low} to {high})")
