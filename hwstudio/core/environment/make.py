"""Makes an environment with PyTorch, whole or not at all."""

from __future__ import annotations

import re
import shutil
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import HostError, HwstudioError, UserError
from hwstudio.core.base.network import Network
from hwstudio.core.environment.ask_python import OURS, Checked, Found, ask, check
from hwstudio.core.environment.child import Run, Say, Stopped, guarded, run_child
from hwstudio.core.environment.installer import (
    Source,
    Tool,
    child_environment,
    install_command,
    make_command,
)
from hwstudio.core.environment.managed import MARK, Managed, Mark, erase
from hwstudio.core.environment.wanted import TORCH, Wanted, index_of, known_size, place_of
from hwstudio.core.environment.wheels import WheelFolder

NEWEST = (3, 14)  # torch 2.13.0 has builds for 3.10 to 3.14
_ERROR = re.compile(r"^(error|ERROR)\s*:?\s*|×\s*")
_HINT = "hint:"  # what uv adds for people
_TAIL_LINES = 40
# How pip and uv say that nobody answered.
_NO_WAY = ("NewConnectionError", "ConnectTimeoutError", "dns error", "error sending request")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made. ``wheels`` is the folder to install from instead of the network."""

    name: str
    base: str  # path of the Python it is made from
    choice: Wanted
    wheels: WheelFolder | None = None

    @property
    def packages(self) -> tuple[str, ...]:
        """Return what is installed: from a folder, what is in it."""
        if self.wheels is None:
            return (f"torch=={TORCH}", "numpy")
        return ("torch", "numpy") if "numpy" in self.wheels.projects else ("torch",)

    @property
    def sizes(self) -> tuple[int | None, int | None]:
        """Return bytes to fetch and on disk; None where nobody knows them beforehand."""
        if self.wheels is not None:
            return 0, self.wheels.unpacked_bytes
        return known_size(self.choice)


@dataclass(frozen=True, slots=True)
class Hands:
    """What does the work; tests hand in others."""

    run: Run = run_child
    ask: Callable[[str], Found] = ask
    check: Callable[[str, threading.Event], Checked] = check


_HANDS = Hands()


def usable_base(found: Iterable[Found]) -> Found | None:
    """Return the first Python that PyTorch has builds for."""
    for each in found:
        if not each.why_not and each.kind != OURS and _numbers(each.python) <= NEWEST:
            return each
    return None


def _numbers(python: str) -> tuple[int, ...]:
    return tuple(int(part) for part in python.split(".")[:2])


def make(
    wish: Wish,
    managed: Managed,
    tool: Tool,
    network: Network,
    *,
    say: Say,
    stopped: threading.Event,
    hands: Hands = _HANDS,
) -> Found:
    """Make an environment and return it; ``why_not`` says it where torch in it cannot compute.

    Whatever goes wrong, and when it is stopped, nothing of it is left.

    Args:
        wish: what to make.
        managed: where.
        tool: what installs.
        network: asked for permission, and keeps the log; not with a folder of wheels.
        say: gets a line for people whenever there is news.
        stopped: set to stop it.
        hands: what does the work.

    Raises:
        Stopped: it was stopped.
        UserError: the name is taken or cannot be one, or the network is not allowed.
        HostError: why it could not be made.
    """
    with managed.held(wish.name) as folder:
        taken = next((each for each in managed.all() if each.name == wish.name), None)
        if taken is not None and (folder / MARK).exists():
            raise UserError(
                f"There is an environment called {wish.name}", "", "Remove it, or take another name"
            )
        _check_space(wish, managed.root)
        erase(folder)  # what an interrupted one left
        try:
            with _door(wish, tool, network):
                _fill(wish, managed, tool, folder, say, stopped, hands.run)
            say("Trying PyTorch")
            made = _proved(wish, managed, tool, folder, stopped, hands)
        except BaseException as error:
            erase(folder)
            is_worth_keeping = isinstance(error, HwstudioError) and wish.wheels is None
            managed.clear_fetched(keep=is_worth_keeping)  # a download that failed is tried again
            raise
        managed.clear_fetched()
        return made


def _door(wish: Wish, tool: Tool, network: Network) -> AbstractContextManager[None]:
    if wish.wheels is not None:
        return nullcontext()
    host, path = place_of(wish.choice)
    purpose = f"Install PyTorch ({wish.choice.title}) into the environment {wish.name}"
    return network.lend(tool.name, host, path, purpose=purpose)


def _check_space(wish: Wish, root: Path) -> None:
    needed = sum(filter(None, wish.sizes))
    free = shutil.disk_usage(root).free
    if needed > free:
        raise HostError(
            "There is too little free space",
            f"about {needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free on {root}",
            "Free some space, or use another folder with --home DIR",
        )


def _fill(
    wish: Wish,
    managed: Managed,
    tool: Tool,
    folder: Path,
    say: Say,
    stopped: threading.Event,
    run: Run,
) -> None:
    wheels = wish.wheels.folder if wish.wheels else None
    source = Source(index_of(wish.choice), wheels)
    env = child_environment(managed, is_offline=wheels is not None)
    managed.temp.mkdir(parents=True, exist_ok=True)
    steps = (
        ("Making the environment", make_command(tool, wish.base, folder)),
        ("Installing PyTorch", install_command(tool, folder, source, wish.packages)),
    )
    for words, line in steps:
        say(f"{words} with {tool.name}")
        tail: deque[str] = deque(maxlen=_TAIL_LINES)

        def heard(text: str, tail: deque[str] = tail) -> None:
            tail.append(text)
            say(text.strip())

        if run(guarded(wish.base, line), env, heard, stopped):
            raise _refused(words, tail, wish)


def _refused(words: str, tail: Iterable[str], wish: Wish) -> HostError:
    """Say why the program gave up, from its own last words."""
    lines = [line.strip() for line in tail if line.strip()]
    text = " ".join(lines)
    if "ensurepip" in text:
        why = "this Python lacks the part that makes environments"
        return HostError(
            f"{words} failed", why, "On Debian or Ubuntu: sudo apt install python3-venv"
        )
    if wish.wheels is None and any(sign in text for sign in _NO_WAY):
        why = f"{place_of(wish.choice)[0]} cannot be reached"
        remedy = "Check the connection, or install from a folder of wheels"
        return HostError(f"{words} failed", why, remedy)
    errors = [line for line in lines if _ERROR.match(line)]
    why = _ERROR.sub("", (errors or lines or ["it said nothing"])[-1])
    hint = next((line for line in reversed(lines) if line.startswith(_HINT)), "")
    if hint and errors:
        why = f"{why}. {hint.removeprefix(_HINT).strip()}"
    if wish.wheels is not None and ("No matching distribution" in text or "no wheels" in text):
        why = f"{why.rstrip('.')}. The folder lacks a wheel for this Python or computer"
    if "No space left" in text:
        return HostError(f"{words} failed", "the disk is full", "Free some space and try again")
    return HostError(f"{words} failed", why, "Try again; another build or Python may help")


def _proved(
    wish: Wish, managed: Managed, tool: Tool, folder: Path, stopped: threading.Event, hands: Hands
) -> Found:
    """Ask the new Python, let torch compute, and mark the environment as whole."""
    python = next(each.python for each in managed.all() if each.folder == folder)
    found = hands.ask(str(python))
    if found.why_not or found.torch is None:
        why = found.why_not or "PyTorch is not in it"
        raise HostError("The new environment cannot be used", why, "Try again")
    proof = hands.check(str(python), stopped)
    choice = "wheels" if wish.wheels is not None else wish.choice.id
    managed.mark(wish.name, Mark(iso_now(), choice, tool.name, proof.why_not))
    return replace(found, kind=OURS, name=wish.name, why_not=proof.why_not)


__all__ = ["Hands", "Stopped", "Wish", "make", "usable_base"]
