"""The guides as values: presets, profiles, memory budgets, drive setups, tree and matrix."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from hwstudio.core.base.units import GB, GIB
from hwstudio.core.guide.allocation import Profile
from hwstudio.core.guide.decision_matrix import Factor, Matrix, Option
from hwstudio.core.guide.decision_tree import CloudWish, DecisionTree, Question, TreeAnswer
from hwstudio.core.guide.memory_need import MemoryBudget, MemoryItem
from hwstudio.core.guide.presets import Minimum, Preset, Presets
from hwstudio.core.model.raid import Array, array_of
from hwstudio.core.project.guides.read import Raw, made, source_of, wishes_of

_MINIMUMS = {
    "cores": ("cores", 1),
    "threads": ("threads", 1),
    "vram_gib": ("vram_bytes", GIB),
    "ram_gib": ("ram_bytes", GIB),
    "primary_gb": ("primary_bytes", GB),
    "secondary_gb": ("secondary_bytes", GB),
    "psu_w": ("psu_w", 1),
}


@dataclass(frozen=True, slots=True)
class MemoryGuide:
    """Four kinds of user, and why memory fills."""

    budgets: tuple[MemoryBudget, ...]
    reasons: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class SetupVolume:
    """Equal drives of a usual arrangement; ``kind`` is nvme, sata_ssd or hdd."""

    purpose: str
    kind: str
    array: Array


@dataclass(frozen=True, slots=True)
class StorageSetup:
    """A usual arrangement of drives."""

    id: str
    title: str
    volumes: tuple[SetupVolume, ...]
    source: str

    @property
    def raw_bytes(self) -> int:
        return sum(volume.array.raw_bytes for volume in self.volumes)

    @property
    def usable_bytes(self) -> int:
        return sum(volume.array.usable_bytes for volume in self.volumes)


def presets() -> Presets:
    """Return the ready-made wishes."""
    return made("presets", _presets)


def profiles() -> tuple[Profile, ...]:
    """Return the kinds of task with their shares of the money."""
    return made("profiles", lambda raw: tuple(_profile(one, raw) for one in raw["profile"]))


def memory_guide() -> MemoryGuide:
    """Return the memory budgets."""
    return made("memory", _memory)


def storage_setups() -> tuple[StorageSetup, ...]:
    """Return the usual arrangements of drives."""
    return made("storage", lambda raw: tuple(_setup(one, raw) for one in raw["setup"]))


def decision_tree() -> DecisionTree:
    """Return the three questions; each way through them was walked once, so it ends."""
    return made("tree", _tree)


def decision_matrix() -> Matrix:
    """Return the matrix as it comes, each factor weighing the same."""
    return made("matrix", _matrix)


def _presets(raw: Raw) -> Presets:
    return Presets(
        classes=tuple(_preset("class", one, raw) for one in raw["class"]),
        tiers=tuple(_preset("tier", one, raw) for one in raw["tier"]),
        templates=tuple(_preset("template", one, raw) for one in raw["template"]),
        memory=tuple(_preset("memory", one, raw) for one in raw["memory"]),
    )


def _preset(family: str, raw: Raw, file: Raw) -> Preset:
    least, better = raw.get("least", {}), raw.get("better", {})
    return Preset(
        family=family,
        id=raw["id"],
        title=raw["title"],
        words=raw["words"],
        wishes=wishes_of(raw["wishes"], raw["title"]),
        for_whom=tuple(raw.get("for_whom", ())),
        good_for=tuple(raw.get("good_for", ())),
        minimums=tuple(_minimum(key, value, better.get(key)) for key, value in least.items()),
        examples=tuple(raw.get("examples", ())),
        low=Decimal(raw["low"]) if "low" in raw else None,
        high=Decimal(raw["high"]) if "high" in raw else None,
        source=source_of(raw, file["sources"]),
    )


def _minimum(key: str, least: float, better: float | None) -> Minimum:
    name, factor = _MINIMUMS[key]
    return Minimum(
        key=name, least=least * factor, better=None if better is None else better * factor
    )


def _profile(raw: Raw, file: Raw) -> Profile:
    return Profile(
        id=raw["id"],
        title=raw["title"],
        words=raw["words"],
        shares={group: percent / 100 for group, percent in raw["percent"].items()},
        wishes=wishes_of(raw["wishes"], raw["title"]),
        good_for=tuple(raw["good_for"]),
        notes=tuple(raw["notes"]),
        source=source_of(raw, file["sources"]),
    )


def _memory(raw: Raw) -> MemoryGuide:
    extra = tuple(_memory_item(one) for one in raw["extra"])
    budgets = tuple(
        MemoryBudget(
            one["id"],
            one["title"],
            (*(_memory_item(item) for item in one["item"]), *extra),
            raw["source"],
        )
        for one in raw["user"]
    )
    return MemoryGuide(budgets, tuple(raw["reasons"]), raw["source"])


def _memory_item(raw: Raw) -> MemoryItem:
    return MemoryItem(
        raw["id"],
        raw["title"],
        round(raw["gib"] * GIB),
        raw.get("why", ""),
        raw.get("count", 1),
        raw.get("counted", ""),
    )


def _setup(raw: Raw, file: Raw) -> StorageSetup:
    volumes = tuple(
        SetupVolume(
            one["purpose"], one["kind"], array_of(one["level"], one["drives"], one["drive_gb"] * GB)
        )
        for one in raw["volume"]
    )
    return StorageSetup(raw["id"], raw["title"], volumes, source_of(raw, file["sources"]))


def _tree(raw: Raw) -> DecisionTree:
    questions = {
        one["id"]: Question(
            id=one["id"], words=one["words"], answers=tuple(map(_answer, one["answer"]))
        )
        for one in raw["question"]
    }
    tree = DecisionTree(raw["root"], questions)
    for _path, _end in tree.leaves():
        pass
    return tree


def _answer(raw: Raw) -> TreeAnswer:
    cloud = raw.get("cloud")
    return TreeAnswer(
        id=raw["id"],
        words=raw["words"],
        hint=raw["hint"],
        wishes=wishes_of(raw["wishes"]),
        cloud=None if cloud is None else _cloud(cloud),
        next_id=raw.get("next", ""),
        read=tuple(raw.get("read", ())),
    )


def _cloud(raw: Raw) -> CloudWish:
    return CloudWish(
        kind=raw["kind"],
        words=raw["words"],
        min_vram_bytes=round(raw.get("min_vram_gib", 0) * GIB),
        gpu_count=raw.get("gpus", 1),
    )


def _matrix(raw: Raw) -> Matrix:
    options = tuple(Option(one["id"], one["title"], one["words"]) for one in raw["option"])
    factors = tuple(
        Factor(one["id"], one["title"], float(one.get("weight", 1)), one["scores"])
        for one in raw["factor"]
    )
    return Matrix(options, factors)
