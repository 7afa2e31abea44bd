"""Which part a name in a user's file means; a doubtful one is never guessed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Protocol

from hwstudio.core.base.errors import UserError
from hwstudio.core.catalog.match import GpuNames, cpu_tokens
from hwstudio.core.catalog.overlay.own_part import as_part, squeezed
from hwstudio.core.catalog.overlay.rows import OWN_ID
from hwstudio.core.model.part import Gpu, Part, PartKind

if TYPE_CHECKING:
    from hwstudio.core.catalog.overlay.mine import OwnPart

SHOWN = 3
# A word may be misspelt when it is this long and this alike; numbers and short words may not.
_LEAST_LETTERS, _LEAST_LIKE = 5, 0.8
_MOST_LOOKED_AT, _MOST_NEAR, _MOST_MISSES = 300, 10, 2_000
_WORD, _PIECE = re.compile(r"[a-z0-9]+"), re.compile(r"[a-z]+|\d+")


class Parts(Protocol):
    """What is asked of a catalogue here."""

    def parts(self, kind: PartKind, /) -> tuple[Part, ...]:
        """Return all parts of a kind."""


class Mine(Protocol):
    """What is asked of an overlay here."""

    def own_parts(self, kind: PartKind | None = None, /) -> tuple[OwnPart, ...]:
        """Return the user's own parts."""


@dataclass(frozen=True, slots=True)
class Named:
    """A part as far as its name goes."""

    id: str
    name: str
    kind: PartKind
    maker: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """The part that is meant, else those that may be (up to three)."""

    part: Named | None
    candidates: tuple[Named, ...] = ()
    is_unclear: bool = False  # several fit equally well

    def why_not(self, text: str) -> str:
        """Say why no part was taken, naming candidates with their ids."""
        near = ", ".join(f"{each.name} ({each.id})" for each in self.candidates)
        if self.is_unclear:
            return f"'{text}' can be several parts: {near}; write the id"
        hint = f"; near are {near}; write the id" if near else ""
        return f"no part is called '{text}'{hint}"


