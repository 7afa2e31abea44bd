"""Links inside pages: to another page, to code, to a benchmark, to a place in the window."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hwstudio.core.guide.cell import BAR, TIP, written_out

SCHEME = "hwstudio"
PAGE, CODE, BENCH, PLACE = "page", "code", "bench", "place"
WAYS, SAVINGS, MACHINE, FOLDERS = "ways", "savings", "machine", "folders"
CHOOSER, OFFERS = "chooser", "offers"
_URL = re.compile(rf"{SCHEME}:({PAGE}|{CODE}|{BENCH}|{PLACE})/([a-z0-9_]+)")
_IN_TEXT = re.compile(rf"\[([^\]]+)\]\(({SCHEME}:[^)]+)\)")
_CELLS = (TIP, BAR)  # lead nowhere
# What leads to the same answer without a window.
_COMMANDS = {
    PAGE: "hwstudio learn show {}",
    CODE: "hwstudio learn code {}",
    BENCH: "hwstudio bench run {}",
}
_PLACES = {
    WAYS: "Workload > Several GPUs, in the window",
    SAVINGS: "Workload > Save memory, in the window",
    MACHINE: "hwstudio assess",
    FOLDERS: "hwstudio learn folders DIR",
    CHOOSER: "Configure > More > Which setup suits me?, in the window",
    OFFERS: "hwstudio cloud offers",
}


@dataclass(frozen=True, slots=True)
class Link:
    """Where a link leads. ``kind``: page, code, bench (a test) or place (of the window)."""

    kind: str
    name: str


def link_of(url: str) -> Link | None:
    """Return what a link of ours means; None where it is none of ours."""
    found = _URL.fullmatch(url)
    return None if found is None else Link(found[1], found[2])


def links_in(text: str) -> tuple[str, ...]:
    """Return the addresses of all links of ours in a text of Markdown."""
    return tuple(found[1] for found in _IN_TEXT.findall(text) if not found[1].startswith(_CELLS))


def command_of(link: Link) -> str:
    """Return how to get there in a terminal."""
    if link.kind == PLACE:
        return _PLACES[link.name]
    return _COMMANDS[link.kind].format(link.name)


def with_commands(text: str) -> str:
    """Return a page for a terminal: after each link of ours stands the command for it, after
    what has a tip the tip, and bars are of letters."""

    def told(found: re.Match[str]) -> str:
        link = link_of(found[2])
        return found[1] if link is None else f"{found[1]} ({command_of(link)})"

    return _IN_TEXT.sub(told, written_out(text))


def test_link(words: str, bench_id: str) -> str:
    """Return a link to a benchmark."""
    return f"[{words}]({SCHEME}:{BENCH}/{bench_id})"
