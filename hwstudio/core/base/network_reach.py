"""How far away an address is: this computer, the local network, or the internet."""

from __future__ import annotations

from enum import StrEnum

# RFC 1918, 6598 (also used by overlay networks of a lab), 3927; RFC 4193, 4291
_NEAR = (
    *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"),
    *("fc00::/7", "fe80::/10"),
)


class Reach(StrEnum):
    """How far away an address is."""

    LOOPBACK = "this computer"
    PRIVATE = "the local network"
    PUBLIC = "the internet"


def reach_of(address: str) -> Reach:
    """Return how far away a numeric address is; what is not known to be near is far."""
    import ipaddress

    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    if found.is_loopback:
        return Reach.LOOPBACK
    near = (ipaddress.ip_network(text) for text in _NEAR)
    return Reach.PRIVATE if any(found in each for each in near) else Reach.PUBLIC


def is_this_computer(host: str) -> bool:
    """Say whether a host can be known to be this computer without asking anybody."""
    if host.casefold() == "localhost":
        return True
    try:
        return reach_of(host) is Reach.LOOPBACK
    except ValueError:
        return False
