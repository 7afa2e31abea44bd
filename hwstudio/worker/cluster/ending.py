"""The end of a run on every computer: ask, look, sweep, and tell what is left."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hwstudio.worker.cluster.dead_man import LIMIT_S
from hwstudio.worker.cluster.link import Link, ask_again

CLEAN = "nothing left"
ANSWER_S = 1.0  # for an agent to end its ranks and itself


def part(
    links: list[Link],
    limit_s: float,
    lost: frozenset[str] = frozenset(),
    stuck: frozenset[str] = frozenset(),
) -> dict[str, str]:
    """End the agent of every computer.

    Args:
        links: the connections.
        limit_s: how long all of it may take.
        lost: the computers that cannot be asked; what runs there ends by itself.
        stuck: those whose agent cannot answer; a second connection ends it.

    Returns:
        For each computer "nothing left", or what is not known.
    """
    end = time.monotonic() + limit_s
    for link in links:
        link.send(do="end")
        link.close()
    with ThreadPoolExecutor(max_workers=max(1, len(links))) as pool:
        wait_s = {link.name: 0.0 if link.name in stuck else ANSWER_S for link in links}
        told = pool.map(
            lambda link: _part_one(link, end, link.name in lost, wait_s[link.name]), links
        )
        return {link.name: word for link, word in zip(links, told, strict=True)}


def _part_one(link: Link, end: float, is_lost: bool, wait_s: float) -> str:
    if link.why_not_started:
        return CLEAN
    is_gone = False
    if not is_lost:
        is_gone = link.wait(min(wait_s, end - time.monotonic()))
    link.kill()
    link.wait(0.2)
    if is_gone and link.code == 0:
        return CLEAN
    if is_lost or not link.is_met:
        return _by_itself() if link.is_met else CLEAN
    found = ask_again(link.host, "end", max(0.3, end - time.monotonic()))
    if found is None:
        return _by_itself()
    return CLEAN if found[1] == 0 else f"{found[1]} processes are left"


def _by_itself() -> str:
    return f"not reached; whatever runs there ends by itself within {LIMIT_S + 2:.0f} s"


def remains(told: dict[str, Any]) -> list[str]:
    """Return the computers on which something may still run."""
    return [name for name, word in told.items() if word != CLEAN]
