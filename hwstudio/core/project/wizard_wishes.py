"""Answers of the wizard to wishes of a project and back; the one place that knows both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import GIB
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.wishes import DRIVE_KINDS, RAID_LEVELS, DataDrives
from hwstudio.core.power.mains import read_mains
from hwstudio.core.project.state import Brand, ProjectState
from hwstudio.core.project.wizard_questions import (
    ANY,
    BETWEEN,
    LISTS,
    NONE,
    NOT_SURE,
    Form,
    Question,
    question_of,
)

MOST_OWNED, MOST_FORBIDDEN, MOST_ALSO, MOST_BRANDS = 64, 5000, 20, 500
KINDS = tuple(kind.value for kind in PartKind if kind is not PartKind.GPU)
_MOST_BYTES = 2**60
_MOST = {"owned": MOST_OWNED, "forbidden": MOST_FORBIDDEN, "also": MOST_ALSO, "brands": MOST_BRANDS}


@dataclass(frozen=True, slots=True)
class Wish:
    """How a project holds one answer."""

    read: Callable[[ProjectState], str]
    write: Callable[[ProjectState, str], ProjectState]


def plain(amount: Decimal | float) -> str:
    """Return a number without exponent and needless zeros: ``3000``, ``0.165``."""
    text = format(amount if isinstance(amount, Decimal) else Decimal(str(amount)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def listed(answer: str) -> tuple[str, ...]:
    """Return the items of a list answer, each once."""
    return tuple(dict.fromkeys(i for i in answer.split(BETWEEN) if i)) if answer != NONE else ()


def joined(items: tuple[str, ...]) -> str:
    """Return items as one answer."""
    return BETWEEN.join(items) or NONE


def checked(question: Question, answer: str) -> str:
    """Return an answer in its one spelling.

    Raises:
        UserError: the question cannot be answered so.
    """
    if answer == NOT_SURE or (answer == ANY and question.form is Form.AMOUNT and question.has_any):
        return answer
    if question.form is Form.AMOUNT:
        return plain(_number(question, answer))
    if question.form is Form.ONE and not question.words_of(answer):
        raise _refused(question, answer, "Choose one of the answers offered")
    if question.form in LISTS:
        return _checked_list(question, answer)
    if question.form is Form.DRIVES and answer != NONE:
        _drives(question, answer)
    if question.id == "mains":
        read_mains(answer)
    if not answer or len(answer) > 200:
        raise _refused(question, answer, "Choose one of the answers offered")
    return answer


def _refused(question: Question, answer: str, remedy: str) -> UserError:
    return UserError(f'"{answer[:40]}" is no answer to "{question.words}"', "", remedy)


def _number(question: Question, answer: str) -> Decimal:
    unit = f" {question.unit}".rstrip()
    example = "Type a number such as " + (question.options[-1][0] if question.options else "3000")
    try:
        value = Decimal(answer)
    except InvalidOperation:
        raise _refused(question, answer, example) from None
    if not value.is_finite() or not question.low <= value <= question.high:
        raise UserError(
            f"{question.words}: {answer[:24]}{unit} is not possible",
            f"it must lie between {question.low:,.10g} and {question.high:,.10g}{unit}",
            example,
        )
    return value


def _checked_list(question: Question, answer: str) -> str:
    items = listed(answer)
    most = _MOST.get(question.id, len(question.options))
    if len(items) > most:
        remedy = "Take some out of the list"
        raise UserError(f"{question.words}: {len(items):,} are too many", f"at most {most}", remedy)
    for item in items:
        is_bad = question.form is Form.MANY and not question.words_of(item)
        if question.form is Form.BRANDS:
            kind, _, maker = item.partition("=")
            is_bad = kind not in KINDS or not maker
        if is_bad:
            raise _refused(question, item, "Choose from the list")
    return joined(tuple(sorted(items)) if question.form is not Form.JOBS else items)


def _drives(question: Question, answer: str) -> DataDrives:
    kind, _, rest = answer.partition(":")
    size, _, level = rest.partition(":")
    is_size = size.isascii() and size.isdigit() and len(size) < 20
    if kind not in DRIVE_KINDS or level not in RAID_LEVELS or not is_size:
        raise _refused(question, answer, "Choose a kind of drive, a size and a RAID level")
    if not 1 <= int(size) <= _MOST_BYTES:
        raise UserError(
            "That much room for data is not possible", "", "Type a number of terabytes such as 8"
        )
    return DataDrives(kind, int(size), level)


def _drives_or_none(answer: str) -> DataDrives | None:
    return None if answer == NONE else _drives(question_of("drives"), answer)


def drives_text(drives: DataDrives | None) -> str:
    """Return data drives as an answer."""
    return NONE if drives is None else f"{drives.kind}:{drives.usable_bytes}:{drives.level}"


def _of_state(name: str, read: Callable[[Any], str], write: Callable[[str], Any]) -> Wish:
    return Wish(
        lambda state: read(getattr(state, name)),
        lambda state, answer: replace(state, **{name: write(answer)}),
    )


def _of_limits(name: str, read: Callable[[Any], str], write: Callable[[str], Any]) -> Wish:
    def put(state: ProjectState, answer: str) -> ProjectState:
        return replace(state, limits=replace(state.limits, **{name: write(answer)}))

    return Wish(lambda state: read(getattr(state.limits, name)), put)


def _of_usage(name: str, read: Callable[[Any], str], write: Callable[[str], Any]) -> Wish:
    def put(state: ProjectState, answer: str) -> ProjectState:
        return replace(state, usage=replace(state.usage, **{name: write(answer)}))

    return Wish(lambda state: read(getattr(state.usage, name)), put)


def _maybe(value: float | Decimal | None) -> str:
    return ANY if value is None else plain(value)


def _float_or_none(answer: str) -> float | None:
    return None if answer == ANY else float(answer)


def _brands(answer: str) -> tuple[Brand, ...]:
    pairs = (item.partition("=") for item in listed(answer))
    return tuple(Brand(kind, maker) for kind, _, maker in pairs)


def _vram(answer: str) -> int:
    return 0 if answer == ANY else round(Decimal(answer) * GIB)


WISHES: dict[str, Wish] = {
    "job": _of_state("workload_id", str, str),
    "also": _of_state("also", joined, listed),
    "deadline": _of_limits("max_hours", _maybe, _float_or_none),
    "vram": _of_limits(
        "min_vram_bytes", lambda size: plain(Decimal(size) / GIB) if size else ANY, _vram
    ),
    "ram": _of_limits("min_ram_bytes", str, int),
    "storage": _of_limits("min_storage_bytes", str, int),
    "budget": _of_state("budget", plain, Decimal),
    "tax": _of_state("tax_pct", plain, Decimal),
    "best": _of_state("objective", str, str),
    "maker": _of_limits("gpu_maker", lambda m: m or ANY, lambda a: "" if a == ANY else a),
    "count": _of_state(
        "gpu_count",
        lambda n: ANY if n is None else str(n),
        lambda a: None if a == ANY else int(a),
    ),
    "case": _of_limits("case_form_factor", lambda c: c or ANY, lambda a: "" if a == ANY else a),
    "noise": _of_limits("max_noise_dba", _maybe, _float_or_none),
    "used": _of_limits(
        "new_only", lambda new: "new_only" if new else "allowed", lambda a: a == "new_only"
    ),
    "drives": _of_state(
        "data_drives", drives_text, _drives_or_none
    ),
    "brands": _of_limits(
        "brands", lambda rows: joined(tuple(f"{b.kind}={b.maker}" for b in rows)), _brands
    ),
    "owned": _of_state("owned", joined, listed),
    "forbidden": _of_limits("forbidden", joined, listed),
    "mains": _of_state("mains", str, str),
    "power": _of_limits("max_power_w", _maybe, _float_or_none),
    "power_limit": _of_state("power_limit_w", _maybe, _float_or_none),
    "hours": _of_usage("hours_per_week", plain, float),
    "years": _of_usage("years", plain, float),
    "tariff": _of_usage(
        "tariff_per_kwh", _maybe, lambda a: None if a == ANY else Decimal(a)
    ),
}  # fmt: skip
