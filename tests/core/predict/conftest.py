"""Hand-made GPUs and the bundled workloads, for tests of predictions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hwstudio.core.base.units import GIB
from hwstudio.core.model.part import Gpu

PLAIN = Gpu(
    id="gpu-plain",
    name="Plain 24",
    maker="NVIDIA",
    source="test",
    source_date="2026-01-01",
    segment="workstation",
    architecture="Ampere",
    compute_capability="8.6",
    form_factor="PCIe",
    vram_bytes=24 * GIB,
    bandwidth_bytes_per_s=900e9,
    ecc=False,
    fp32_flop_per_s=35e12,
    fp16_vector_flop_per_s=35e12,
    fp16_tensor_flop_per_s=140e12,
    bf16_tensor_flop_per_s=140e12,
    tf32_tensor_flop_per_s=70e12,
    fp8_tensor_flop_per_s=None,
    fp4_tensor_flop_per_s=None,
    int8_tensor_op_per_s=None,
    tdp_w=300.0,
    length_mm=267.0,
    slots=2.0,
    cooling="blower",
    pcie_gen=4,
    pcie_lanes=16,
    conn_16pin=0,
    conn_8pin=2,
    conn_6pin=0,
    conn_eps8=0,
    vendor_min_psu_w=700.0,
    nvlink_bytes_per_s=0.0,
)


@pytest.fixture
def gpu():
    """Return a function that makes a GPU like the plain one with some facts changed."""

    def make(**changes):
        return replace(PLAIN, **changes)

    return make


@pytest.fixture(scope="session")
def jobs(catalog):
    """Return the bundled workloads by id."""
    return {workload.id: workload for workload in catalog.workloads()}
