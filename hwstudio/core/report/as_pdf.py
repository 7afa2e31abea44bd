"""A document as PDF: tagged, PDF/UA-1, the same bytes from the same document.

Typst sets the pages. Words reach it as data (JSON), never as code. Fonts are our own; where a text
holds signs they do not have, the computer's fonts help, and a sign nobody has is written as its
number: [U+1F600].
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final, Literal, cast

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import resource_dir
from hwstudio.core.report.as_typst import typst_data
from hwstudio.core.report.blocks import Document
from hwstudio.core.report.legible import legible_document

_STANDARD: Final = "ua-1"
_NO_GLYPH = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]+)\}|(.))")
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0"}
_MOST_ROUNDS = 50  # each takes away at least one sign nobody can draw


class Paper(StrEnum):
    """Sizes of paper, by Typst's names."""

    A4 = "a4"
    LETTER = "us-letter"


def has_pdf() -> bool:
    """Say whether this copy of hwstudio can make PDF files."""
    try:
        import typst  # noqa: F401
    except ImportError:
        return False
    return True


def pdf(document: Document, paper: Paper = Paper.A4) -> bytes:
    """Return the document as a PDF file.

    Raises:
        UserError: this copy of hwstudio comes without the PDF maker.
    """
    return _drawable(_page_set(document, paper))[1]


def page_pictures(document: Document, paper: Paper = Paper.A4, ppi: float = 96.0) -> list[bytes]:
    """Return each page as a PNG picture, as the PDF has it.

    Raises:
        UserError: this copy of hwstudio comes without the PDF maker.
    """
    page_set, _ = _drawable(_page_set(document, paper))
    made = _compiled(page_set, "png", ppi)
    return [made] if isinstance(made, bytes) else list(made)


@dataclass(frozen=True, slots=True)
class _PageSet:
    """What Typst is handed: the data as JSON text, the date, and whose fonts it may use."""

    text: str
    stamp_s: int
    own_fonts: bool = True


def _page_set(document: Document, paper: Paper) -> _PageSet:
    data = typst_data(legible_document(document), paper.value)
    return _PageSet(json.dumps(data, ensure_ascii=False), _stamp(document.made))


def _drawable(asked: _PageSet) -> tuple[_PageSet, bytes]:
    """Return the pages with signs no font has as numbers, and their PDF."""
    for _ in range(_MOST_ROUNDS):
        try:
            made = _compiled(asked, "pdf")
        except _LackingError as lacking:
            if asked.own_fonts:
                asked = replace(asked, own_fonts=False)
            else:
                asked = replace(asked, text=_without(asked.text, lacking.texts))
        else:
            return asked, made if isinstance(made, bytes) else b"".join(made)
    raise UserError(
        "The report cannot be set as PDF",
        "too many of its signs are in no font",
        "Save it as a web page (.html) instead",
    )


class _LackingError(Exception):
    """Signs no font has."""

    def __init__(self, texts: list[str]) -> None:
        super().__init__(texts)
        self.texts = texts


def _compiled(asked: _PageSet, form: str, ppi: float | None = None) -> bytes | list[bytes]:
    """Return the pages.

    Raises:
        UserError: there is no PDF maker here.
        _LackingError: the PDF holds signs no font has.
    """
    try:
        import typst
    except ImportError as error:
        raise UserError(
            "This copy of hwstudio cannot make PDF files",
            "its small package comes without the part that sets pages",
            "Save the report as a web page (.html) and print that, or install hwstudio with pip",
        ) from error
    try:
        made: bytes | list[bytes] = typst.compile(
            str(resource_dir() / "report" / "report.typ"),
            format=cast("Literal['pdf', 'png']", form),
            ppi=ppi,
            root=str(resource_dir() / "report"),
            font_paths=[str(resource_dir() / "fonts")],
            ignore_system_fonts=asked.own_fonts,
            sys_inputs={"data": asked.text},
            pdf_standards=[_STANDARD] if form == "pdf" else [],
            timestamp=asked.stamp_s,
        )
    except typst.TypstError as error:
        lacking = _lacking(str(error.diagnostic))
        if not lacking:
            raise
        raise _LackingError(lacking) from error
    return made


def _lacking(diagnostic: str) -> list[str]:
    """Return the texts Typst names as in no font."""
    return [_ESCAPE.sub(_unescaped, found) for found in _NO_GLYPH.findall(diagnostic)]


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return _PLAIN_ESCAPES.get(found[2], found[2])


def _without(text: str, lacking: Iterable[str]) -> str:
    """Return the JSON text with signs as numbers; they are outside ASCII, so never its syntax."""
    signs = {sign for each in lacking for sign in each if ord(sign) > 0x7F}
    table = str.maketrans({sign: f"[U+{ord(sign):04X}]" for sign in signs})
    return text.translate(table)


def _stamp(made: str) -> int:
    """Return the document's date as Unix seconds; 0 where it has none that can be read."""
    try:
        moment = datetime.fromisoformat(made)
    except ValueError:
        return 0
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
