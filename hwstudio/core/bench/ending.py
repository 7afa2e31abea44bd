"""The end of a worker as a value with words for people, whatever way it ended."""

from __future__ import annotations

import signal
from dataclasses import dataclass

from hwstudio.core.bench.event import Event
from hwstudio.core.model.result import Outcome

MEMORY_WORDS = (
    "The measurement was killed by the system: most often the memory ran out. "
    "Choose smaller sizes, or close other programs."
)
SEGFAULT_WORDS = (
    "The measurement crashed inside native code (segmentation fault). "
    "Update PyTorch and the graphics driver, or choose another interpreter."
)
_WINDOWS = {
    0xC0000005: SEGFAULT_WORDS,
    0xC0000017: MEMORY_WORDS,
    0xC000012D: MEMORY_WORDS,
    0xC0000409: SEGFAULT_WORDS,
}


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended. ``kind`` is the worker's own word for a failure (oom, no_torch, ...)."""

    outcome: Outcome
    words: str
    kind: str = ""
    return_code: int | None = None


def failure_words(event: Event) -> str:
    """Return a worker's "failed" event as sentences."""
    what, why, remedy = (event.text(name).rstrip(". ") for name in ("what", "why", "remedy"))
    head = f"{what or 'The measurement failed'}: {why}." if why else f"{what}."
    return f"{head} {remedy}." if remedy else head


def of_failure(event: Event, return_code: int | None) -> Ending:
    """Return the ending of a worker that said why it failed."""
    kind = event.text("kind") or "error"
    outcome = Outcome.COULD_NOT_START if kind == "no_torch" else Outcome.FAILED
    return Ending(outcome, failure_words(event), kind, return_code)


def of_exit(return_code: int, last_words: str) -> Ending:
    """Return the ending of a worker that went away without saying anything."""
    words = _exit_words(return_code)
    if last_words and words.startswith("The measurement ended without"):
        words = f"{words} Its last message: {last_words}"
    kind = "oom" if words == MEMORY_WORDS else "crash"
    return Ending(Outcome.CRASHED, words, kind, return_code)


def _exit_words(code: int) -> str:
    # A shell or container reports a death by signal n as 128 + n.
    number = -code if code < 0 else code - 128 if 128 < code < 160 else 0
    if number == 9:
        return MEMORY_WORDS
    if number in (4, 7, 8, 11):
        if number == 4:
            return (
                "The measurement crashed: this processor lacks an instruction that this build "
                "of PyTorch uses. Choose an interpreter with another build of PyTorch."
            )
        return SEGFAULT_WORDS
    if number:
        return f"The measurement was ended from outside ({_signal_name(number)}). Run it again."
    if code & 0xFFFFFFFF in _WINDOWS:
        return _WINDOWS[code & 0xFFFFFFFF]
    return f"The measurement ended without a result (exit code {code})."


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
