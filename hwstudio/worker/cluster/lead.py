"""Leads a run over several computers: meets them, shares the ranks out, and makes them start."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hwstudio.worker.channel import Channel, Failure
from hwstudio.worker.cluster import ending, judging
from hwstudio.worker.cluster.meeting import PATIENCE_S, Meeting
from hwstudio.worker.cluster.remote_ranks import RemoteRanks

GROUP_TIMEOUT_S = 60.0  # we notice a lost rank ourselves, long before this

Start = Callable[[list[dict[str, Any]], Channel], RemoteRanks]


def gather(params: dict[str, Any], channel: Channel) -> tuple[list[dict[str, Any]], Start]:
    """Do the checks and return one job per rank, with what starts them.

    Raises:
        Failure: a check failed; nothing runs anywhere then.
    """
    meeting = Meeting(hosts_of(params), channel, PATIENCE_S)
    try:
        meeting.hold()
        channel.emit("condition", name="preflight", value=meeting.document())
        _refuse(meeting)
        jobs = _jobs(meeting, params)
    except Failure:
        told = ending.part(meeting.links, limit_s=1.5)
        channel.emit("condition", name="cleared", value=told)
        raise
    return jobs, lambda some, line: RemoteRanks(meeting, some, line)


def _refuse(meeting: Meeting) -> None:
    for first in meeting.failed:
        raise Failure("error", first.what, first.why, first.fix)


def hosts_of(params: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the computers of a run, each with the sources that are sent there."""
    shared = {name: params[name] for name in ("boot", "payload", "run")}
    return [{**shared, **host} for host in params["hosts"]]


def share_out(total: int, slots: list[int]) -> list[int]:
    """Return how many processes each computer gets, as evenly as its slots allow.

    Args:
        total: all processes; 0 fills every slot.
        slots: the most each takes; 0 is no limit (and one process, where ``total`` is 0).

    Raises:
        Failure: they do not fit, or a computer would get none.
    """
    if total == 0:
        return [each or 1 for each in slots]
    if total < len(slots):
        what = f"{total} processes are too few for {len(slots)} computers"
        raise Failure("unsupported", what, "each needs one", "Ask for more, or list fewer")
    shares = [0] * len(slots)
    for _ in range(total):
        open_ones = [i for i, each in enumerate(slots) if not each or shares[i] < each]
        if not open_ones:
            what = f"{total} processes do not fit"
            why = f"the hosts file has {sum(slots)} slots"
            raise Failure("unsupported", what, why, "Ask for fewer, or raise the slots")
        shares[min(open_ones, key=lambda i: shares[i])] += 1
    return shares


def crowds_of(machines: list[str], shares: list[int]) -> list[int]:
    """Return for each entry how many processes run on its computer: a list may name one twice."""
    pairs = list(zip(machines, shares, strict=True))
    return [sum(share for machine, share in pairs if machine == own) for own in machines]


def _jobs(meeting: Meeting, params: dict[str, Any]) -> list[dict[str, Any]]:
    abouts = {
        link.name: seen.about or {} for link, seen in zip(meeting.links, meeting.seen, strict=True)
    }
    slots = [int(link.host.get("slots", 0)) for link in meeting.links]
    wanted, total = str(params.get("device", "auto")), int(params.get("nproc", 0))
    if total == 0 and wanted != "cpu" and judging.can_use_gpus(abouts, {}):
        slots = [each or int(a["gpus"]) for each, a in zip(slots, abouts.values(), strict=True)]
    shares = share_out(total, slots)
    if sum(shares) < 2:
        what = "A data-parallel run needs at least 2 processes"
        raise Failure("unsupported", what, "", "List more computers, or give one more slots")
    needed = dict(zip(abouts, shares, strict=True))
    is_gpu = wanted != "cpu" and judging.can_use_gpus(abouts, needed)
    if wanted.startswith("cuda") and not is_gpu:
        what = "Not every process would have a GPU of its own"
        why = ", ".join(f"{name}: {each['gpus']}" for name, each in abouts.items())
        raise Failure("unsupported", what, why, "Choose the device cpu, or fewer processes")
    return _described(meeting, params, shares, is_gpu=is_gpu)


def _described(
    meeting: Meeting, params: dict[str, Any], shares: list[int], *, is_gpu: bool
) -> list[dict[str, Any]]:
    cores = [int((seen.about or {}).get("cores", 1)) for seen in meeting.seen]
    crowds = crowds_of([str((seen.about or {}).get("machine")) for seen in meeting.seen], shares)
    fair = min(max(1, own // crowd) for own, crowd in zip(cores, crowds, strict=True))
    threads = int(params.get("threads", 0)) or fair
    pairs = zip(cores, crowds, strict=True)
    shared = {
        "nproc": sum(shares),
        "threads": threads,
        "backend": "nccl" if is_gpu else "gloo",
        "batch": int(params.get("batch", 256)),
        "hidden": int(params.get("hidden", 720)),
        "group_timeout_s": GROUP_TIMEOUT_S,
        "has_cores": all(own >= crowd * threads for own, crowd in pairs),
    }
    jobs: list[dict[str, Any]] = []
    for host, share in enumerate(shares):
        settings = _environment(meeting, host)
        for local in range(share):
            device = f"cuda:{local}" if is_gpu else "cpu"
            own = {"rank": len(jobs), "host": host, "device": device, "environment": settings}
            jobs.append({**shared, **own})
    return jobs


def _environment(meeting: Meeting, host: int) -> dict[str, str]:
    """Return the settings that make the ranks of one computer find the others."""
    first, own = meeting.seen[0], meeting.seen[host]
    if first.place is None or own.place is None:
        raise Failure("error", "A computer has no address", "its checks did not end")
    found = {"MASTER_ADDR": first.place.address, "MASTER_PORT": str(first.rendezvous_port)}
    if own.place.interface:
        name = own.place.interface
        found |= {"GLOO_SOCKET_IFNAME": name, "NCCL_SOCKET_IFNAME": f"={name}"}
    if ":" in own.place.address:
        found["NCCL_SOCKET_FAMILY"] = "AF_INET6"
    if (own.about or {}).get("platform") == "win32":
        found["USE_LIBUV"] = "0"  # the Windows build of torch has no libuv
    return found
