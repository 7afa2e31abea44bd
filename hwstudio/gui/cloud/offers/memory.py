"""What was typed on these pages, kept in the home so that it is there again next time."""

from __future__ import annotations

from collections.abc import Mapping

from hwstudio.core.base.errors import HostError
from hwstudio.core.base.log import logger
from hwstudio.core.project.page_memory import PageMemory


class Memory:
    """One part of the kept texts; a full disk costs the memory, never the page."""

    def __init__(self, kept: PageMemory, part: str) -> None:
        self._kept, self._part = kept, part

    def texts(self) -> dict[str, str]:
        """Return what was kept last."""
        return self._kept.texts(self._part)

    def keep(self, texts: Mapping[str, str]) -> None:
        """Keep these texts in place of the last ones."""
        try:
            self._kept.keep(self._part, texts)
        except HostError as error:
            logger("cloud").warning("%s", error.sentence)
