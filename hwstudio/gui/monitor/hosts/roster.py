"""The user's list of computers on disk: every change reads it again, so that none gets lost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from hwstudio.core.base.errors import UserError
from hwstudio.core.monitor.hosts.entry import HostEntry, checked
from hwstudio.core.monitor.hosts.list_file import MOST_HOSTS, read_list, write_list

Entries = tuple[HostEntry, ...]


class Roster:
    """Raises UserError and HostError as ``read_list`` and ``write_list`` do."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, int] | None = None

    @property
    def is_changed(self) -> bool:
        """Say whether the list is another one than was read or written here last."""
        return self._stamp_now() != self._stamp

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            told = self._file.stat()
        except OSError:
            return None
        return told.st_mtime_ns, told.st_size

    def read(self) -> Entries:
        """Return the list as it stands now."""
        self._stamp = self._stamp_now()
        return read_list(self._file)

    def put(self, entry: HostEntry, instead_of: str = "", at: int | None = None) -> Entries:
        """Add a computer, or put it in the place of another; return the new list.

        Raises:
            UserError: the name is another computer's.
        """
        entry, entries = checked(entry), list(self.read())
        if any(each.name == entry.name and each.name != instead_of for each in entries):
            raise UserError(f'There is a computer "{entry.name}" already', "", "Take another name")
        places = [n for n, each in enumerate(entries) if each.name == instead_of]
        if places:
            entries[places[0]] = entry
        else:
            entries.insert(len(entries) if at is None else at, entry)
        return self._write(entries)

    def remove(self, name: str) -> tuple[Entries, HostEntry | None, int]:
        """Take a computer out; return the new list, the computer and where it stood."""
        entries = list(self.read())
        for place, each in enumerate(entries):
            if each.name == name:
                del entries[place]
                return self._write(entries), each, place
        return tuple(entries), None, 0

    def merge(self, file: Path) -> tuple[Entries, int, int]:
        """Add the computers of a file; return the new list, how many came, how many were there."""
        entries, found = list(self.read()), read_list(file)
        known = {replace(each, name="") for each in entries}
        fresh = [each for each in found if replace(each, name="") not in known]
        if fresh:
            entries = list(self._write([*entries, *_renamed(fresh, entries)]))
        return tuple(entries), len(fresh), len(found) - len(fresh)

    def write_to(self, file: Path) -> int:
        """Write the list to another file; return how many computers it has."""
        entries = self.read()
        write_list(file, entries)
        return len(entries)

    def _write(self, entries: Iterable[HostEntry]) -> Entries:
        kept = tuple(entries)
        if len(kept) > MOST_HOSTS:
            raise UserError("The list of computers is too long", f"more than {MOST_HOSTS:,}")
        write_list(self._file, kept)
        self._stamp = self._stamp_now()
        return kept


def _renamed(fresh: Iterable[HostEntry], known: Iterable[HostEntry]) -> list[HostEntry]:
    taken = {each.name for each in known}
    made = []
    for entry in fresh:
        name, number = entry.name, 1
        while name in taken:
            number += 1
            name = f"{entry.name} ({number})"
        taken.add(name)
        made.append(replace(entry, name=name))
    return made
