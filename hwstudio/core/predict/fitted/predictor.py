"""Answers by the fitted process: a whole table of GPUs at once, kept, with PCIe lanes counted in.

One question takes 0.8 ms, a table of 182 GPUs 50 ms; who compares cards asks for most of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.fitted.job import Software, job_speeds, sheet_of
from hwstudio.core.predict.fitted.model import SpeedModel
from hwstudio.core.predict.fitted.offsets import Offsets
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.fitted.software import usual_software
from hwstudio.core.predict.fitted.watts import powers
from hwstudio.core.predict.speed import predict_speed

K = TypeVar("K")
V = TypeVar("V")
MOST_TABLES = 48
Table = dict[str, tuple[Gpu, Prediction]]  # by GPU id


class FittedPredictor:
    """A ``Predictor``; calls may come from several threads."""

    def __init__(
        self, model: SpeedModel, gpus: Iterable[Gpu], offsets: Offsets | None = None
    ) -> None:
        self._model, self._offsets = model, offsets
        self._gpus = tuple(gpus)
        self._sheets: dict[str, tuple[Gpu, DeviceSheet]] = {}
        self._tables: dict[tuple[Workload, int], Table] = {}
        self._narrow: dict[tuple[Workload, int, int], Table] = {}
        self._watts: dict[tuple[Workload, int], Table] = {}
        self._software: dict[Workload, Software] = {}
        self._lock = threading.Lock()  # only for working out; what is known is read without it

    def speed(
        self,
        workload: Workload,
        gpu: Gpu | None,
        *,
        count: int = 1,
        lanes_per_gpu: int | None = None,
    ) -> Prediction:
        """Return units of the job per second for ``count`` GPUs, or why there is no answer."""
        if gpu is None or count < 1:
            return predict_speed(workload, gpu, count=count)
        if lanes_per_gpu is None or count == 1:
            return self._at_full_width(workload, gpu, count)
        key = (workload, count, lanes_per_gpu)
        found = self._narrow.get(key, {}).get(gpu.id)
        if found is not None and found[0] == gpu:
            return found[1]
        full = self._at_full_width(workload, gpu, count)
        answer = narrowed(full, workload, gpu, count, lanes_per_gpu)
        with self._lock:
            table = self._narrow.get(key)
            if table is None:
                table = _keep(self._narrow, key, {})
            table[gpu.id] = (gpu, answer)
        return answer

    def watts(self, workload: Workload, gpu: Gpu, count: int = 1) -> Prediction:
        """Return the average draw of ``count`` GPUs together at a job, in watts."""
        key = (workload, count)
        found = self._watts.get(key, {}).get(gpu.id)
        if found is None or found[0] != gpu:
            with self._lock:
                table = self._watts.get(key)
                if table is None:
                    table = _keep(self._watts, key, self._power_table(*key, self._gpus))
                if gpu.id not in table or table[gpu.id][0] != gpu:
                    table |= self._power_table(*key, (gpu,))
                found = table[gpu.id]
        return found[1]

    def _power_table(self, workload: Workload, count: int, gpus: Iterable[Gpu]) -> Table:
        hardware = [(gpu, self._sheet(gpu)) for gpu in gpus]
        found = powers(self._model, workload, hardware, count, self._software_of(workload))
        return {gpu.id: (gpu, watts) for (gpu, _), watts in zip(hardware, found, strict=True)}

    def prepare(self, workload: Workload, gpus: Iterable[Gpu], count: int) -> None:
        """Work out some GPUs at once; without this the first question works out all."""
        key = (workload, count)
        with self._lock:
            known = self._tables.get(key, {})
            missing = [gpu for gpu in gpus if gpu.id not in known or known[gpu.id][0] != gpu]
            if missing and count >= 1:
                found = self._table(workload, count, missing)
                _keep(self._tables, key, known | found)

    def _software_of(self, workload: Workload) -> Software:
        """Return the software the job is taken to run with."""
        found = self._software.get(workload)
        if found is None:
            found = _keep(self._software, workload, usual_software(self._model, workload))
        return found

    def _at_full_width(self, workload: Workload, gpu: Gpu, count: int) -> Prediction:
        key = (workload, count)
        found = self._tables.get(key, {}).get(gpu.id)
        if found is None or found[0] != gpu:
            with self._lock:
                found = self._worked_out(key, gpu)
        return found[1]

    def _worked_out(self, key: tuple[Workload, int], gpu: Gpu) -> tuple[Gpu, Prediction]:
        """Return a GPU's answer from the table of its job, which is made when it is missing."""
        table = self._tables.get(key)
        if table is None:
            table = _keep(self._tables, key, self._table(*key, self._gpus))
        found = table.get(gpu.id)
        if found is None or found[0] != gpu:  # another thread may have been here meanwhile
            table |= self._table(*key, (gpu,))
        return table[gpu.id]

    def _table(self, workload: Workload, count: int, gpus: Iterable[Gpu]) -> Table:
        hardware = [(gpu, self._sheet(gpu)) for gpu in gpus]
        software = self._software_of(workload)
        found = job_speeds(self._model, workload, hardware, count, software, self._offsets)
        return {gpu.id: (gpu, speed) for (gpu, _), speed in zip(hardware, found, strict=True)}

    def _sheet(self, gpu: Gpu) -> DeviceSheet:
        known = self._sheets.get(gpu.id)
        if known is None or known[0] != gpu:
            known = (gpu, sheet_of(gpu, self._model.devices.values()))
            self._sheets[gpu.id] = known
        return known[1]


def _keep(store: dict[K, V], key: K, value: V) -> V:
    """Keep a value under a key, and the oldest no longer when there are many."""
    while len(store) >= MOST_TABLES:
        del store[next(iter(store))]
    store[key] = value
    return value


def narrowed(full: Prediction, workload: Workload, gpu: Gpu, count: int, lanes: int) -> Prediction:
    """Return the speed where each GPU has so many PCIe lanes, from that with all its lanes.

    Nobody publishes which lanes a run had, so what few of them cost is counted: the gradients of
    every step over the link (``predict.scaling``). Never above ``full``.
    """
    if full.median is None or full.low is None or full.high is None:
        return full
    wide = predict_speed(workload, gpu, count=count)
    narrow = predict_speed(workload, gpu, count=count, lanes_per_gpu=lanes)
    if not wide.median or not narrow.median or narrow.median >= wide.median:
        return full
    share = narrow.median / wide.median
    words = f"x{lanes} at each GPU, {share:.0%} of the speed with all lanes (counted)"
    return replace(
        full,
        median=full.median * share,
        low=full.low * share,
        high=full.high * share,
        inputs={**full.inputs, "PCIe lanes": words},
    )
