"""The pages and the code that came with hwstudio, and how a page is told with own numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Protocol, TypeVar

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.paths import resource_bytes
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.guide.page import Code, Page, code_of, filled, page_of
from hwstudio.core.history.store import History
from hwstudio.core.model.machine import Machine
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.project.learn.bars_block import device_bars, own_bars_missing
from hwstudio.core.project.learn.memory_block import (
    EXAMPLES,
    memory_here,
    memory_ratio,
    room_here,
)
from hwstudio.core.project.learn.own import Own, own_results
from hwstudio.core.project.learn.speed_block import (
    devices_warning,
    drive_here,
    gpus_here,
    loading_here,
    products_here,
)
from hwstudio.core.project.learn.tree import tree_here
from hwstudio.core.project.page_blocks.blocks import BLOCKS as PREDICTED
from hwstudio.core.project.page_blocks.ground import Ground
from hwstudio.core.project.predictors import Predictors

Item = TypeVar("Item", Page, Code)
# In the order they are read.
PAGES = (
    *("memory", "gpu_speed", "one_gpu", "feeding", "large_files", "less_memory", "tensorflow"),
    *("part_cpu", "part_gpu", "part_ram", "part_storage", "cats_story", "which_chip"),
    *("which_device", "choose_cpu", "choose_gpu", "choose_tpu", "model_sizes", "project_memory"),
    *("file_systems", "less_storage", "drive_and_gpu_tools", "budget_tips"),
)
CODES = (
    *("ddp_torch", "model_parallel_torch", "checkpointing_torch", "mixed_precision_torch"),
    *("accumulation_torch", "data_loader_torch", "memmap_torch", "timing_torch"),
    *("mirrored_tf", "model_parallel_tf", "memory_growth_tf"),
)
FOLDERS_PAGE = "project_folders"
BLOCKS: Mapping[str, Callable[[Own], str]] = MappingProxyType(
    {
        "memory_here": memory_here,
        "memory_ratio": memory_ratio,
        "room_here": room_here,
        "products_here": products_here,
        "loading_here": loading_here,
        "drive_here": drive_here,
        "gpus_here": gpus_here,
        "device_bars": device_bars,
        "own_bars_missing": own_bars_missing,
        "tree": tree_here,
    }
)


class Opened(Protocol):
    """What the pages need of an opened studio."""

    @property
    def catalog(self) -> Catalog:
        """The catalogue."""
        ...

    @property
    def history(self) -> History:
        """The user's results."""
        ...

    @property
    def speed_model(self) -> SpeedModel:
        """The fitted model."""
        ...

    @property
    def predictors(self) -> Predictors:
        """What was measured here so far."""
        ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """All of them, in their order."""

    pages: tuple[Page, ...]
    codes: tuple[Code, ...]

    def page(self, page_id: str) -> Page:
        """Return one page.

        Raises:
            UserError: there is none of that id.
        """
        return _named(self.pages, page_id, "page")

    def code(self, code_id: str) -> Code:
        """Return one file of code.

        Raises:
            UserError: there is none of that id.
        """
        return _named(self.codes, code_id.removesuffix(".py"), "code")


def _named(items: tuple[Item, ...], name: str, kind: str) -> Item:
    found = next((each for each in items if each.id == name), None)
    if found is None:
        known = ", ".join(each.id for each in items)
        raise UserError(f"There is no {kind} '{name}'", "", f"There are {known}")
    return found


@cache
def shelf() -> Shelf:
    """Return the pages and the code; read once.

    Raises:
        HostError: a file is missing or damaged.
    """
    try:
        return Shelf(
            tuple(page_of(name, _text(f"pages/{name}.md")) for name in (*PAGES, FOLDERS_PAGE)),
            tuple(code_of(name, _text(f"code/{name}.py")) for name in CODES),
        )
    except (UserError, ValueError) as error:
        why = error.sentence if isinstance(error, UserError) else str(error)
        raise HostError("A page of hwstudio is damaged", why, "Install it again") from error


def _text(name: str) -> str:
    return resource_bytes(f"guide/{name}").decode("utf-8")


def own_of(studio: Opened, machine: Machine) -> Own:
    """Return what is known of this computer."""
    wanted = {*EXAMPLES, *(gpu.gpu_id for gpu in machine.gpus)}
    gpus = {gpu.id: gpu for gpu in studio.catalog.gpus() if gpu.id in wanted}
    return Own(machine, own_results(lambda: studio.history), gpus, Ground(studio, machine))


def page_text(page: Page, own: Own) -> str:
    """Return a page's Markdown with this computer's numbers, a title on top."""
    blocks = {name: BLOCKS[name](own) for name in page.places if name in BLOCKS}
    if own.ground is not None:
        told = (name for name in page.places if name in PREDICTED)
        blocks.update({name: PREDICTED[name](own.ground) for name in told})
    return f"# {page.title}\n\n{filled(page, blocks)}"


def code_notes(code: Code, own: Own | None) -> str:
    """Return what stands over a file of code, in Markdown."""
    parts = [f"# {code.title}", code.purpose]
    warning = "" if own is None else devices_warning(own, code.devices)
    if code.devices > 1 and warning:
        parts.append(f"**Not here:** {warning}")
    needs = " and ".join(f"`{name}`" for name in code.needs)
    parts.append(f"Needs {needs}. Tested with {code.tested}.")
    return "\n\n".join(parts)
