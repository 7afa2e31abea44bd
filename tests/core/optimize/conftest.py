"""Small hand-made stocks, some of them random, for tests of the planner."""

from __future__ import annotations

import random
from decimal import Decimal

import pytest

from hwstudio.core.base.units import GB, GIB
from hwstudio.core.model.part import (
    Case,
    Cooler,
    Cpu,
    Gpu,
    GpuCard,
    Motherboard,
    Psu,
    Ram,
    Storage,
)
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.optimize.stock import Stock


def usd(amount):
    """Return a price known exactly."""
    value = Decimal(amount)
    return Price(value, value, value, "USD", PriceKind.LIST, "2026-01-01", "test")


class Maker:
    """Makes parts that fit together unless told otherwise."""

    def __init__(self):
        self.number = 0

    def named(self, kind, price, changes):
        self.number += 1
        ident = changes.pop("id", f"{kind}-{self.number}")
        name = changes.pop("name", ident)
        return {
            "id": ident,
            "name": name,
            "maker": "Test",
            "source": "test",
            "source_date": "2026-01-01",
            "release_year": 2024,
            "price": None if price is None else usd(price),
        } | changes

    def gpu(self, **changes):
        facts = {
            "segment": "consumer", "architecture": "Ada Lovelace", "compute_capability": "8.9",
            "form_factor": "PCIe", "vram_bytes": 24 * GIB, "bandwidth_bytes_per_s": 900e9,
            "ecc": False, "fp32_flop_per_s": 40e12, "fp16_vector_flop_per_s": 40e12,
            "fp16_tensor_flop_per_s": 160e12, "bf16_tensor_flop_per_s": 160e12,
            "tf32_tensor_flop_per_s": 80e12, "fp8_tensor_flop_per_s": None,
            "fp4_tensor_flop_per_s": None, "int8_tensor_op_per_s": None, "tdp_w": 300.0,
            "length_mm": 280.0, "slots": 2.0, "cooling": "blower", "pcie_gen": 4,
            "pcie_lanes": 16, "conn_16pin": 0, "conn_8pin": 2, "conn_6pin": 0, "conn_eps8": 0,
            "vendor_min_psu_w": 650.0, "nvlink_bytes_per_s": 0.0,
        }  # fmt: skip
        made = self.named("gpu", None, changes)
        made["maker"] = made.get("maker", "NVIDIA") if "maker" in changes else "NVIDIA"
        return Gpu(**(facts | made))

    def card(self, price=800, gpu=None, **changes):
        gpu = gpu or self.gpu()
        facts = {
            "gpu": gpu, "vram_bytes": gpu.vram_bytes, "tdp_w": gpu.tdp_w,
            "length_mm": gpu.length_mm, "slots": gpu.slots, "cooling": gpu.cooling,
            "conn_16pin": gpu.conn_16pin, "conn_8pin": gpu.conn_8pin, "conn_6pin": 0,
            "conn_eps8": gpu.conn_eps8, "pcie_gen": 4.0, "pcie_lanes": gpu.pcie_lanes,
        }  # fmt: skip
        return GpuCard(**(facts | self.named("card", price, changes)))

    def cpu(self, price=200, **changes):
        facts = {
            "socket": "AM5", "cores": 16, "threads": 32, "base_ghz": 4.0, "boost_ghz": 5.0,
            "tdp_w": 65.0, "max_power_w": 88.0, "max_power_source": "vendor",
            "igpu": "Radeon", "mem_types": ("DDR5",), "dimm_type": "UDIMM", "mem_channels": 2,
            "mem_max_bytes": 192 * GIB, "ecc": True, "pcie_gen": 5, "pcie_lanes_usable": 24,
            "includes_cooler": False,
        }  # fmt: skip
        return Cpu(**(facts | self.named("cpu", price, changes)))

    def board(self, price=180, **changes):
        facts = {
            "socket": "AM5", "chipset": "X670E", "form_factor": "ATX", "mem_type": "DDR5",
            "mem_slots": 4, "mem_max_bytes": 192 * GIB, "dimm_type": "UDIMM", "ecc": False,
            "x16_slots_physical": 2, "x8_slots": 0, "first_x16_gen": 5,
            "cpu_slot_modes": "x16/0|x8/x8", "gpu_slot_pitch": 3.0, "m2_slots": 3,
            "sata_ports": 4, "eps8": 1, "back_connect": False, "bios_flashback": True,
        }  # fmt: skip
        return Motherboard(**(facts | self.named("board", price, changes)))

    def ram(self, price=150, **changes):
        facts = {
            "mem_type": "DDR5", "dimm_type": "UDIMM", "ecc": False, "modules": 2,
            "module_bytes": 24 * GIB, "capacity_bytes": 48 * GIB, "speed_mts": 5600, "cas": 36.0,
            "height_mm": 33.0,
        }  # fmt: skip
        return Ram(**(facts | self.named("ram", price, changes)))

    def drive(self, price=80, **changes):
        facts = {
            "drive_kind": "SSD", "capacity_bytes": 1000 * GB, "form_factor": "M.2-2280",
            "interface": "M.2 PCIe 4.0 x4", "pcie_gen": 4.0, "power_active_w": 7.0,
        }  # fmt: skip
        return Storage(**(facts | self.named("drive", price, changes)))

    def psu(self, price=120, **changes):
        facts = {
            "rated_w": 1000.0, "form_factor": "ATX", "length_mm": 150.0, "efficiency": "Gold",
            "modular": "Full", "atx_spec": "3.1", "conn_16pin": 2, "conn_pcie8": 6,
            "conn_eps8": 2, "conn_sata": 8,
        }  # fmt: skip
        return Psu(**(facts | self.named("psu", price, changes)))

    def case(self, price=90, **changes):
        facts = {
            "form_factor": "ATX Mid Tower", "mb_form_factors": ("ATX", "Micro ATX", "Mini-ITX"),
            "max_gpu_length_mm": 380.0, "max_cooler_height_mm": 170.0, "expansion_slots": 7,
            "psu_form_factors": ("ATX",), "psu_ff_source": "vendor", "max_psu_length_mm": 200.0,
            "bays_35": 2, "bays_25": 2, "volume_l": 45.0,
        }  # fmt: skip
        return Case(**(facts | self.named("case", price, changes)))

    def cooler(self, price=40, **changes):
        facts = {
            "cooler_type": "air", "height_mm": 155.0, "radiator_mm": None,
            "sockets": ("AM4", "AM5", "LGA1700"), "sockets_note": None, "capacity_w": 220.0,
            "noise_dba": None,
        }  # fmt: skip
        return Cooler(**(facts | self.named("cooler", price, changes)))

    def stock(self, **changed):
        """Return one good part of each kind, kinds replaced by name."""
        parts = {
            "cards": (self.card(),),
            "cpus": (self.cpu(),),
            "boards": (self.board(),),
            "rams": (self.ram(),),
            "drives": (self.drive(),),
            "psus": (self.psu(),),
            "cases": (self.case(),),
            "coolers": (self.cooler(),),
        } | changed
        return Stock.from_parts(*parts.values())

    def random_stock(self, seed):
        """Return a small stock where parts often do not fit each other."""
        r = random.Random(seed)
        gpus = [self._random_gpu(r) for _ in range(2)]
        return Stock.from_parts(
            [self._random_card(r, r.choice(gpus)) for _ in range(3)],
            [
                self.cpu(
                    r.randint(120, 500),
                    cores=r.choice((6, 8, 16)),
                    max_power_w=r.choice((65.0, 142.0, 142.0, 230.0)),
                    socket=r.choice(("AM5",) * 7 + ("LGA1700",)),
                    mem_types=r.choice((("DDR5",), ("DDR5", "DDR4"))),
                )
                for _ in range(2)
            ],
            [self._random_board(r) for _ in range(3)],
            [
                self.ram(
                    r.randint(60, 300),
                    mem_type=r.choice(("DDR5",) * 6 + ("DDR4",)),
                    modules=(n := r.choice((1, 2, 4))),
                    module_bytes=(each := r.choice((16, 24, 32))) * GIB,
                    capacity_bytes=n * each * GIB,
                )
                for _ in range(2)
            ],
            [self._random_drive(r)],
            [self._random_psu(r) for _ in range(3)],
            [self._random_case(r) for _ in range(2)],
            [
                self.cooler(
                    r.randint(20, 90),
                    height_mm=r.choice((67.0, 125.0, 158.0)),
                    capacity_w=r.choice((None, 150.0, 250.0)),
                    sockets=r.choice((("AM5",), ("AM5", "LGA1700"))),
                )
                for _ in range(2)
            ],
        )

    def _random_gpu(self, r):
        return self.gpu(
            vram_bytes=r.choice((12, 24, 32)) * GIB,
            bandwidth_bytes_per_s=r.choice((400e9, 900e9, 1800e9)),
            fp16_tensor_flop_per_s=r.choice((60e12, 160e12, 300e12)),
            tdp_w=r.choice((150.0, 300.0, 450.0)),
            slots=r.choice((2.0, 2.5, 3.0)),
            vendor_min_psu_w=r.choice((450.0, 650.0, 850.0)),
        )

    def _random_card(self, r, gpu):
        return self.card(
            r.randint(300, 2500),
            gpu=gpu,
            length_mm=r.choice((240.0, 320.0, 360.0)),
            conn_8pin=r.choice((0, 1, 2)),
            conn_16pin=r.choice((0, 1)),
        )

    def _random_board(self, r):
        return self.board(
            r.randint(90, 500),
            socket=r.choice(("AM5",) * 7 + ("LGA1700",)),
            form_factor=r.choice(("ATX", "ATX", "Micro ATX", "EATX")),
            mem_type=r.choice(("DDR5",) * 6 + ("DDR4",)),
            mem_slots=r.choice((2, 4)),
            cpu_slot_modes=r.choice((None, "x16/0|x8/x8", "x16/x16")),
            gpu_slot_pitch=r.choice((2.0, 3.0)),
            eps8=r.choice((None, 1, 1, 1, 1, 2)),
            m2_slots=r.choice((0, 2, 3, 4)),
        )

    def _random_drive(self, r):
        if r.random() < 0.5:
            return self.drive(r.randint(50, 120))
        return self.drive(r.randint(40, 90), interface="SATA 6.0 Gb/s", form_factor="2.5 in")

    def _random_psu(self, r):
        return self.psu(
            r.randint(60, 400),
            rated_w=r.choice((650.0, 850.0, 1200.0, 1600.0)),
            conn_16pin=r.choice((0, 1, 2)),
            conn_pcie8=r.choice((2, 4, 6, 8)),
            conn_eps8=r.choice((1, 2)),
            length_mm=r.choice((None, 150.0, 190.0)),
        )

    def _random_case(self, r):
        return self.case(
            r.randint(50, 200),
            max_gpu_length_mm=r.choice((300.0, 350.0, 400.0, 400.0)),
            max_cooler_height_mm=r.choice((70.0, 165.0, 170.0)),
            mb_form_factors=r.choice((("ATX", "Micro ATX"), ("ATX", "Micro ATX", "EATX"))),
            expansion_slots=r.choice((4, 7, 8)),
            max_psu_length_mm=r.choice((None, 160.0, 200.0)),
        )


@pytest.fixture
def make():
    """Return a fresh maker of parts."""
    return Maker()


@pytest.fixture(scope="session", params=["counted", "fitted"])
def predictor(request):
    """Return who says how fast a job is: plans must be exact with either."""
    from hwstudio.core.predict.predictor import COUNTED

    return COUNTED if request.param == "counted" else request.getfixturevalue("fitted")


@pytest.fixture(scope="session")
def job(catalog):
    """Return a job every 12 GB card holds."""
    return catalog.workload("llm_qlora_8b")


@pytest.fixture(scope="session")
def chat(catalog):
    """Return a job bounded by memory bandwidth that needs about 17 GB."""
    return catalog.workload("llm_chat_8b")


@pytest.fixture(scope="session")
def whole_stock(catalog):
    """Return everything in the bundled catalogue one can buy."""
    from hwstudio.core.model.part import PartKind
    from hwstudio.core.optimize.limits import KINDS_BOUGHT

    return Stock.from_parts(*(catalog.parts(PartKind(kind)) for kind in KINDS_BOUGHT))
