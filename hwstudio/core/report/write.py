"""A document into a file whose ending says the form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.export.whole_file import write_whole_bytes
from hwstudio.core.report.as_data import csv_text, json_text
from hwstudio.core.report.as_docx import docx
from hwstudio.core.report.as_html import html
from hwstudio.core.report.as_markdown import markdown
from hwstudio.core.report.as_pdf import Paper, pdf
from hwstudio.core.report.as_xlsx import xlsx
from hwstudio.core.report.blocks import Document

_FORMS: dict[str, Callable[[Document, Paper], bytes]] = {
    ".pdf": pdf,
    ".html": lambda document, _: html(document).encode(),
    ".htm": lambda document, _: html(document).encode(),
    ".docx": docx,
    ".xlsx": xlsx,
    ".md": lambda document, _: markdown(document).encode(),
    ".json": lambda document, _: json_text(document).encode(),
    # The mark at its head tells Excel that the letters are UTF-8.
    ".csv": lambda document, _: csv_text(document).encode("utf-8-sig"),
}
ENDINGS = tuple(_FORMS)


def document_bytes(document: Document, ending: str, paper: Paper = Paper.A4) -> bytes:
    """Return the document in the form an ending (".pdf") names; the same bytes every time.

    Raises:
        UserError: the ending is none of ``ENDINGS``, or this copy cannot make PDF files.
    """
    return _form(ending, f"A file ending '{ending}'")(document, paper)


def write_document(out: Path, document: Document, paper: Paper = Paper.A4) -> None:
    """Write a document whole or not at all, in the form the file's ending says.

    Raises:
        UserError: the ending is none of ``ENDINGS``, or this copy cannot make PDF files.
        HostError: the disk is full or the place cannot be written.
    """
    form = _form(out.suffix, f"'{out.name}'")
    write_whole_bytes(out, form(document, paper))


def check_ending(out: Path) -> None:
    """Refuse a file whose ending names no form, before the work of making its document.

    Raises:
        UserError: it does.
    """
    _form(out.suffix, f"'{out.name}'")


def _form(ending: str, what: str) -> Callable[[Document, Paper], bytes]:
    form = _FORMS.get(ending.lower())
    if form is None:
        raise UserError(
            f"{what} cannot be written",
            "its ending does not say what it is to be",
            f"End its name with one of {', '.join(ENDINGS)}",
        )
    return form
