"""What the blocks of a page are made from: this computer, the catalogue, and the predictor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.machine import Machine
from hwstudio.core.predict.fitted.job import sheet_of
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.more_devices import PREFIX, Device, as_gpu, more_devices
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.project.own_processor import own_processor
from hwstudio.core.project.predictors import Predictors

HERE = f"{PREFIX}here-processor"
RECKONED = "Reckoned from cores, clock and registers"


class Opened(Protocol):
    """What the blocks need of an opened studio."""

    @property
    def catalog(self) -> Catalog:
        """The catalogue."""
        ...

    @property
    def speed_model(self) -> SpeedModel:
        """The fitted model."""
        ...

    @property
    def predictors(self) -> Predictors:
        """What was measured here so far."""
        ...


@dataclass(frozen=True)
class Ground:
    """Answers rest on these. Asking takes some tens of milliseconds: not on the painting thread."""

    studio: Opened
    machine: Machine

    @cached_property
    def _processor(self) -> tuple[Device, Offsets] | None:
        """Return this computer's processor, and what was measured with how sure its sheet is."""
        found, known = own_processor(self.machine, self.studio.catalog), self.offsets
        if found is None:
            return None
        sheet, doubt = found
        probes = replace(known.probes, doubts={**known.probes.doubts, sheet.name: doubt})
        device = replace(as_gpu(sheet, RECKONED), id=HERE), sheet
        return device, Offsets(self.studio.speed_model, known.seen, probes)

    @cached_property
    def offsets(self) -> Offsets:
        """What was measured here moves the answers."""
        return self.studio.predictors.offsets()

    @cached_property
    def _devices(self) -> dict[str, Device]:
        model = self.studio.speed_model
        sheets = tuple(model.devices.values())
        found: dict[str, Device] = {
            gpu.id: (gpu, sheet_of(gpu, sheets)) for gpu in self.studio.catalog.gpus()
        }
        more = more_devices(model, [sheet for _, sheet in found.values()])
        return {**found, **{device[0].id: device for device in more}}

    def device(self, device_id: str) -> tuple[Device, Offsets] | None:
        """Return a device by its id; None where neither catalogue nor measurements have it."""
        found = self._devices.get(device_id)
        return None if found is None else (found, self.offsets)

    def here(self) -> tuple[Device, Offsets] | None:
        """Return this computer's first recognised GPU, else its processor; None: neither."""
        known = (self.device(gpu.gpu_id) for gpu in self.machine.gpus if gpu.gpu_id)
        return next((found for found in known if found is not None), self._processor)


def table(headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [headers, tuple("---" for _ in headers), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
