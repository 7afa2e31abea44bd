"""The battery, and the power mode that decides how fast the processor may run."""

from __future__ import annotations

import re

from hwstudio.core.model.reading import Reading, Status, absent, ok
from hwstudio.core.probe import windows_cim
from hwstudio.core.probe.source import Source

_SUPPLY = "/sys/class/power_supply"
_PROFILE = "/sys/firmware/acpi/platform_profile"
_CPUFREQ = "/sys/devices/system/cpu/cpu0/cpufreq"
_ANSWER_S = 3.0
_PMSET = "pmset"
_JETSON_STATUS, _JETSON_CONF = "/var/lib/nvpmodel/status", "/etc/nvpmodel.conf"
# The three plans every Windows has, by number, since their names are translated.
_WINDOWS_PLANS = {
    "381b4222-f694-41f0-9685-ff5bb260df2e": "balanced",
    "8c5e7fda-e8bf-4a96-9a85-a6e23a8c635c": "high performance",
    "a1841308-3541-4fab-bc81-f71556f20b4a": "power saver",
    "e9a42b02-d5df-448d-aa00-03f14749eb61": "ultimate performance",
}
_MAC_MODES = {"0": "automatic", "1": "low power", "2": "high power"}


def detect_battery(source: Source) -> Reading[str]:
    """Return "none" or the charge; a battery tells a laptop."""
    if source.system == "Linux":
        return _linux_battery(source)
    if source.system == "Windows" and not source.is_live:
        return _windows_battery(source)
    if source.system == "Darwin":
        return _mac_battery(source)
    return _by_library()


def _linux_battery(source: Source) -> Reading[str]:
    for name in source.names(_SUPPLY):
        is_own = source.text(_SUPPLY, name, "scope") != "Device"  # a mouse has a battery too
        if source.text(_SUPPLY, name, "type") == "Battery" and is_own:
            charge = source.number(_SUPPLY, name, "capacity")
            state = (source.text(_SUPPLY, name, "status") or "").lower()
            said = f"{charge} %" if charge is not None else "found"
            return ok(", ".join(word for word in (said, state) if word), _SUPPLY)
    if not source.names("/sys"):
        return absent(Status.LOST, _SUPPLY, "there is no /sys in this container")
    return ok("none", _SUPPLY)


def _by_library() -> Reading[str]:
    import psutil

    how = "operating system power information"
    try:
        found = psutil.sensors_battery() if hasattr(psutil, "sensors_battery") else None
    except OSError as error:
        return absent(Status.LOST, how, error.strerror or str(error))
    if found is None:
        return ok("none", how)
    return ok(f"{found.percent:.0f} %{', charging' if found.power_plugged else ''}", how)


def _windows_battery(source: Source) -> Reading[str]:
    rows = windows_cim.rows(source, "battery")
    if rows is None:
        return absent(Status.LOST, windows_cim.HOW, windows_cim.NO_ANSWER)
    if not rows:
        return ok("none", windows_cim.HOW)
    charge = windows_cim.whole(rows[0].get("EstimatedChargeRemaining"))
    return ok(f"{charge} %" if charge else "found", windows_cim.HOW)


def _mac_battery(source: Source) -> Reading[str]:
    text = source.output((_PMSET, "-g", "batt"), _ANSWER_S)
    if text is None or "drawing from" not in text:
        return absent(Status.LOST, _PMSET, "no answer")
    found = re.search(r"(\d{1,3})%; ([a-z ]+)", text)
    return ok(f"{found[1]} %, {found[2].strip()}" if found else "none", _PMSET)


# --- power mode -----------------------------------------------------------------------------------


def detect_power_mode(source: Source) -> Reading[str]:
    """Return the mode in words: "balanced", "low power" ..."""
    if source.system == "Linux":
        return _jetson_mode(source) or _linux_mode(source)
    if source.system == "Darwin":
        return _mac_mode(source)
    if source.system == "Windows":
        return _windows_mode(source)
    return absent(Status.UNSUPPORTED, "operating system", f"not looked for on {source.system}")


def _linux_mode(source: Source) -> Reading[str]:
    profile = source.text(_PROFILE)
    governor = source.text(_CPUFREQ, "scaling_governor")
    wish = source.text(_CPUFREQ, "energy_performance_preference")
    said = []
    if profile:
        said.append(profile)
    if governor:
        said.append(f"processor clock: {governor}{f', prefers {wish}' if wish else ''}")
    how = f"{_PROFILE}, cpufreq"
    if not said:
        why = "this system lets no mode be chosen (usual in a VM and on servers)"
        return absent(Status.UNSUPPORTED, how, why)
    return ok("; ".join(said), how)


def _jetson_mode(source: Source) -> Reading[str] | None:
    status = re.search(r"pmode:0*(\d+)", source.text(_JETSON_STATUS) or "")
    if not status:
        return None
    for number, name in re.findall(
        r"<\s*POWER_MODEL\s+ID=(\d+)\s+NAME=(\w+)", source.text(_JETSON_CONF) or ""
    ):
        if int(number) == int(status[1]):
            return ok(name.strip(), f"{_JETSON_STATUS}, {_JETSON_CONF}")
    return ok(f"mode {status[1]}", _JETSON_STATUS)


def _mac_mode(source: Source) -> Reading[str]:
    text = source.output((_PMSET, "-g", "custom"), _ANSWER_S) or ""
    drawn = re.search(
        r"drawing from '(\w+)", source.output((_PMSET, "-g", "batt"), _ANSWER_S) or ""
    )
    wanted = "AC Power" if drawn is None or drawn[1] == "AC" else "Battery Power"
    _, _, own = text.partition(f"{wanted}:")
    found = re.search(r"^\s*(?:powermode|lowpowermode)\s+(\d)", own or text, re.MULTILINE)
    if found is None or found[1] not in _MAC_MODES:
        return absent(Status.UNSUPPORTED, _PMSET, "this Mac has no power modes to choose from")
    return ok(_MAC_MODES[found[1]], _PMSET)


def _windows_mode(source: Source) -> Reading[str]:
    text = source.output(("powercfg.exe", "/getactivescheme"), _ANSWER_S) or ""
    found = re.search(
        r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*(?:\(([^)]*)\))?", text.lower()
    )
    if found is None:
        return absent(Status.LOST, "powercfg", "no answer")
    name = _WINDOWS_PLANS.get(found[1]) or found[2]
    if not name:
        return absent(Status.UNSUPPORTED, "powercfg", "the plan in use has no name")
    return ok(f"{name} plan", "powercfg")
