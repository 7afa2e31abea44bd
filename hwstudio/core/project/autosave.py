"""What survives a crash: the open project, written beside the settings after every change."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HostError, HwstudioError
from hwstudio.core.base.log import logger
from hwstudio.core.project.codec import to_json
from hwstudio.core.project.file import SCHEMA, read_document, state_of, write_document
from hwstudio.core.project.state import ProjectState

_MOST_ASIDE = 9
DELAY_S = 0.5  # faces write this long after a change: 2 s of work at most, also when all is busy


@dataclass(frozen=True, slots=True)
class Session:
    """The project that was open, the file it belongs to (or None), and whether that is current.

    ``file_sum`` is what hwstudio last read from or wrote to that file ("" = not known).
    """

    state: ProjectState
    file: Path | None = None
    is_saved: bool = False
    file_sum: str = ""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What the last run left: a session, or a sentence why there is none."""

    session: Session | None = None
    trouble: str = ""


def write_autosave(file: Path, session: Session) -> None:
    """Write the session.

    Raises:
        HostError: the file cannot be written.
    """
    document = {
        "schema": SCHEMA,
        "project": to_json(session.state),
        "file": str(session.file) if session.file else "",
        "is_saved": session.is_saved,
        "file_sum": session.file_sum,
    }
    try:
        write_document(file, document)
    except HostError as error:
        raise HostError(
            "Your changes are not kept for the case of a crash",
            error.why,
            f"Make room in {file.parent} or let hwstudio write there, or save the project to "
            "another drive; hwstudio goes on trying",
        ) from error


def session_of(file: Path, document: dict[str, Any]) -> Session:
    """Return the session inside a document read from ``file``; see load_project for the errors."""
    origin, content = document.get("file"), document.get("file_sum")
    return Session(
        state_of(file, document),
        Path(origin) if isinstance(origin, str) and origin else None,
        document.get("is_saved") is True,
        content if isinstance(content, str) else "",
    )


def recover(file: Path) -> Recovery:
    """Return what the last run left. A file that cannot be read is kept aside, never deleted."""
    if not file.exists():
        return Recovery()
    try:
        return Recovery(session_of(file, read_document(file)))
    except HwstudioError as error:
        logger("project").warning("the autosave could not be read: %s", error)
        kept = _put_aside(file)
        where = f" It is kept as {kept}." if kept else ""
        return Recovery(trouble=f"Your last project could not be restored. {error.sentence}{where}")


def _put_aside(file: Path) -> Path | None:
    """Rename a file that cannot be read; one put aside earlier is not overwritten."""
    names = (f".damaged{number}.hws" for number in ("", *range(2, _MOST_ASIDE + 1)))
    free = [kept for name in names if not (kept := file.with_suffix(name)).exists()]
    kept = free[0] if free else file.with_suffix(".damaged.hws")
    try:
        return file.replace(kept)
    except OSError:
        return None
