"""The table of Pythons."""

from __future__ import annotations

from hwstudio.core.environment.ask_python import CONDA, OURS, PYENV, SYSTEM, UV, VENV
from hwstudio.core.environment.words import packages_words
from hwstudio.gui.environment.state import Row
from hwstudio.gui.kit.table import Column

_KINDS = {
    CONDA: "conda",
    VENV: "venv",
    PYENV: "pyenv",
    UV: "By uv",
    SYSTEM: "System",
    OURS: "hwstudio",
}
_FITS = {"ok": "Fits", "info": "–", "warn": "GPU unused", "error": "No match"}


def _use(row: Row) -> str:
    return "In use" if row.is_chosen else ""


def _name(row: Row) -> str:
    return row.found.name or row.found.path


def _python(row: Row) -> str | None:
    return row.found.python or None


def _torch(row: Row) -> str | None:
    return row.found.torch.version if row.found.torch else None


def _for(row: Row) -> str | None:
    return row.found.torch.title if row.found.torch else None


def _fit(row: Row) -> str:
    return "Cannot run" if row.found.why_not else _FITS[row.match.kind]


def _fit_colour(row: Row) -> str:
    if row.found.why_not:
        return "muted"  # an old Python is no fault
    return "" if row.match.kind == "info" else row.match.kind


def _fit_tip(row: Row) -> str:
    return row.found.why_not or row.match.words


def _others(row: Row) -> str | None:
    return packages_words(row.found) or None


def _path(row: Row) -> str:
    return row.found.path


def _kind(row: Row) -> str:
    return _KINDS[row.found.kind]


PYTHONS = (
    Column("Used", _use, width=60, colour=lambda _: "ok"),
    Column("Name", _name, tip=_path, stretch=True),
    Column("Kind", _kind, width=82),
    Column("Python", _python, width=78, right=True),
    Column("PyTorch", _torch, width=118),
    Column("Built for", _for, width=100),
    Column("Fits here", _fit, tip=_fit_tip, width=102, colour=_fit_colour),
    Column("Also has", _others, tip=lambda row: _others(row) or "", width=96),
)
