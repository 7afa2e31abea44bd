"""The motherboard by its maker's name: any user may read it."""

from __future__ import annotations

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe import windows_cim
from hwstudio.core.probe.source import Source

_DMI = "/sys/class/dmi/id"
# What makers leave in the field.
_NO_NAME = ("", "default string", "to be filled by o.e.m.", "not applicable", "none")


def detect_board(source: Source) -> Reading[str]:
    """Return "ASRock B550M Pro4"; on a Mac and on boards without firmware tables, the reason."""
    if source.system == "Linux":
        maker = source.text(_DMI, "board_vendor") or ""
        return _named(maker, source.text(_DMI, "board_name") or "", f"{_DMI}/board_name")
    if source.system == "Windows":
        row = next(iter(windows_cim.rows(source, "board") or []), {})
        maker, name = str(row.get("Manufacturer") or ""), str(row.get("Product") or "")
        return _named(maker, name, windows_cim.HOW)
    return absent(Status.UNSUPPORTED, "operating system", f"{source.system} does not name it")


def _named(maker: str, name: str, how: str) -> Reading[str]:
    if name.strip().lower() in _NO_NAME:
        return absent(Status.UNSUPPORTED, how, "the firmware does not name its board")
    return ok(" ".join(f"{maker} {name}".split()), how)
