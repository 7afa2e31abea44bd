"""Computers to rehearse on: what a card, a host and a recorded window are in these tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from hwstudio.core.model.sample import Device, GpuHolder, Missing
from hwstudio.core.probe.live import ProcessUse

GIB = float(2**30)
GAP = float("nan")
LANE_BYTES_PER_S = {1: 0.25e9, 2: 0.5e9, 3: 0.985e9, 4: 1.969e9, 5: 3.938e9}
LINK_YIELD = 0.85  # what is left of a PCIe link's raw rate for data


@dataclass(frozen=True, kw_only=True)
class Card:
    """One GPU. ``cooling`` is degrees per watt; ``window_s`` how long it averages utilisation."""

    title: str = "NVIDIA GeForce RTX 4090"
    vram_gib: float = 24.0
    limit_w: float = 450.0
    idle_w: float = 25.0
    max_clock_hz: float = 2.52e9
    idle_clock_hz: float = 210e6
    slowdown_c: float = 90.0
    cooling: float = 0.09
    ambient_c: float = 28.0
    generation: int = 4
    width: int = 16
    max_generation: int = 4
    max_width: int = 16
    window_s: float = 1.0
    is_braked: bool = False  # the power supply pulls the brake line
    spin_share: float = 0.10  # of the power range, for a kernel that only waits
    clock_factor: float = 1.0  # < 1: a card that is slower than its sisters, for no shown reason

    @property
    def link_bytes_per_s(self) -> float:
        """Data per second through the link as it is trained."""
        return LANE_BYTES_PER_S[self.generation] * self.width * LINK_YIELD


H100 = Card(
    title="NVIDIA H100 80GB HBM3",
    vram_gib=79.6,
    limit_w=700.0,
    idle_w=70.0,
    max_clock_hz=1.98e9,
    idle_clock_hz=345e6,
    slowdown_c=87.0,
    cooling=0.045,
    ambient_c=26.0,
    generation=5,
    max_generation=5,
)
A100 = Card(
    title="NVIDIA A100-SXM4-80GB",
    vram_gib=80.0,
    limit_w=400.0,
    idle_w=52.0,
    max_clock_hz=1.41e9,
    idle_clock_hz=210e6,
    slowdown_c=92.0,
    cooling=0.08,
)
RTX4090 = Card()
RTX3090 = Card(
    title="NVIDIA GeForce RTX 3090",
    limit_w=350.0,
    idle_w=22.0,
    max_clock_hz=1.95e9,
    slowdown_c=95.0,
    cooling=0.13,
)
RTX3060 = Card(
    title="NVIDIA GeForce RTX 3060",
    vram_gib=12.0,
    limit_w=170.0,
    idle_w=14.0,
    max_clock_hz=2.1e9,
    slowdown_c=95.0,
    cooling=0.25,
    window_s=0.5,
)
T4 = Card(
    title="Tesla T4",
    vram_gib=15.0,
    limit_w=70.0,
    idle_w=10.0,
    max_clock_hz=1.59e9,
    slowdown_c=93.0,
    cooling=0.7,
    generation=3,
    max_generation=3,
    window_s=1 / 6,
)
L40S = Card(
    title="NVIDIA L40S",
    vram_gib=45.0,
    limit_w=350.0,
    idle_w=33.0,
    max_clock_hz=2.52e9,
    slowdown_c=89.0,
    cooling=0.12,
)
LAPTOP4060 = Card(
    title="NVIDIA GeForce RTX 4060 Laptop GPU",
    vram_gib=8.0,
    limit_w=115.0,
    idle_w=4.0,
    max_clock_hz=2.37e9,
    slowdown_c=87.0,
    cooling=0.42,
    width=8,
    max_width=8,
    window_s=0.5,
)
RX7900 = Card(
    title="AMD Radeon RX 7900 XTX",
    vram_gib=24.0,
    limit_w=339.0,
    idle_w=14.0,
    max_clock_hz=2.5e9,
    slowdown_c=100.0,
    cooling=0.14,
)


@dataclass(frozen=True, kw_only=True)
class Host:
    """The rest of the computer."""

    cores: int = 8
    memory_gib: float = 64.0
    cards: tuple[Card, ...] = ()
    disks: dict[str, float] = field(default_factory=lambda: {"nvme0n1": 3.2e9})  # bytes per s
    nic: str = "eth0"
    link_bytes_per_s: float = 125e6
    has_pressure: bool = True  # Linux: stall and wait shares
    has_pcie_rates: bool = False
    cpu_limit_c: float | None = None

    def devices(self) -> tuple[Device, ...]:
        """What the app knows about this computer's parts."""
        found = [
            Device("cpu", "Processor", "cpu", {"busy_share": 1.0}, (("Threads", str(self.cores)),)),
            Device("memory", "Memory", "memory", {"used_bytes": self.memory_gib * GIB}),
            *(Device(f"disk.{name}", f"Drive {name}", "disk") for name in self.disks),
            Device(
                f"network.{self.nic}",
                f"Network {self.nic}",
                "network",
                {
                    "receive_bytes_per_s": self.link_bytes_per_s,
                    "send_bytes_per_s": self.link_bytes_per_s,
                },
            ),
        ]
        if self.cpu_limit_c is not None:
            found.append(
                Device("temperature.cpu", "cpu", "temperature", {"celsius_c": self.cpu_limit_c})
            )
        for number, card in enumerate(self.cards):
            limits = {
                "temperature_c": card.slowdown_c,
                "power_w": card.limit_w,
                "vram_used_bytes": card.vram_gib * GIB,
                "sm_clock_hz": card.max_clock_hz,
            }
            found.append(Device(f"gpu.{number}", card.title, "gpu", limits))
        return tuple(found)


@dataclass
class Recorded:
    """A window as the history gives it."""

    times_s: list[float]
    columns: dict[str, list[float]]

    def cut(self, first: int, end: int) -> Recorded:
        """The samples from ``first`` up to ``end``."""
        return Recorded(
            self.times_s[first:end], {name: c[first:end] for name, c in self.columns.items()}
        )

    def without(self, *endings: str) -> Recorded:
        """A machine whose driver does not show the sensors with these endings."""
        kept = {n: c for n, c in self.columns.items() if not n.endswith(endings)}
        return Recorded(self.times_s, kept)

    def put(self, name: str, values: list[float] | float) -> Recorded:
        """Set one column, or hold it at one value."""
        count = len(self.times_s)
        column = list(values) if isinstance(values, list) else [values] * count
        assert len(column) == count
        self.columns[name] = column
        return self


@dataclass(frozen=True)
class Case:
    """Everything a judge may look at."""

    window: Recorded
    devices: tuple[Device, ...]
    missing: dict[str, Missing] = field(default_factory=dict)
    processes: tuple[ProcessUse, ...] = ()
    holders: tuple[GpuHolder, ...] = ()


SOURCE = Path(__file__).parent
