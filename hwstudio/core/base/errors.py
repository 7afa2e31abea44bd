"""The two errors people are meant to read; anything else that is raised is our own bug."""

from __future__ import annotations


class HwstudioError(Exception):
    """An error with words for people: what happened, why, and what to do about it."""

    def __init__(self, what: str, why: str = "", remedy: str = "") -> None:
        super().__init__(what)
        self.what = what.rstrip(".")
        self.why = why.rstrip(".")
        self.remedy = remedy.rstrip(".")

    @property
    def sentence(self) -> str:
        """One line: "What: why. What to do."."""
        head = f"{self.what}: {self.why}." if self.why else f"{self.what}."
        return f"{head} {self.remedy}." if self.remedy else head

    def __str__(self) -> str:
        return self.sentence


class UserError(HwstudioError):
    """What was asked for cannot be done as asked: wrong usage, value or file (exit code 2)."""


class HostError(HwstudioError):
    """The machine refused: driver, disk, permission, missing library (exit code 3)."""
