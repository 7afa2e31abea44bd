"""Where a run kit leaves its result file: beside itself, else in the home folder, else temporary.

The file is written again after every test, so a stick pulled out early loses one test at most.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from hwstudio.core.base.errors import HostError
from hwstudio.core.bench.result_file import write_result_file
from hwstudio.core.model.result import Result


def usual_folders(kit: Path) -> tuple[Path, ...]:
    """Return where a file may go, the best first."""
    found = [kit.parent]
    try:
        found.append(Path.home())
    except RuntimeError:
        pass  # nobody says where home is
    return (*found, Path(tempfile.gettempdir()))


class ResultPlace:
    """One result file, in the first folder that takes it. ``file`` is "" until one did."""

    def __init__(self, name: str, machine: str, folders: Sequence[Path]) -> None:
        self.file: Path | None = None
        self.refused: list[str] = []  # why a better folder did not take it
        self._name, self._machine = name, machine
        self._folders = list(folders)

    def write(self, results: Sequence[Result]) -> None:
        """Write all results so far.

        Raises:
            HostError: no folder takes the file.
        """
        while self._folders:
            file = self._folders[0] / self._name
            try:
                write_result_file(file, results, self._machine)
            except HostError as error:
                self.refused.append(error.sentence)
                self._folders.pop(0)
                continue
            if self.file is not None and self.file != file:
                self.refused.append(f"{self.file} holds only the first results.")
            self.file = file
            return
        raise HostError(
            "The results could not be written anywhere",
            " ".join(self.refused),
            "Free some space and run the kit again, or name a folder with --out FOLDER",
        )
