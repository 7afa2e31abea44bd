"""The verdict on published numbers: physics first, then the numbers beside them."""

from __future__ import annotations

from collections.abc import Sequence

from hwstudio.core.bench.claims.claim import Claim
from hwstudio.core.bench.claims.finding import OK, Finding
from hwstudio.core.bench.claims.peers import Peers
from hwstudio.core.bench.claims.physics import judge_physics
from hwstudio.core.bench.claims.sheet import (
    Chip,
    MatchGpu,
    chip_of,
    has_unit,
    plain_precision,
)


def judge_claims(claims: Sequence[Claim], match: MatchGpu) -> list[Finding]:
    """Return a finding for each claim, in their order.

    Args:
        claims: the rows of one table; each is also held against the others.
        match: finds the catalogue's GPU of a name, None where it knows none.
    """
    chips = [chip_of(claim, match) for claim in claims]
    peers = Peers(claims, [_model(*each) for each in zip(claims, chips, strict=True)])
    found = [_alone(*each, peers) for each in zip(claims, chips, strict=True)]
    doubted = {id(claim) for claim, each in zip(claims, found, strict=True) if each}
    return [
        each or peers.judge_like(claim, doubted) or _fine(chip)
        for claim, chip, each in zip(claims, chips, found, strict=True)
    ]


def _alone(claim: Claim, chip: Chip, peers: Peers) -> Finding | None:
    """Return what speaks against a claim without asking whether its peers are right."""
    has = has_unit(chip, plain_precision(claim.dtype))
    return (
        judge_physics(claim, chip)
        or peers.judge_scaling(claim)
        or peers.judge_precision(claim, has)
        or peers.judge_pair(claim)
    )


def _fine(chip: Chip) -> Finding:
    known = f"within what {chip.gpu.name} can do" if chip.gpu else "nothing speaks against it"
    return Finding(OK, known)


def _model(claim: Claim, chip: Chip) -> str:
    """Return the catalogue's id, or the name as it was written."""
    return chip.gpu.id if chip.gpu else (claim.model or claim.device).casefold()
