"""Turns what goes wrong in a person's own file into words: which line, why, what to do."""

from __future__ import annotations

import traceback
from pathlib import Path

from hwstudio.worker.channel import Failure

_DATA = ("DataDependentOutputException", "DynamicOutputShapeException", "GuardOnDataDependent")
_NO_FAKE = ("UnsupportedOperatorException", "UnsupportedFakeTensorException")
LONGEST = 300


def in_words(error: BaseException, file: Path, doing: str) -> Failure:
    """Return the failure of ``doing`` ("building Net") as words for people."""
    line = line_in(error, file)
    place = f"{file.name}, line {line}" if line else file.name
    return Failure("user_file", f"{place} failed while {doing}", _why(error), _remedy(error, doing))


def line_in(error: BaseException, file: Path) -> int | None:
    """Return the last line of the person's own file that was being run."""
    if isinstance(error, SyntaxError):
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    own = [f.lineno for f in frames if f.filename == str(file)]
    return own[-1] if own else None


def _why(error: BaseException) -> str:
    kind = type(error).__name__
    if kind.startswith(_DATA):
        return "what it does next depends on values, and the reckoning has sizes only"
    if kind.startswith(_NO_FAKE):
        return f"PyTorch cannot reckon one of its operations without data: {_first(error)}"
    if isinstance(error, SystemExit):
        return "the file ends the program when it is loaded"
    if isinstance(error, SyntaxError):
        return f"it is no valid Python: {error.msg}"
    return f"{_first(error)} ({kind})"


def _first(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines[0] if lines else "it gave no reason")[:LONGEST].rstrip(".")


def _remedy(error: BaseException, doing: str) -> str:
    kind = type(error).__name__
    if kind.startswith(_DATA):
        return (
            "Leave out of forward what looks at values (.item(), if x.sum() > 0, nonzero), "
            "or describe the model by its size instead"
        )
    if kind.startswith(_NO_FAKE):
        return "Replace the operation, or describe the model by its size instead"
    if isinstance(error, ModuleNotFoundError):
        return f"Install {error.name} in the Python that measures, or leave the import out"
    if isinstance(error, SystemExit):
        return 'Put what starts the program under: if __name__ == "__main__"'
    if isinstance(error, SyntaxError):
        return "Mend that line"
    if "forward" in doing or "step" in doing:
        return (
            "State the input that forward takes, e.g. 3x224x224 or tokens:512, or write "
            "example_inputs(batch) in the file that returns it"
        )
    return "Mend the file, and try again"
