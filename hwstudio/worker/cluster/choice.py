"""Which address and interface of each computer carries the run.

The computer's own name is never asked: on a stock Debian it leads to 127.0.1.1.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hwstudio.worker.cluster.words import FAIL, Check

Row = Mapping[str, Any]
# Bridges and tunnels of containers: they have addresses and lead nowhere.
_INNER = ("docker", "br-", "virbr", "cni", "flannel", "cali", "podman", "lxc", "tailscale", "zt")


@dataclass(frozen=True)
class Place:
    """The chosen end of one computer; ``interface`` is "" where names cannot be had (Windows)."""

    address: str
    interface: str
    mtu_bytes: int


def is_loopback(address: str) -> bool:
    """Say whether an address never leaves its computer."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_usable(row: Row) -> bool:
    address = ipaddress.ip_address(str(row["address"]).partition("%")[0])
    return not (address.is_loopback or address.is_link_local or row["state"])


def choose(
    host: Mapping[str, Any], about: Mapping[str, Any], called: Sequence[str]
) -> Place | Check:
    """Choose the place of one computer.

    Args:
        host: its name, address and interface (a wish, or "").
        about: what its inspection told.
        called: the addresses the user wrote for all computers.

    Returns:
        The place, or the check that says why there is none.
    """
    rows = [row for row in about["interfaces"] if isinstance(row, Mapping)]
    wish = str(host.get("interface", ""))
    if wish:
        return _of_wish(str(host["name"]), wish, rows)
    own = {str(row["address"]): row for row in rows}
    is_all_here = all(is_loopback(address) for address in called)
    for address in (str(host["address"]), str(about.get("reached_at", ""))):
        if address in own and (is_all_here or not is_loopback(address)):
            return _place(own[address])
    fit = [row for row in rows if _is_usable(row)]
    outer = [row for row in fit if not str(row["name"]).startswith(_INNER)]
    near = [row for row in outer if _is_near(row, called)]
    for row in (*_old_first(near), *_old_first(outer), *fit):
        return _place(row)
    if not rows and about.get("platform") == "win32":
        return Place(str(host["address"]), "", 0)
    return Check(
        str(host["name"]),
        "interface",
        FAIL,
        f"{host['name']} has no network address that others can reach",
        _shown(rows),
        "Connect it to the network, or name the interface in the hosts file",
    )


def _place(row: Row) -> Place:
    return Place(str(row["address"]), str(row["name"]), int(row["mtu_bytes"]))


def _old_first(rows: Sequence[Row]) -> list[Row]:
    """Put IPv4 first: every other computer has it."""
    return sorted(rows, key=lambda row: int(row["family"]))


def _is_near(row: Row, called: Sequence[str]) -> bool:
    """Say whether an address lies in the network of another one that the user wrote."""
    width = 24 if row["family"] == 4 else 64  # (the usual network of a lab)
    net = ipaddress.ip_network(f"{row['address']}/{width}", strict=False)
    for each in called:
        try:
            if ipaddress.ip_address(each) in net:
                return True
        except ValueError:
            continue
    return False


def _of_wish(host: str, wish: str, rows: Sequence[Row]) -> Place | Check:
    named = [row for row in rows if row["name"] == wish or row["address"] == wish]
    working = [row for row in _old_first(named) if not row["state"]]
    if working:
        return _place(working[0])
    if named:
        what = f"The interface {wish} of {host} does not work"
        why = "it is switched off" if named[0]["state"] == "down" else "it has no link"
        return Check(host, "interface", FAIL, what, why, f"Switch it on: ip link set {wish} up")
    return Check(
        host,
        "interface",
        FAIL,
        f"{host} has no interface {wish} with an address",
        _shown(rows),
        "Correct the name in the hosts file, or leave it out",
    )


def _shown(rows: Sequence[Row]) -> str:
    found = [f"{row['name']} {row['address']}" for row in rows if row["family"] == 4]
    return f"it has {', '.join(found)}" if found else "it has no address at all"
