"""A document into a file whose ending says the form."""

from __future__ import annotations

from pathlib import Path

from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.export.whole_file import whole_file
from hwstudio.core.report.as_data import csv_text, json_text
from hwstudio.core.report.as_html import html
from hwstudio.core.report.as_markdown import markdown
from hwstudio.core.report.blocks import Document

_FORMS = {
    ".html": (html, "utf-8"),
    ".htm": (html, "utf-8"),
    ".md": (markdown, "utf-8"),
    ".json": (json_text, "utf-8"),
    ".csv": (csv_text, "utf-8-sig"),  # the mark tells Excel that the letters are UTF-8
}
ENDINGS = tuple(_FORMS)


def write_document(out: Path, document: Document) -> None:
    """Write a document whole or not at all: .html, .md, .json or .csv.

    Raises:
        UserError: the ending is none of these.
        HostError: the disk is full or the place cannot be written.
    """
    form, encoding = _FORMS.get(out.suffix.lower(), (None, ""))
    if form is None:
        raise UserError(
            f"'{out.name}' cannot be written",
            "its ending does not say what it is to be",
            f"End its name with one of {', '.join(ENDINGS)}",
        )
    with whole_file(out, encoding=encoding) as file:
        file.write(form(document))
