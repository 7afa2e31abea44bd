"""Reads the facts a build is described with; an impossible one is refused by its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from hwstudio.core.base.errors import UserError
from hwstudio.core.rules.fact_columns import Column

Facts = Mapping[str, Any]


def read(facts: Facts, table: Mapping[str, Column], where: str) -> dict[str, Any]:
    """Return the fields the facts fill.

    Raises:
        UserError: a fact has an impossible type or value.
    """
    known = {}
    for name, (target, convert) in table.items():
        if facts.get(name) is None:
            continue
        try:
            known[target] = convert(facts[name])
        except (ValueError, TypeError) as error:
            raise UserError(
                f"The fact {where}.{name} is {facts[name]!r}",
                "that is no value it can have",
                "Give a number of at least 0, a text or true/false as the other rows do",
            ) from error
    return known


def section_of(facts: Facts, name: str) -> Facts:
    """Return the facts of one part, none when nothing is said of it."""
    section = facts.get(name) or {}
    if not isinstance(section, Mapping):
        raise UserError(f"The facts of {name} are {section!r}", "an object is wanted", "Mend it")
    return section


def items_of(facts: Facts, name: str) -> list[Facts]:
    """Return the facts of a kind of part of which there may be several."""
    items = facts.get(name) or []
    items = [items] if isinstance(items, Mapping) else items
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise UserError(f"The facts of {name} are {items!r}", "a list is wanted", "Mend it")
    return cast("list[Facts]", items)
