"""What an NVML error means for the reader: its status, its words, and whether the GPU is gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hwstudio.core.model.reading import Reading, Status, absent

HOW = "NVML"
LOST_WORDS = "the GPU fell off the bus or is no longer reachable"
NOT_LISTED = "the driver no longer lists this GPU"
_NOT_OFFERED = "this GPU or driver does not offer it"
_NOT_KNOWN = 999
# nvmlReturn_t -> status, words. What is not here is LOST with the driver's own words.
_MEANING: dict[int, tuple[Status, str]] = {
    2: (Status.UNSUPPORTED, _NOT_OFFERED),  # a sensor or field this driver does not know
    3: (Status.UNSUPPORTED, _NOT_OFFERED),
    4: (Status.DENIED, "the driver shows it only to an administrator"),
    10: (Status.LOST, "the driver gave up waiting for the GPU"),
    13: (Status.UNSUPPORTED, _NOT_OFFERED),
    21: (Status.STALE, "the driver has no data yet"),
    25: (Status.UNSUPPORTED, _NOT_OFFERED),
    26: (Status.UNSUPPORTED, _NOT_OFFERED),
    27: (Status.STALE, "the driver has no data yet"),
}
# These speak of the whole GPU or driver, not of one sensor.
_GONE: dict[int, str] = {
    1: "the NVIDIA driver was shut down",
    6: NOT_LISTED,
    9: "the NVIDIA driver was unloaded",
    15: LOST_WORDS,
    16: "the GPU has to be reset before it can be used again",
    18: "the NVIDIA driver was replaced while it ran: the computer has to be restarted",
    28: NOT_LISTED,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call gave nothing; ``is_gone``: no other call to this GPU can succeed now."""

    status: Status
    why: str
    is_gone: bool = False

    @property
    def reading(self) -> Reading[Any]:
        """Return the reading that says so."""
        return absent(self.status, HOW, self.why)


def refusal(error: Exception) -> Refusal:
    """Return what an error of the binding means."""
    # The binding or the library lacks the function, or has it in another version.
    if isinstance(error, AttributeError) or type(error).__name__ == "NVMLLibraryMismatchError":
        return Refusal(Status.UNSUPPORTED, _NOT_OFFERED)
    code = getattr(error, "value", _NOT_KNOWN)
    if code in _GONE:
        return Refusal(Status.LOST, _GONE[code], is_gone=True)
    status, why = _MEANING.get(code, (Status.LOST, str(error) or type(error).__name__))
    return Refusal(status, why)
