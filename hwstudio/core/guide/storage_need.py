"""How much a project stores: data sets, checkpoints, models, system, and room to grow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError

MOST_BYTES = 2**60
MOST_YEARS = 10.0
MOST_GROWTH = 10.0  # a share a year


@dataclass(frozen=True, slots=True)
class Saved:
    """What a checkpoint keeps of each parameter."""

    id: str
    title: str
    bytes_per_parameter: float


SAVED = (
    Saved("weights16", "Weights only, 16 bit", 2),
    Saved("weights32", "Weights only, 32 bit", 4),
    Saved("sgd", "32-bit weights and SGD momentum", 4 + 4),
    Saved("adam", "32-bit weights and Adam's two states", 4 + 8),
    Saved("adam_mixed", "16-bit weights, 32-bit copy and Adam", 2 + 4 + 8),
    Saved("adam8", "16-bit weights and 8-bit Adam", 2 + 2),
)
SAVED_BY_ID = {saved.id: saved for saved in SAVED}


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageQuestion:
    """What is stored. Bytes; ``growth`` is a share a year, ``free_share`` is kept empty."""

    data_bytes: int = 200 * 10**9  # data sets as they are used
    prepared_copies: float = 1.0  # further copies in the form training reads
    archive_bytes: int = 0  # raw data and old runs, seldom read
    parameters: float = 8e9
    saved: str = "adam"
    checkpoints_kept: int = 3
    models_bytes: int = 100 * 10**9
    system_bytes: int = 150 * 10**9
    growth: float = 0.3
    years: float = 2.0
    free_share: float = 0.15

    def __post_init__(self) -> None:
        sizes = (self.data_bytes, self.archive_bytes, self.models_bytes, self.system_bytes)
        if min(sizes) < 0 or max(sizes) > MOST_BYTES or self.prepared_copies < 0:
            raise UserError("A size is not possible", "", "Give 0 or more")
        if self.saved not in SAVED_BY_ID:
            raise UserError(
                f'A checkpoint of the kind "{self.saved}" is not known',
                "",
                f"Choose one of {', '.join(SAVED_BY_ID)}",
            )
        if self.parameters < 0 or self.checkpoints_kept < 0:
            raise UserError("A number is below 0", "", "Give 0 or more")
        if not 0 <= self.growth <= MOST_GROWTH or not 0 <= self.years <= MOST_YEARS:
            raise UserError(
                "The growth is not possible",
                f"0 to {MOST_GROWTH:.0%} a year over 0 to {MOST_YEARS:.0f} years can be planned",
                "Give a smaller number",
            )
        if not 0 <= self.free_share < 1:
            raise UserError("The share kept free is not possible", "", "Give 0 to 90 %")


@dataclass(frozen=True, slots=True)
class StorageItem:
    """One line of the answer; ``is_hot`` = read while working, so it belongs on a fast drive."""

    title: str
    size_bytes: int
    is_hot: bool
    how: str = ""


@dataclass(frozen=True, slots=True)
class StorageNeed:
    """The lines, and what they add up to with the room kept free."""

    items: tuple[StorageItem, ...]
    free_share: float

    @property
    def stored_bytes(self) -> int:
        return sum(item.size_bytes for item in self.items)

    @property
    def hot_bytes(self) -> int:
        """What the fast drive must hold, with its free room."""
        return self._with_room(sum(item.size_bytes for item in self.items if item.is_hot))

    @property
    def cold_bytes(self) -> int:
        """What may lie on a slow drive, with its free room."""
        return self._with_room(sum(item.size_bytes for item in self.items if not item.is_hot))

    @property
    def total_bytes(self) -> int:
        return self.hot_bytes + self.cold_bytes

    def _with_room(self, size_bytes: int) -> int:
        return math.ceil(size_bytes / (1 - self.free_share))


def checkpoint_bytes(parameters: float, saved: str) -> int:
    """Return the size of one checkpoint: parameters times what is kept of each."""
    return math.ceil(parameters * SAVED_BY_ID[saved].bytes_per_parameter)


def storage_need(asked: StorageQuestion) -> StorageNeed:
    """Return what a project stores after its years of growth, item by item."""
    one = checkpoint_bytes(asked.parameters, asked.saved)
    kept = one * asked.checkpoints_kept
    prepared = round(asked.data_bytes * asked.prepared_copies)
    grows = (1 + asked.growth) ** asked.years - 1
    hot, cold = asked.data_bytes + prepared + kept + asked.models_bytes, asked.archive_bytes
    kind = SAVED_BY_ID[asked.saved]
    how = (
        f"{asked.checkpoints_kept} of {one / 1e9:,.1f} GB: {asked.parameters / 1e9:,.3g} billion "
        f"parameters at {kind.bytes_per_parameter:g} bytes each"
    )
    growth = f"{asked.growth:.0%} a year for {asked.years:g} years on all but the system"
    items = (
        StorageItem("System and programs", asked.system_bytes, is_hot=True),
        StorageItem("Data sets in use", asked.data_bytes, is_hot=True),
        StorageItem("Prepared copies", prepared, is_hot=True, how="data sets times copies"),
        StorageItem("Checkpoints", kept, is_hot=True, how=how),
        StorageItem("Models and their files", asked.models_bytes, is_hot=True),
        StorageItem("Archive", asked.archive_bytes, is_hot=False),
        StorageItem("Growth of what is in use", round(hot * grows), is_hot=True, how=growth),
        StorageItem("Growth of the archive", round(cold * grows), is_hot=False, how=growth),
    )
    return StorageNeed(items, asked.free_share)


ADVICE = (
    "Copy a data set over before a run and drop the copy after.",
    "Pack text and raw numbers (zstd, gzip). Pictures, sound and video gain nothing by it.",
    "Look for doubles: keep one prepared copy of a data set and delete the others.",
    "Keep whole checkpoints of the last runs only, of older ones the weights alone.",
)


@dataclass(frozen=True, slots=True)
class Tiering:
    """What lies where when the data in use exceed the fast drive; bytes."""

    fast_bytes: int
    over_bytes: int

    @property
    def advice(self) -> tuple[str, ...]:
        """Return what to do, in plain words."""
        if not self.fast_bytes:
            return ADVICE
        share = self.fast_bytes / (self.fast_bytes + self.over_bytes)
        split = f"Keep the newest {share:.0%} on the NVMe drive, the rest on a larger, slower one."
        return (split, *ADVICE)


def tiering(hot_bytes: int, nvme_bytes: int | None) -> Tiering | None:
    """Return how to split the data in use; None when they fit the NVMe drives or none is known."""
    if nvme_bytes is None or hot_bytes <= nvme_bytes:
        return None
    return Tiering(nvme_bytes, hot_bytes - nvme_bytes)
