"""Reckons the memory of a person's own module: starts a worker, waits, reads what it found.

The file's own code runs, in the worker's process alone. Nothing here imports torch.
"""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.base.paths import is_frozen
from hwstudio.core.bench.ending import Ending
from hwstudio.core.bench.event import Event
from hwstudio.core.bench.launch import Interpreter, clean_environment, command
from hwstudio.core.bench.supervisor import Job, Limits, Supervisor
from hwstudio.core.model.result import Outcome
from hwstudio.core.predict.module.result import ModuleMemory, ModuleQuestion, read_result

LIMIT_S = 120.0
KERNEL = "module_memory"
WARNING = "This file's code will run on this computer, in a process of its own."
_USERS = "user_file"  # the worker's word for what is wrong with the file


@dataclass
class ModuleRunner:
    """Runs one question at a time. ``cancel`` may be set from any thread."""

    interpreter: Interpreter
    log_dir: Path
    limit_s: float = LIMIT_S
    cancel: threading.Event = field(default_factory=threading.Event)

    def run(
        self, question: ModuleQuestion, on_progress: Callable[[str], None] | None = None
    ) -> ModuleMemory | None:
        """Return what was found; None when it was cancelled. Blocks for up to ``limit_s``.

        Raises:
            UserError: the question or the file is wrong; the words name file, line and reason.
            HostError: the worker could not start, or ended by itself.
        """
        question = question.checked()
        if not Path(question.file).is_file():
            raise UserError(f"{question.file} is not there", "no such file", "Choose another")
        heard = _Heard(on_progress)
        stamp = iso_now().replace(":", "").replace("-", "")
        job = Job(
            command=command(self.interpreter),
            env=clean_environment(os.environ, frozen=is_frozen()),
            kernel=KERNEL,
            params=question.params | {"file": str(Path(question.file).absolute())},
            log_stem=self.log_dir / f"{stamp}-module-{uuid.uuid4().hex[:8]}",
        )
        # A person's file may hold the interpreter for long, so silence alone is no reason to end.
        limits = Limits(beat_s=self.limit_s, total_s=self.limit_s)
        ending = Supervisor(job, heard.take, self.cancel, limits).run()
        if ending.outcome is Outcome.CANCELLED:
            return None
        if ending.outcome is Outcome.FINISHED and heard.value is not None:
            return self._read(question, heard.value)
        raise self._why(question, heard.failed, ending)

    def _read(self, question: ModuleQuestion, value: dict[str, Any]) -> ModuleMemory:
        try:
            return read_result(question, value)
        except ValueError as error:
            raise HostError("The answer cannot be used", str(error), "Install again") from error

    def _why(self, question: ModuleQuestion, failed: Event | None, ending: Ending) -> HwstudioError:
        name = Path(question.file).name
        if ending.outcome is Outcome.TIMED_OUT:
            return UserError(
                f"{name} took longer than {self.limit_s:.0f} s and was stopped",
                "loading it, building the model or its step does not come to an end in time",
                "Try a smaller model of the same kind, or leave out of the file what works long",
            )
        if failed is not None:
            words = [failed.text(word) for word in ("what", "why", "remedy")]
            kind = UserError if failed.text("kind") == _USERS else HostError
            return kind(*words)
        if ending.outcome is Outcome.CRASHED:
            return UserError(
                f"{name} ended the process that ran it",
                ending.words.replace("The measurement", "It").rstrip("."),
                "Leave out of the file what ends Python, and try again",
            )
        return HostError(f"{name} could not be run", ending.words)


class _Heard:
    """What the worker said, as far as it matters here."""

    def __init__(self, on_progress: Callable[[str], None] | None) -> None:
        self.value: dict[str, Any] | None = None
        self.failed: Event | None = None
        self._on_progress = on_progress

    def take(self, event: Event) -> None:
        if event.kind == "condition" and event.text("name") == "memory":
            value = event.data.get("value")
            self.value = value if isinstance(value, dict) else None
        elif event.kind == "failed":
            self.failed = event
        elif event.kind == "progress" and self._on_progress is not None:
            self._on_progress(event.text("label"))
