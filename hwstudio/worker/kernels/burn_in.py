"""Full load with every result checked: ends at the first wrong one and names where it came from."""

from __future__ import annotations

import os
import time
from importlib.util import find_spec
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.clock import Sample
from hwstudio.worker.crew import Crew
from hwstudio.worker.disturbance import cpu_times, stolen_share, usable_cores
from hwstudio.worker.extra import load, processor
from hwstudio.worker.heat import Heat
from hwstudio.worker.kernels.burn_gpu import GpuBurner, find_gpus
from hwstudio.worker.kernels.numpy_matmul import THREAD_NAMES
from hwstudio.worker.sampling import WAIT_LIMIT, Progress, Series, send, summary
from hwstudio.worker.stopping import median

WINDOW_S = 2.0
FALLS_BELOW = 0.9  # of the first quarter's speed
FEWEST = 8  # undisturbed windows; fewer show no trend
REMEDY = (
    "Do not trust this machine: undo any overclocking, check its cooling, then test its memory "
    "(hwstudio bench run memory_pattern)"
)


def run(params: dict[str, Any], channel: Channel) -> None:
    """Burn every core, and every GPU torch can use, for a time."""
    load("numpy")
    cores = own_cores()
    gpus = _gpus(str(params.get("device", "auto")), int(params.get("seed", 20261120)))
    about = {**processor(len(cores)), **(gpus[0].about if gpus else {})}
    channel.emit("condition", name="device", value=about)
    channel.emit("condition", name="under load", value=[*map(core_name, cores), *map(str, gpus)])
    seconds = float(params.get("seconds", 60.0))
    begin = time.perf_counter()
    progress = Progress(channel, 1, seconds)
    progress.point(f"{len(cores)} cores" + (f" and {len(gpus)} GPUs" if gpus else ""))
    with Crew("burn", len(cores), channel, dict.fromkeys(THREAD_NAMES, "1")) as crew:
        burn = Burn(crew, cores, gpus, channel, int(params.get("seed", 20261120)))
        while time.perf_counter() - begin < seconds:
            burn.window(min(WINDOW_S, seconds))
    burn.tell()


def own_cores() -> list[int]:
    """Return the numbers of the cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(usable_cores()))


def core_name(core: int) -> str:
    """Return a core as people find it; only Linux keeps a process on one."""
    return f"core {core}" if hasattr(os, "sched_setaffinity") else f"process {core}"


def _gpus(device: str, seed: int) -> list[GpuBurner]:
    if device == "cpu" or (device == "auto" and find_spec("torch") is None):
        return []
    return find_gpus(device, seed)


class Burn:
    """Works window by window and keeps what each gave."""

    def __init__(
        self, crew: Crew, cores: list[int], gpus: list[GpuBurner], channel: Channel, seed: int
    ) -> None:
        self._crew, self._cores, self._gpus, self._channel = crew, cores, gpus, channel
        self._seed = seed
        self._all = Series("cores", "FLOP/s", 1.0)
        self._on_gpu = [Series(f"gpu {each.name}", "FLOP/s", 1.0, is_device=True) for each in gpus]
        self._sent = [0] * (1 + len(gpus))
        self._times, self._heat = cpu_times(), Heat()
        self.products = 0

    def window(self, seconds: float) -> None:
        """Work once on everything at the same time.

        Raises:
            Failure: a result was wrong.
        """
        orders = [
            {"core": core, "seconds": seconds, "seed": self._seed + core} for core in self._cores
        ]
        self._crew.give(orders)
        for gpu, series in zip(self._gpus, self._on_gpu, strict=True):
            rate = gpu.work(seconds / len(self._gpus))
            series.samples.append(Sample(1.0 / rate, seconds, seconds, None))
            series.clean.append(True)
        answers = self._crew.answers(len(self._cores))
        for core, answer in zip(self._cores, answers, strict=True):
            refuse_wrong(core_name(core), answer)
        self.products += sum(int(each["products"]) for each in answers)
        self._keep(answers, seconds)
        now = self._heat.look()
        if now:
            self._channel.emit("condition", name="heat now", value=now)

    def _keep(self, answers: list[dict[str, Any]], seconds: float) -> None:
        waits = [each["wait_s"] for each in answers if "wait_s" in each]
        wait_s = max(waits) if waits else None
        rate = sum(each["rate"] for each in answers)
        self._all.samples.append(Sample(1.0 / rate, seconds, seconds, None, wait_s))
        self._all.clean.append(wait_s is None or wait_s <= WAIT_LIMIT * seconds)
        for number, series in enumerate((self._all, *self._on_gpu)):
            self._sent[number] = send(self._channel, series, self._sent[number])

    def tell(self) -> None:
        """Tell every series with its evidence."""
        self._all.stolen_share = stolen_share(self._times, cpu_times())
        count = f"{self.products:,} products on {len(self._cores)} cores"
        on_gpus = sum(each.products for each in self._gpus)
        count += f" and {on_gpus:,} on {len(self._gpus)} GPUs" if self._gpus else ""
        self._channel.emit("condition", name="checked", value=f"{count}: every result was right")
        heat = self._heat.summary()
        if heat:
            self._channel.emit("condition", name="heat", value=heat)
        for series in (self._all, *self._on_gpu):
            is_cores = series is self._all
            falls_to = fall(series)
            self._channel.emit(
                "series",
                **summary(series),
                metric=series.name,
                precision_asked="fp32",
                products=self.products if is_cores else None,
                falls_to=falls_to,
                slowed=slowed(self._heat.times_throttled if is_cores else None, falls_to),
                slowed_part="The processor" if is_cores else "The GPU",
                data="whole and random numbers, every product checked",
            )


def refuse_wrong(where: str, answer: dict[str, Any]) -> None:
    """End the burn-in at a wrong product.

    Raises:
        Failure: there is one.
    """
    fault = answer.get("fault")
    if not fault:
        return
    bits = "1 bit differs" if fault["bits"] == 1 else f"{fault['bits']} bits differ"
    raise Failure(
        "error",
        f"{where[0].upper()}{where[1:]} computed a wrong result",
        f"product {fault['product']:,} ({fault['kind']} numbers), row {fault['row']}, column "
        f"{fault['column']} is {fault['got']} and should be {fault['expected']}: {bits}",
        REMEDY,
    )


def fall(series: Series) -> float | None:
    """Return the share of its first speed that is left at the end, when it is clearly less."""
    rates = [series.value(s) for s, good in zip(series.samples, series.clean, strict=True) if good]
    quarter = len(rates) // 4
    if len(rates) < FEWEST:
        return None
    share = median(rates[-quarter:]) / median(rates[:quarter])
    return round(share, 3) if share < FALLS_BELOW else None


def slowed(times_throttled: int | None, falls_to: float | None) -> list[str]:
    """Return in words what shows that a part slowed itself down."""
    found = [f"too hot {times_throttled} times"] if times_throttled else []
    return [*found, f"its speed fell to {falls_to:.0%} of the first"] if falls_to else found
