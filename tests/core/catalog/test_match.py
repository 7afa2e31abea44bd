"""A device name finds its row, or none; never a wrong one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

GIB = 2**30


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("NVIDIA GeForce RTX 4090", "GeForce RTX 4090"),
        ("NVIDIA GeForce RTX 4070 Ti SUPER", "GeForce RTX 4070 Ti SUPER"),
        ("NVIDIA GeForce GTX 1080 Ti", "GeForce GTX 1080 Ti"),
        ("NVIDIA A100-SXM4-80GB", "A100 SXM4 80 GB"),
        ("NVIDIA A100-PCIE-40GB", "A100 PCIe 40 GB"),
        ("NVIDIA A100 80GB PCIe", "A100 PCIe 80 GB"),
        ("NVIDIA H100 80GB HBM3", "H100 SXM5 80 GB"),
        ("NVIDIA H100 PCIe", "H100 PCIe 80 GB"),
        ("NVIDIA H100 NVL", "H100 NVL 94 GB"),
        ("NVIDIA H200", "H200 SXM 141 GB"),
        ("Tesla T4", "Tesla T4"),
        ("Tesla V100-SXM2-16GB", "Tesla V100 SXM2 16 GB"),
        ("NVIDIA L4", "L4"),
        ("NVIDIA L40S", "L40S"),
        ("NVIDIA RTX A6000", "RTX A6000"),
        ("NVIDIA RTX 6000 Ada Generation", "RTX 6000 Ada Generation"),
        ("Quadro RTX 6000", "Quadro RTX 6000"),
        ("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "RTX PRO 6000 Blackwell"),
        ("NVIDIA RTX PRO 6000 Blackwell Server Edition", "RTX PRO 6000 Blackwell Server"),
        (
            "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
            "RTX PRO 6000 Blackwell Max-Q",
        ),
        ("AD102 [GeForce RTX 4090]", "GeForce RTX 4090"),
        ("NVIDIA Corporation GA102GL [RTX A6000] (rev a1)", "RTX A6000"),
        ("Intel Corporation Battlemage G21 [Arc B580]", "Arc B580"),
        ("AMD Radeon RX 7900 XTX", "Radeon RX 7900 XTX"),
        ("AMD Instinct MI300X", "Radeon Instinct MI300X"),
        ("rtx4090", "GeForce RTX 4090"),
        ("RTX 4090", "GeForce RTX 4090"),
        ("H100 SXM", "H100 SXM5 80 GB"),
        ("L4", "L4"),
    ],
)
def test_a_name_finds_its_row(catalog, name, meant):
    found = catalog.match_gpu(name)
    assert found is not None
    assert found.name == meant


@pytest.mark.parametrize(
    "name",
    [
        "NVIDIA GeForce RTX 4090 Laptop GPU",
        "NVIDIA A100-SXM4-80GB MIG 1g.10gb",
        "NVIDIA GeForce RTX 4060 Ti",  # sold with 8 and with 16 GB
        "A100-80GB",  # PCIe and SXM differ
        "RTX 6000",  # three generations
        "Navi 31 [Radeon RX 7900 XT/7900 XTX/7900 GRE/7900M]",
        "NVIDIA T4G",
        "GRID K520",
        "llvmpipe (LLVM 15.0.6, 256 bits)",
        "",
    ],
)
def test_a_name_that_could_be_several_or_none_finds_nothing(catalog, name):
    assert catalog.match_gpu(name) is None


def test_the_memory_decides_between_twins(catalog):
    found = catalog.match_gpu("NVIDIA GeForce RTX 4060 Ti", int(15.7 * GIB))
    assert found is not None
    assert found.name == "GeForce RTX 4060 Ti 16 GB"
    # The same name with memory no such card has is another thing.
    assert catalog.match_gpu("NVIDIA GeForce RTX 4090", 48 * GIB) is None


def test_every_row_finds_itself_by_maker_name_and_memory(catalog):
    for gpu in catalog.gpus():
        found = catalog.match_gpu(f"{gpu.maker} {gpu.name}", gpu.vram_bytes)
        assert found is None or found.id == gpu.id
    hits = sum(catalog.match_gpu(g.name, g.vram_bytes) is not None for g in catalog.gpus())
    assert hits / len(catalog.gpus()) > 0.95


@settings(max_examples=80, deadline=None)
@given(name=st.text(max_size=40))
def test_any_text_is_answered(catalog, name):
    catalog.match_gpu(name)
    catalog.match_cpu(name)


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Intel(R) Core(TM) i9-14900K", "Intel Core i9-14900K"),
        ("13th Gen Intel(R) Core(TM) i9-13900K", "Intel Core i9 13900K"),
        ("AMD Ryzen 9 7950X 16-Core Processor", "AMD Ryzen 9 7950X"),
        ("AMD Ryzen 7 5700G with Radeon Graphics", "AMD Ryzen 7 5700G"),
        ("AMD EPYC 7763 64-Core Processor", "AMD EPYC 7763"),
        ("AMD Ryzen Threadripper PRO 5995WX 64-Cores", "AMD Ryzen Threadripper PRO 5995WX"),
    ],
)
def test_a_cpu_name_finds_its_row(catalog, name, meant):
    found = catalog.match_cpu(name)
    assert found is not None
    assert found.name == meant


def test_a_clouds_nameless_cpu_finds_nothing(catalog):
    assert catalog.match_cpu("Intel(R) Xeon(R) CPU @ 2.20GHz") is None
    assert catalog.match_cpu("Intel(R) Core(TM) i9-14900KX") is None
