"""This computer's processor as a device that jobs can be asked of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.model.reading import Reading
from hwstudio.core.predict.processor_sheet import KNOWN
from hwstudio.core.project.own_processor import own_processor
from tests.core.assess.test_readiness import machine


def with_cpu(name, cores, features):
    made = machine()
    told = {"name": name, "cores": cores, "features": features}
    cpu = replace(made.cpu, **{k: Reading(value=v, how="test") for k, v in told.items()})
    return replace(made, cpu=cpu)


def test_wider_registers_and_more_cores_reckon_faster(catalog):
    rates = [
        own_processor(with_cpu("Some CPU", cores, features), catalog)[0].fp32_flop_per_s
        for cores, features in ((4, ("avx2",)), (8, ("avx2",)), (8, ("avx2", "avx512f")))
    ]
    assert rates[1] == pytest.approx(2 * rates[0])
    assert rates[2] == pytest.approx(2 * rates[1])


def test_one_of_the_catalogue_is_surer(catalog):
    cpu = next(c for c in catalog.cpus() if c.name == "AMD Ryzen 9 9950X3D")
    _, doubt = own_processor(with_cpu(cpu.name, cpu.cores, ("avx512f",)), catalog)
    assert doubt == KNOWN


def test_a_processor_without_a_name_is_none(catalog):
    made = machine()
    unknown = replace(made, cpu=replace(made.cpu, name=Reading(value=None, why="not told")))
    assert own_processor(unknown, catalog) is None
