"""A scaling policy as a document: exported for the user to apply, read back for a replay."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.cost.budget.fields import (
    Doc,
    amount,
    maybe_amount,
    table,
    tables,
    whole,
    words,
)
from hwstudio.core.cost.budget.limits import limits
from hwstudio.core.cost.budget.policy import DAY_NAMES, Policy, Schedule

_WHERE = "The scaling policy"
_NOTE = "Settings for you to apply: hwstudio starts and stops no machines."


def policy_document(policy: Policy) -> dict[str, Any]:
    """Return a policy as plain values."""
    caps = {
        name: _plain(value)
        for name, value in (
            ("daily", policy.caps.day),
            ("weekly", policy.caps.week),
            ("monthly", policy.caps.month),
        )
        if value is not None
    }
    return {
        "note": _NOTE,
        "min_instances": policy.min_instances,
        "max_instances": policy.max_instances,
        "target_utilisation": _plain(policy.target_share),
        "scale_up_cooldown_s": policy.up_cooldown_s,
        "scale_down_cooldown_s": policy.down_cooldown_s,
        "price_per_hour": _plain(policy.price_per_hour),
        "currency": policy.currency,
        "budget_limits": caps,
        "schedules": [_schedule_document(each) for each in policy.schedules],
    }


def _schedule_document(each: Schedule) -> dict[str, Any]:
    doc: dict[str, Any] = {
        "name": each.name,
        "days": [DAY_NAMES[day] for day in each.days],
        "start_hour": each.start_hour,
        "end_hour": each.end_hour,
        "min_instances": each.min_instances,
    }
    if each.max_instances is not None:
        doc["max_instances"] = each.max_instances
    return doc


def as_json(policy: Policy) -> str:
    """Return the policy as JSON text."""
    return json.dumps(policy_document(policy), indent=2) + "\n"


def as_toml(policy: Policy) -> str:
    """Return the policy as TOML text."""
    doc = policy_document(policy)
    caps, schedules = doc.pop("budget_limits"), doc.pop("schedules")
    lines = [f"# {doc.pop('note')}", *_lines(doc)]
    if caps:
        lines += ["", "[budget_limits]", *_lines(caps)]
    for each in schedules:
        lines += ["", "[[schedules]]", *_lines(each)]
    return "\n".join(lines) + "\n"


def _lines(doc: dict[str, Any]) -> list[str]:
    # JSON's texts, numbers and lists of texts are TOML's too.
    return [f"{name} = {json.dumps(value)}" for name, value in doc.items()]


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def policy_from_text(text: str) -> Policy:
    """Read what ``as_json`` or ``as_toml`` wrote, or a person.

    Raises:
        UserError: it is neither JSON nor TOML, or a figure cannot be used.
    """
    return policy_from(table(read_document(text, _WHERE), _WHERE))


def read_document(text: str, where: str) -> Any:
    """Read JSON or TOML.

    Raises:
        UserError: it is neither.
    """
    try:
        if text.lstrip("\ufeff \r\n\t").startswith(("{", "[\n", "[{")):
            return json.loads(text.lstrip("\ufeff"), parse_float=Decimal)
        return tomllib.loads(text.lstrip("\ufeff"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise UserError(
            f"{where} cannot be read", str(error).splitlines()[0], "Write it as TOML or JSON"
        ) from error


def policy_from(doc: Doc) -> Policy:
    """Build a policy from plain values.

    Raises:
        UserError: a figure is missing or cannot be used.
    """
    caps = table(doc.get("budget_limits", {}), f"{_WHERE}: 'budget_limits'")
    target = amount(doc, "target_utilisation", _WHERE, Decimal("0.7"))
    return Policy(
        price_per_hour=amount(doc, "price_per_hour", _WHERE),
        min_instances=whole(doc, "min_instances", _WHERE, 1),
        max_instances=whole(doc, "max_instances", _WHERE, 10),
        # 70 is how many write 70 %; no target above 1 can be meant otherwise
        target_share=target / 100 if 1 < target <= 100 else target,
        up_cooldown_s=whole(doc, "scale_up_cooldown_s", _WHERE, 60),
        down_cooldown_s=whole(doc, "scale_down_cooldown_s", _WHERE, 300),
        schedules=tuple(_schedule(each) for each in tables(doc, "schedules", _WHERE)),
        caps=limits(
            maybe_amount(caps, "daily", _WHERE),
            maybe_amount(caps, "weekly", _WHERE),
            maybe_amount(caps, "monthly", _WHERE),
        ),
        currency=words(doc, "currency", "USD"),
    )


def _schedule(doc: Doc) -> Schedule:
    name = words(doc, "name", "unnamed")
    where = f"The hours '{name}'"
    named = doc.get("days", list(DAY_NAMES))
    if not isinstance(named, list):
        raise UserError(f"{where} name no days", "'days' is no list", 'Write days = ["mon", "tue"]')
    days = [str(each)[:3].lower() for each in named]
    wrong = [each for each in days if each not in DAY_NAMES]
    if wrong:
        raise UserError(f"{where} name the day '{wrong[0]}'", "", f"Write {', '.join(DAY_NAMES)}")
    most = maybe_amount(doc, "max_instances", where)
    return Schedule(
        name=name,
        days=tuple(sorted({DAY_NAMES.index(each) for each in days})),
        start_hour=whole(doc, "start_hour", where),
        end_hour=whole(doc, "end_hour", where),
        min_instances=whole(doc, "min_instances", where, 1),
        max_instances=None if most is None else whole(doc, "max_instances", where),
    )
