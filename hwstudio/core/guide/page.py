"""Pages to read and code to copy: how their files are written, and the places numbers go to."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError

_KEY = re.compile(r"(?:# )?([a-z]+):(?: (.*))?")
_PLACE = re.compile(r"^\{\{([a-z_]+)\}\}$", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page in Markdown. ``{{name}}`` on a line of its own is where own numbers go."""

    id: str
    title: str
    words: str  # further words the search finds it by
    text: str

    @property
    def places(self) -> tuple[str, ...]:
        """Return the names of the places for own numbers."""
        return tuple(_PLACE.findall(self.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A whole file to copy."""

    id: str
    title: str
    words: str
    purpose: str
    needs: tuple[str, ...]  # packages
    devices: int  # GPUs without which it does not show what it is for
    tested: str  # "PyTorch 2.13.0 on a CPU"
    text: str

    @property
    def file_name(self) -> str:
        """Return the name to save it under."""
        return f"{self.id}.py"

    @property
    def to_copy(self) -> str:
        """Return what a person takes along: the file, and what it was tried with."""
        return f"{self.text.rstrip()}\n\n# Tested with {self.tested}.\n"


def page_of(page_id: str, raw: str) -> Page:
    """Read the file of a page.

    Raises:
        UserError: its head does not say a title.
    """
    head, text = _parted(page_id, raw)
    return Page(id=page_id, title=head["title"], words=head.get("words", ""), text=text)


def code_of(code_id: str, raw: str) -> Code:
    """Read a file of code, whose head is a comment.

    Raises:
        UserError: its head leaves something out.
    """
    head, text = _parted(code_id, raw)
    missing = [key for key in ("words", "purpose", "needs", "tested") if not head.get(key)]
    if missing:
        raise UserError(f"The head of {code_id} says no {missing[0]}")
    return Code(
        id=code_id,
        title=head["title"],
        words=head["words"],
        purpose=head["purpose"],
        needs=tuple(head["needs"].split(", ")),
        devices=int(head.get("devices", "1")),
        tested=head["tested"],
        text=text,
    )


def _parted(name: str, raw: str) -> tuple[dict[str, str], str]:
    """Return the head ("key: value" lines up to the first empty one) and what follows."""
    head: dict[str, str] = {}
    first, _, text = raw.replace("\r\n", "\n").partition("\n\n")
    for line in first.splitlines():
        found = _KEY.fullmatch(line)
        if found is None:
            raise UserError(f"The head of {name} has a line that is none: {line!r}")
        head[found[1]] = (found[2] or "").strip()
    if not head.get("title"):
        raise UserError(f"The head of {name} says no title")
    return head, text.lstrip("\n")


def filled(page: Page, blocks: Mapping[str, str]) -> str:
    """Return the page's Markdown with own numbers in their places.

    Raises:
        UserError: a place is named that nobody fills.
    """
    unknown = [name for name in page.places if name not in blocks]
    if unknown:
        raise UserError(f"The page {page.id} asks for {unknown[0]}, which nobody knows")
    return _PLACE.sub(lambda found: blocks[found[1]], page.text)


def markdown_table(headers: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [headers, tuple("---" for _ in headers), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
