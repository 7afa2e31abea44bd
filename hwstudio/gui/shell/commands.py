"""Every action by name, once: menus, shortcuts and the search box all read this list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One thing a user can ask for."""

    id: str
    title: str
    run: Callable[[], object]
    shortcut: str = ""
    words: str = ""  # synonyms the search finds it by


class Commands:
    """The list of commands. Later registrations replace earlier ones of the same id."""

    def __init__(self) -> None:
        self._all: dict[str, Command] = {}

    def add(self, command: Command) -> None:
        """Register one command."""
        self._all[command.id] = command

    def all(self) -> tuple[Command, ...]:
        """Return the commands in order of registration."""
        return tuple(self._all.values())

    def find(self, text: str) -> tuple[Command, ...]:
        """Return the commands whose title or synonyms hold every typed word, best first."""
        wanted = text.lower().split()
        scored = []
        for order, command in enumerate(self._all.values()):
            title = command.title.lower()
            hay = f"{title} {command.words.lower()} {command.id}"
            if all(word in hay for word in wanted):
                misses = sum(word not in title for word in wanted)
                scored.append((misses, order, command))
        return tuple(command for _, _, command in sorted(scored, key=lambda item: item[:2]))
