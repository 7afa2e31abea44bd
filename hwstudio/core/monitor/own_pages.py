"""The user's own monitor pages: a title and the sensors on it, in one small file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.log import logger

SCHEMA = 1
MOST_SENSORS = 48


@dataclass(frozen=True, slots=True)
class OwnPage:
    """One page. The title is its name: no two pages share one."""

    title: str
    sensors: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.title.strip():
            raise UserError("A page needs a name")
        if len(self.sensors) > MOST_SENSORS:
            raise UserError(
                f"The page {self.title!r} is full",
                f"a page holds at most {MOST_SENSORS} sensors",
                "Begin another page",
            )


def load_pages(file: Path) -> tuple[OwnPage, ...]:
    """Return the pages; a missing file has none, a damaged one is set aside."""
    try:
        raw = json.loads(file.read_text("utf-8"))
        return tuple(
            OwnPage(str(page["title"]), tuple(str(name) for name in page["sensors"]))
            for page in raw["pages"]
        )
    except FileNotFoundError:
        return ()
    except (OSError, ValueError, KeyError, TypeError, UserError):
        logger("monitor").warning("the pages in %s could not be read", file)
        try:
            file.replace(file.with_suffix(".damaged.json"))
        except OSError:
            pass
        return ()


def save_pages(file: Path, pages: tuple[OwnPage, ...]) -> None:
    """Write the pages whole or not at all.

    Raises:
        HostError: the file cannot be written.
    """
    document = {
        "schema": SCHEMA,
        "pages": [{"title": page.title, "sensors": list(page.sensors)} for page in pages],
    }
    part = file.with_suffix(".part")
    try:
        part.write_text(json.dumps(document, indent=1), "utf-8")
        part.replace(file)
    except OSError as error:
        raise HostError(
            "Your pages could not be saved", error.strerror or str(error), f"Check {file.parent}"
        ) from error


def with_sensor(pages: tuple[OwnPage, ...], title: str, sensor: str) -> tuple[OwnPage, ...]:
    """Return the pages with one more sensor on a page, which is begun if it is new."""
    found = next((page for page in pages if page.title == title), None)
    if found is None:
        return (*pages, OwnPage(title, (sensor,)))
    if sensor in found.sensors:
        return pages
    grown = OwnPage(title, (*found.sensors, sensor))
    return tuple(grown if page is found else page for page in pages)


def with_page(
    pages: tuple[OwnPage, ...], made: OwnPage, old: OwnPage | None = None
) -> tuple[OwnPage, ...]:
    """Return the pages with one more, or with ``old`` changed in its place."""
    if old is not None and old in pages:
        return tuple(made if page == old else page for page in pages)
    return (*(page for page in pages if page.title != made.title), made)


def without_page(pages: tuple[OwnPage, ...], title: str) -> tuple[OwnPage, ...]:
    """Return the pages without one."""
    return tuple(page for page in pages if page.title != title)
