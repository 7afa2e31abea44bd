"""What the catalogue and the power room offer the steps to choose from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from hwstudio.core.model.part import GpuCard, Part, PartKind
from hwstudio.core.model.workload import Workload
from hwstudio.core.project.jobs import PREFIX
from hwstudio.core.project.left import PartsLeft
from hwstudio.core.project.state import ProjectState
from hwstudio.core.project.wizard_wishes import KINDS
from hwstudio.gui.configure.words import KIND_TITLE

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Offered:
    """The choices, and how many parts a project's wishes leave (asked in the background)."""

    workloads: tuple[Workload, ...]
    makers: tuple[str, ...]
    cases: Options
    mains: Options
    count: Callable[[ProjectState], PartsLeft]
    parts: PartNames
    job: Callable[[str], Workload]  # of the library by id, any model's by its line


@dataclass
class PartNames:
    """The names of all parts, read when first asked for; a chip stands for any card with it."""

    read: Callable[[PartKind], tuple[Part, ...]]
    jobs: dict[str, str] = field(default_factory=dict)
    job_title: Callable[[str], str] = str  # of a model's job (core.project.jobs)

    @cached_property
    def by_id(self) -> dict[str, str]:
        """Return the name of every part."""
        names = {part.id: named(part) for kind in PartKind for part in self.read(kind)}
        seen: dict[str, int] = {}
        for name in names.values():
            seen[name] = seen.get(name, 0) + 1
        return {id_: f"{n} ({id_})" if seen[n] > 1 else n for id_, n in names.items()}

    @cached_property
    def ids(self) -> dict[str, str]:
        """Return the id of every name, in small letters."""
        return {name.lower(): id_ for id_, name in self.by_id.items()}

    @cached_property
    def kinds(self) -> Options:
        """Return the kinds of part with their titles."""
        return tuple((kind, KIND_TITLE[PartKind(kind)]) for kind in KINDS)

    def makers(self, kind: str) -> tuple[str, ...]:
        """Return the makers of a kind of part."""
        return tuple(sorted({p.maker for p in self.read(PartKind(kind)) if p.maker[:1].isalnum()}))

    def __call__(self, id_: str) -> str:
        """Return the title of a job or the name of a part; what nobody knows keeps its id."""
        return self.jobs.get(id_) or self._job_of(id_) or self.by_id.get(id_, id_)

    def _job_of(self, id_: str) -> str:
        return self.job_title(id_) if id_.startswith(PREFIX) else ""


def named(part: Part) -> str:
    """Return a name that says the maker, and of a chip that any card will do."""
    name = part.name if part.maker.lower() in part.name.lower() else f"{part.maker} {part.name}"
    if isinstance(part, GpuCard) and part.gpu.name.lower() not in name.lower():
        return f"{name} ({part.gpu.name})"
    return f"{name}, any card" if part.kind is PartKind.GPU else name
