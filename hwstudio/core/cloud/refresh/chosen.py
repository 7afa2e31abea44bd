"""Which price sources the user switched on, and where each is asked; none is on by itself."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.cloud.refresh.registry import SOURCES, PriceSource, source_named

_SCHEMES = ("https://", "http://")
_MOST_LETTERS = 500


@dataclass(frozen=True, slots=True)
class Chosen:
    """The sources that are on, and another address for those that are asked elsewhere."""

    on: frozenset[str] = frozenset()
    addresses: Mapping[str, str] = field(default_factory=dict)

    def sources(self) -> tuple[PriceSource, ...]:
        """Return the sources that are on."""
        return tuple(source for source in SOURCES if source.id in self.on)

    def address(self, source: PriceSource) -> str:
        """Return where a source is asked."""
        return self.addresses.get(source.id) or source.address


def checked_address(address: str) -> str:
    """Return an address without what stands around it.

    Raises:
        UserError: it is no web address.
    """
    clean = address.strip()
    is_text = clean.isascii() and clean.isprintable() and " " not in clean
    if not clean.casefold().startswith(_SCHEMES) or not is_text or len(clean) > _MOST_LETTERS:
        raise UserError(
            f"'{clean[:60]}' is no web address", "it must begin with https:// or http://"
        )
    return clean


def load_chosen(file: Path) -> Chosen:
    """Read the choice; without a file, or with a damaged one, nothing is on."""
    try:
        raw: Any = json.loads(file.read_text("utf-8"))
        on = frozenset(source_named(str(each)).id for each in raw["on"])
        given = {source_named(k).id: checked_address(str(v)) for k, v in raw["addresses"].items()}
    except FileNotFoundError:
        return Chosen()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, UserError):
        logger("cloud").warning("the price sources in %s could not be read; all are off", file)
        return Chosen()
    return Chosen(on, given)


def save_chosen(file: Path, on: Iterable[str], addresses: Mapping[str, str]) -> Chosen:
    """Write the choice whole or not at all.

    Raises:
        UserError: there is no such source, or an address is none.
        HostError: it cannot be written.
    """
    ids = frozenset(source_named(each).id for each in on)
    known = {source.id: source.address for source in SOURCES}
    other = {
        source_named(name).id: checked_address(address)
        for name, address in addresses.items()
        if address.strip() and address.strip() != known.get(name)
    }
    part = file.with_suffix(".part")
    try:
        part.write_text(json.dumps({"on": sorted(ids), "addresses": other}, indent=1), "utf-8")
        part.replace(file)
    except OSError as error:
        why = error.strerror or str(error)
        raise HostError("The price sources were not saved", why, f"Check {file.parent}") from error
    return Chosen(ids, other)
