"""What a job can be asked of: the catalogue's GPUs, other measured devices, this processor."""

from __future__ import annotations

from dataclasses import replace

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.calibrate import Probes, SheetDoubt
from hwstudio.core.predict.fitted.job import sheet_of
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.more_devices import (
    PREFIX,
    Device,
    as_gpu,
    more_devices,
    stands_alone,
)
from hwstudio.core.predict.fitted.question import DeviceSheet

OWN_PROCESSOR = f"{PREFIX}here-processor"
RECKONED = "Reckoned from cores, clock and registers"


class Hardware:
    """Data sheets are looked for once."""

    def __init__(self, gpus: tuple[Gpu, ...], model: SpeedModel) -> None:
        known = tuple(model.devices.values())
        self.gpus: dict[str, Device] = {gpu.id: (gpu, sheet_of(gpu, known)) for gpu in gpus}
        listed = [sheet for _, sheet in self.gpus.values()]
        self._more = {device[0].id: device for device in more_devices(model, listed)}
        self._processor: Device | None = None
        self._doubts: dict[str, SheetDoubt] = {}

    @property
    def any_sheet(self) -> DeviceSheet:
        """Return some data sheet, where only the kind of question matters."""
        return next(iter(self.gpus.values()))[1]

    def take_processor(self, found: tuple[DeviceSheet, SheetDoubt] | None) -> bool:
        """Let this computer's processor stand among the rest; say whether it is a new one."""
        if found is None or (self._processor and self._processor[1] == found[0]):
            return False
        sheet, doubt = found
        self._processor = replace(as_gpu(sheet, RECKONED), id=OWN_PROCESSOR), sheet
        self._doubts = {sheet.name: doubt}
        return True

    def doubted(self, probes: Probes) -> Probes:
        """Return probes that know how unsure the processor's reckoned sheet is."""
        return replace(probes, doubts={**self._doubts, **probes.doubts})

    def of(self, workload: Workload, count: int) -> list[Device]:
        """Return the hardware a job is asked of. Making pictures is counted for GPUs alone."""
        found = list(self.gpus.values())
        if workload.group == "image_generation":
            return found
        more = list(self._more.values())
        if self._processor is not None:
            more.append(self._processor)
        return found + [device for device in more if count == 1 or not stands_alone(device[0])]

    def find(self, gpu_id: str) -> Device | None:
        """Return one device."""
        if self._processor is not None and gpu_id == OWN_PROCESSOR:
            return self._processor
        return self.gpus.get(gpu_id) or self._more.get(gpu_id)
