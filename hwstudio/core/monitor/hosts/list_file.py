"""The list of other computers as a file: our JSON, and what people already have for import.

Imported are CSV with a heading, plain lines of addresses, and the target files of Prometheus
(``[{"targets": ["gpu1:9100"]}]``).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.monitor.hosts.entry import HostEntry, Source, checked

SCHEMA = 1
MOST_BYTES = 4_000_000
MOST_HOSTS = 1000
_TEXTS = ("name", "match", "token_file", "user", "password_file")
_COLUMNS = {"host": "name", "address": "urls", "url": "urls", "kind": "source"}


def read_list(file: Path) -> tuple[HostEntry, ...]:
    """Return the computers of a file; a file that is not there has none.

    Raises:
        HostError: it cannot be read.
        UserError: it is no list of computers, or one of them cannot be used.
    """
    try:
        with file.open(encoding="utf-8-sig") as opened:
            text = opened.read(MOST_BYTES + 1)
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise HostError("The list of computers cannot be read", why, f"Check {file}") from error
    if len(text) > MOST_BYTES:
        raise UserError("The list of computers is too large", f"more than {MOST_BYTES:,} bytes")
    return parse_list(text)


def parse_list(text: str) -> tuple[HostEntry, ...]:
    """Return the computers of a text in any of the forms; names that come twice get numbers.

    Raises:
        UserError: it is no list, or one of them cannot be used.
    """
    is_json = text.lstrip()[:1] in ("{", "[")
    found = _of_json(text) if is_json else list(_of_lines(text))
    if len(found) > MOST_HOSTS:
        raise UserError("The list of computers is too long", f"more than {MOST_HOSTS:,}")
    return _unique(found)


def write_list(file: Path, entries: Iterable[HostEntry]) -> None:
    """Write the list whole or not at all.

    Raises:
        HostError: the file cannot be written.
    """
    hosts = [_plain(entry) for entry in entries]
    part = file.with_suffix(".part")
    try:
        part.write_text(json.dumps({"schema": SCHEMA, "hosts": hosts}, indent=1) + "\n", "utf-8")
        part.replace(file)
    except OSError as error:
        why = error.strerror or str(error)
        raise HostError("The list of computers cannot be saved", why, f"Check {file}") from error


def _plain(entry: HostEntry) -> dict[str, Any]:
    usual = {field.name: field.default for field in fields(HostEntry)}
    return {key: value for key, value in asdict(entry).items() if value != usual[key]}


def _of_json(text: str) -> list[HostEntry]:
    try:
        raw = json.loads(text)
        if isinstance(raw, dict):
            if int(raw.get("schema", SCHEMA)) > SCHEMA:
                raise UserError("The list of computers was made by a newer hwstudio")
            return [_entry(each) for each in raw["hosts"]]
        return [
            checked(HostEntry(name=str(target), urls=(str(target),)))
            for group in raw
            for target in group["targets"]
        ]
    except HwstudioError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise UserError("This is no list of computers", str(error)[:200]) from error


def _entry(raw: dict[str, Any]) -> HostEntry:
    urls = raw["urls"]
    words = {key: str(raw[key]) for key in _TEXTS if raw.get(key)}
    return checked(
        HostEntry(
            urls=tuple(str(url) for url in ([urls] if isinstance(urls, str) else urls)),
            source=_source(str(raw.get("source", Source.PAGE))),
            interval_s=_seconds(raw.get("interval_s") or 0.0),
            **{"name": "", **words},
        )
    )


def _source(text: str) -> Source:
    word = text.strip().lower() or Source.PAGE
    try:
        return Source(word)
    except ValueError:
        known = " or ".join(Source)
        raise UserError(f'"{text}" is no source of metrics', f"it must be {known}") from None


def _seconds(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        raise UserError(f'"{text}" is no number of seconds') from None


def _of_lines(text: str) -> Iterator[HostEntry]:
    lines = [line for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
    if not lines:
        return
    heading = [_COLUMNS.get(word, word) for word in _words(lines[0].lower())]
    if "urls" not in heading:
        for line in lines:
            first, *more = _words(line)
            yield checked(HostEntry(name=first, urls=(first, *more)))
        return
    for line in lines[1:]:
        row: dict[str, Any] = dict(zip(heading, _words(line), strict=False))
        row["urls"] = row.get("urls", "").split()
        row["name"] = row.get("name") or " ".join(row["urls"][:1])
        row["source"] = row.get("source") or str(Source.PAGE)
        yield _entry(row)


def _words(line: str) -> list[str]:
    try:
        row = next(csv.reader(io.StringIO(line), skipinitialspace=True), [])
    except csv.Error as error:
        raise UserError("A line of the list cannot be read", str(error)) from error
    return [word.strip() for word in row]


def _unique(entries: list[HostEntry]) -> tuple[HostEntry, ...]:
    from dataclasses import replace

    taken: set[str] = set()
    made = []
    for entry in entries:
        name, number = entry.name, 1
        while name in taken:
            number += 1
            name = f"{entry.name} ({number})"
        taken.add(name)
        made.append(entry if name == entry.name else replace(entry, name=name))
    return tuple(made)
