"""gpuhunt's published catalogues: ``BASE/v3/PROVIDER/version`` and ``.../VERSION/catalog.zip``.

Each archive holds CSV files of one row per shape, place and way of paying (spot or not). A row has
no date; the version's name begins with the day it was collected.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.base.log import logger
from hwstudio.core.cloud.refresh.content import rows_of, text_of, unpacked
from hwstudio.core.cloud.refresh.limits import PACKED_BYTES
from hwstudio.core.cloud.refresh.line import Line
from hwstudio.core.cloud.refresh.names import tpu_chips
from hwstudio.core.cloud.refresh.row import Failure, Haul, RawOffer

PROVIDERS = (
    *("aws", "azure", "gcp", "oci", "lambdalabs", "runpod", "verda", "nebius", "cloudrift"),
    *("crusoe", "digitalocean", "hotaisle", "jarvislabs"),
)
AT_ONCE = 4
# The catalogue's names of the same providers.
NAMED = {"lambdalabs": "lambda", "datacrunch": "verda", "vastai": "vast"}
NEEDED = ("instance_name", "price", "gpu_name")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DAY = re.compile(r"(20\d\d)-?(\d\d)-?(\d\d)")
_VERSION_BYTES = 10_000
_TRUE = frozenset({"true", "1"})
_AWS_ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d+)[a-z]")
_GCP_ZONE = re.compile(r"([a-z]+(?:-[a-z]+)*-[a-z]+\d+)-[a-z]")


def read(line: Line, address: str, haul: Haul) -> None:
    """Read every provider, a few at once; one that fails or hangs never costs the others."""
    tour = _Tour(line, address.rstrip("/"), haul)
    workers = [
        threading.Thread(target=tour.go, name=f"prices-gpuhunt-{n}", daemon=True)
        for n in range(AT_ONCE)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()  # every call in it has a deadline


class _Tour:
    """The providers still to be read, shared by the workers."""

    def __init__(self, line: Line, base: str, haul: Haul) -> None:
        self._line, self._base, self._haul = line, base, haul
        self._waiting = deque(PROVIDERS)

    def go(self) -> None:
        """Read providers until none is left."""
        with suppress(IndexError):
            while True:
                self._read(self._waiting.popleft())

    def _read(self, provider: str) -> None:
        try:
            offers = list(_provider(self._line, self._base, provider))
        except HwstudioError as error:
            why = error.sentence
        except Exception as error:  # noqa: BLE001 - the border of a thread: what strangers send
            logger("cloud").error("the prices of %s were not understood: %r", provider, error)
            why = "its answer was not understood. Nothing of it was taken"
        else:
            self._haul.offers += offers
            self._haul.whole.add(_name(provider))
            return
        self._haul.failures.append(Failure("gpuhunt", _name(provider), why))


def _name(provider: str) -> str:
    return NAMED.get(provider, provider)


def _provider(line: Line, base: str, provider: str) -> Iterator[RawOffer]:
    place = f"{base}/v3/{provider}"
    what = f"The version of {provider}"
    body = line.get(f"{place}/version", f"prices of {provider}: version", _VERSION_BYTES)
    version = text_of(body, what).strip()
    if not _VERSION.fullmatch(version):
        raise UserError(f"{what} cannot be read", f"'{version[:20]}'")
    purpose = f"prices of {provider}"
    body = line.get(f"{place}/{version}/catalog.zip", purpose, PACKED_BYTES)
    tables = unpacked(body, f"The archive of {provider}")
    if not tables:
        raise UserError(f"The archive of {provider} holds no table")
    found = _DAY.match(version)
    as_of = "-".join(found.groups()) if found else ""
    for name, table in tables.items():
        yield from offers_of(table, name, provider, as_of, line)


def offers_of(
    table: bytes, name: str, provider: str, as_of: str, line: Line | None = None
) -> Iterator[RawOffer]:
    """Yield the offers of one CSV; shapes without an accelerator are none of ours.

    Raises:
        UserError: it is no such table.
        HostError: the time is up.
    """
    what = f"The table {name}"
    for number, row in rows_of(text_of(table, what), NEEDED, what):
        if line is not None and number % 5000 == 0:
            line.check()
        if row["gpu_name"].strip() and row.get("gpu_count", "1").strip() not in {"0", "0.0"}:
            yield _offer(f"{name} {number}", provider, as_of, row)


def _offer(where: str, provider: str, as_of: str, row: dict[str, str]) -> RawOffer:
    gpu, is_spot = row["gpu_name"], row.get("spot", "").strip().casefold() in _TRUE
    chips = tpu_chips(row["instance_name"]) or tpu_chips(gpu)
    instance, count = row["instance_name"], row.get("gpu_count", "").strip()
    if provider == "gcp" and instance.startswith("n1-"):  # one machine, several cards to add
        instance = f"{instance}+{count}x{gpu}"
    return RawOffer(
        row=where,
        provider=_name(provider),
        instance=instance,
        region=_region(row.get("location", "").strip()),
        accelerator=gpu,
        count=str(chips) if chips else count,
        memory_gb=row.get("gpu_memory", ""),
        vcpus=row.get("cpu", ""),
        host_memory_gb=row.get("memory", ""),
        price="" if is_spot else _said(row["price"]),
        spot=_said(row["price"]) if is_spot else "",
        as_of=as_of,
    )


def _region(location: str) -> str:
    """Return the region of a zone: prices on demand are those of the region."""
    zone = _AWS_ZONE.fullmatch(location) or _GCP_ZONE.fullmatch(location)
    return zone[1] if zone else location


def _said(price: str) -> str:
    """Return a price as it stands; an empty one must not look like a way of paying not offered."""
    return price if price.strip() else "nan"