class Known:
    """The parts that can be named: the catalogue's and the user's own."""

    def __init__(self, parts: Iterable[Named], gpus: Iterable[Gpu] = ()) -> None:
        self._by_id: dict[str, Named] = {}
        self._by_name: dict[str, list[Named]] = {}
        self._by_cpu: dict[tuple[str, ...], list[Named]] = {}
        self._by_word: dict[str, list[Named]] = {}
        self.gpus = {gpu.id: gpu for gpu in gpus}
        self._gpu_names = GpuNames(
            (gpu.id, gpu.name, gpu.vram_bytes, gpu.form_factor) for gpu in self.gpus.values()
        )
        self._misses = 0
        self._answers: dict[tuple[str, PartKind | None], Found] = {}
        for part in parts:
            self.add(part)

    @classmethod
    def of(cls, catalog: Parts, overlay: Mine) -> Known:
        """Return the parts of a catalogue and an overlay."""
        # A catalogue with an overlay of its own shows own parts too; only the given ones count.
        everything = [
            part
            for kind in PartKind
            for part in catalog.parts(kind)
            if not part.id.startswith(OWN_ID)
        ]
        named = [Named(part.id, part.name, part.kind, part.maker) for part in everything]
        named += [
            Named(part.id, part.name, part.kind, part.maker, is_own=True)
            for part in overlay.own_parts()
        ]
        gpus = {part.id: part for part in everything if isinstance(part, Gpu)}
        for part in overlay.own_parts(PartKind.GPU):
            with suppress(UserError):  # it lacks something; then no card can name it
                gpus.setdefault(part.id, as_part(part, {}))
        return cls(named, gpus.values())

    def add(self, part: Named, gpu: Gpu | None = None) -> None:
        """Know one more part; one of the same id is taken to be the same."""
        if gpu is not None:
            self.gpus[gpu.id] = gpu
        if part.id in self._by_id:
            self._by_id[part.id] = part
            return
        self._answers.clear()
        self._by_id[part.id] = part
        for name in _spellings(part):
            self._by_name.setdefault(name, []).append(part)
        if part.kind is PartKind.CPU:
            self._by_cpu.setdefault(cpu_tokens(part.name), []).append(part)
        for word in set(_pieces(f"{part.name} {part.maker}")):
            self._by_word.setdefault(word, []).append(part)

    def __contains__(self, part_id: object) -> bool:
        """Say whether a part of this id is known."""
        return part_id in self._by_id

    def __iter__(self) -> Iterator[Named]:
        """Yield every part."""
        return iter(self._by_id.values())

    def get(self, part_id: str) -> Named | None:
        """Return the part of an id."""
        return self._by_id.get(part_id)

    def name_of(self, part_id: str) -> str:
        """Return the name of a part, "" when it is not known."""
        found = self._by_id.get(part_id)
        return found.name if found else ""

    def called(self, name: str, kind: PartKind) -> list[Named]:
        """Return the parts of a kind with just this name, spaces and capitals aside."""
        return [part for part in self._by_name.get(squeezed(name), []) if part.kind is kind]

    def find(self, text: str, kind: PartKind | None = None) -> Found:
        """Return the part a text means by id, by name, or by a close name only one part has."""
        key = text, kind
        if key not in self._answers:
            self._answers[key] = self._find(text.strip(), kind)
        return self._answers[key]

    def _find(self, text: str, kind: PartKind | None) -> Found:
        by_id = self._by_id.get(text) or self._by_id.get(text.lower())
        if by_id is not None and kind in {None, by_id.kind}:
            return Found(by_id)
        same = [part for part in self._by_name.get(squeezed(text), []) if _is(part, kind)]
        if exact := [part for part in same if part.name.casefold() == text.casefold()]:
            same = exact
        for fitting in (same, self._models(text, kind)):
            if len(fitting) == 1:
                return Found(fitting[0])
            if fitting:
                return Found(None, tuple(fitting[:SHOWN]), is_unclear=True)
        near = self._near(text, kind)
        misspelt = [part for part in near if _is_misspelt(_words(text), _words(part.name))]
        if len(misspelt) == 1:
            return Found(misspelt[0])
        closest = self._closest_first(text, misspelt or near)
        return Found(None, closest[:SHOWN], is_unclear=len(misspelt) > 1)

    def _models(self, text: str, kind: PartKind | None) -> list[Named]:
        """Return the GPUs and CPUs of that model: makers and families may be left out."""
        found: list[Named] = []
        if kind in {None, PartKind.GPU}:
            gpu_id = self._gpu_names.find(text)
            found += [self._by_id[gpu_id]] if gpu_id else []
        if kind in {None, PartKind.CPU} and (tokens := cpu_tokens(text)):
            found += self._by_cpu.get(tokens, [])
        return found

    def _near(self, text: str, kind: PartKind | None) -> list[Named]:
        """Return the parts that share most words with a text, rare words first."""
        postings = [self._by_word.get(word, []) for word in set(_pieces(text))]
        shared: Counter[str] = Counter()
        for posting in sorted(filter(None, postings), key=len):
            if len(shared) > _MOST_LOOKED_AT:
                break
            weight = 1 + 100 // len(posting)
            shared.update(
                {part.id: weight for part in posting[:_MOST_LOOKED_AT] if _is(part, kind)}
            )
        return [self._by_id[part_id] for part_id, _ in shared.most_common(_MOST_NEAR)]

    def _closest_first(self, text: str, parts: list[Named]) -> tuple[Named, ...]:
        """Sort the parts by how alike their names are; a file of only unknown names is not."""
        self._misses += 1
        if self._misses > _MOST_MISSES:
            return tuple(parts)
        low, wanted = text.casefold(), set(_pieces(text))

        def rank(part: Named) -> tuple[int, float]:
            name = part.name.casefold()
            return len(wanted - set(_pieces(name))), -SequenceMatcher(None, low, name).ratio()

        return tuple(sorted(parts, key=rank))


def _is(part: Named, kind: PartKind | None) -> bool:
    return kind in {None, part.kind}


def _spellings(part: Named) -> set[str]:
    """Return a part's name as it is, with its maker before it, and without."""
    maker = f"{part.maker} ".casefold()
    short = part.name[len(maker) :] if part.name.casefold().startswith(maker) else part.name
    return {squeezed(name) for name in (part.name, f"{maker}{part.name}", short)}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _pieces(text: str) -> list[str]:
    """Return the words with letters and digits apart: "rtx4090" is rtx and 4090."""
    return _PIECE.findall(text.casefold())


def _is_misspelt(words: list[str], name: list[str]) -> bool:
    """Say whether the words are the name's but for one misspelt word without a digit."""
    left, right = Counter(words), Counter(name)
    wrong, meant = list((left - right).elements()), list((right - left).elements())
    if len(wrong) != 1 or len(meant) != 1:
        return False
    one, other = wrong[0], meant[0]
    if not (one.isalpha() and other.isalpha()) or min(len(one), len(other)) < _LEAST_LETTERS:
        return False
    return SequenceMatcher(None, one, other).ratio() >= _LEAST_LIKE
