"""Hardware that was measured but is no card of the catalogue."""

from __future__ import annotations

import pytest

from hwstudio.core.predict.fitted.job import sheet_of
from hwstudio.core.predict.fitted.more_devices import more_devices, stands_alone


@pytest.fixture(scope="module")
def devices(speed_model, catalog):
    known = speed_model.devices.values()
    listed = [sheet_of(gpu, known) for gpu in catalog.gpus()]
    return {sheet.name: (gpu, sheet) for gpu, sheet in more_devices(speed_model, listed)}


def test_every_measured_device_stands_somewhere_and_none_twice(devices, speed_model, catalog):
    known = speed_model.devices.values()
    listed = {sheet_of(gpu, known).name for gpu in catalog.gpus()}
    assert not listed & set(devices)
    assert set(speed_model.devices) <= listed | set(devices)


def test_an_apple_computer_gives_three_quarters_of_its_memory_to_a_job(devices):
    gpu, sheet = devices["Apple M2 Ultra (76c GPU) 192GB"]
    assert gpu.vram_bytes == 192 * 2**30 * 3 // 4
    assert sheet.memory_bytes == 192e9
    assert stands_alone(gpu)


def test_a_module_keeps_its_whole_memory_and_may_stand_beside_others(devices):
    gpu, _ = devices["Gaudi 2"]
    assert gpu.vram_bytes == 96 * 2**30
    assert not stands_alone(gpu)


def test_ids_are_unlike_and_every_row_names_its_source(devices):
    ids = [gpu.id for gpu, _ in devices.values()]
    assert len(set(ids)) == len(ids)
    assert all(gpu.source and gpu.source_date for gpu, _ in devices.values())
