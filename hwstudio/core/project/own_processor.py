"""This computer's processor as a device that jobs can be asked of."""

from __future__ import annotations

from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.machine import Machine
from hwstudio.core.predict.fitted.calibrate import SheetDoubt
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.processor_sheet import ProcessorFacts, processor_sheet

_SIMD = (("avx512f", "AVX512"), ("avx2", "AVX2"), ("sve", "SVE256"), ("neon", "NEON"))


def own_processor(machine: Machine, catalog: Catalog) -> tuple[DeviceSheet, SheetDoubt] | None:
    """Return its reckoned data sheet and how sure it is; None where it was not recognised."""
    cpu, memory = machine.cpu, machine.memory_bytes.value
    cores = cpu.cores.value or cpu.threads.value
    if not cpu.name.value or not cores or not memory:
        return None
    found = cpu.features.value or ()
    simd = next((name for word, name in _SIMD if word in found), "")
    facts = ProcessorFacts(cpu.name.value, cores, simd, float(memory) / 2**30 * 1e9)
    return processor_sheet(facts, catalog.match_cpu(cpu.name.value))
