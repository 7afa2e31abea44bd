"""Writes the folders of a new project; what is there already stays as it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.project.learn.tree import files


@dataclass(frozen=True, slots=True)
class Made:
    """What came of it; paths are relative to ``folder``, with "/"."""

    folder: Path
    written: tuple[str, ...]
    kept: tuple[str, ...]  # were there before

    @property
    def sentence(self) -> str:
        """Return it in words."""
        count = len(self.written)
        told = f"{count} file{'' if count == 1 else 's'} written in {self.folder}."
        if self.kept:
            few = len(self.kept)
            told += f" {few} {'was' if few == 1 else 'were'} there already and stayed as before."
        return told


def create_folders(folder: Path) -> Made:
    """Write the tree into a folder, which is made if missing. Nothing is ever overwritten.

    Raises:
        UserError: the name is a file's.
        HostError: something cannot be written; what was written until then stays.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(
            f"{folder} cannot hold a project", "it is a file", "Choose a folder, or a new name"
        )
    written, kept = [], []
    for path, text in files().items():
        file = folder / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x", encoding="utf-8", newline="\n") as to:  # "x": only if new
                to.write(text)
            written.append(path)
        except FileExistsError:
            if not file.parent.is_dir():
                raise _refused(file.parent, "a file of that name stands in the way") from None
            kept.append(path)
        except OSError as error:
            raise _refused(file, error.strerror or str(error)) from error
    return Made(folder, tuple(written), tuple(kept))


def _refused(place: Path, why: str) -> HostError:
    return HostError(f"{place} cannot be written", why, "Choose another folder")
