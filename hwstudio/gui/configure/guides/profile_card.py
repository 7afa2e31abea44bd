"""A task profile: its shares of the money beside those of the build in the plan."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.guide.allocation import (
    GROUPS,
    TITLE,
    WITHIN,
    Profile,
    Share,
    against,
    allocation_of,
    follows,
    money_for,
)
from hwstudio.core.model.build import Build
from hwstudio.gui.configure.guides.parts import grid_of
from hwstudio.gui.configure.words import MINUS
from hwstudio.gui.kit.card import Card, Chip
from hwstudio.gui.kit.text import label

POINTS = round(WITHIN * 100)
NO_BUILD = "No build is chosen yet to hold against it."
WHY_OFF = (
    "The planner spends what the job's speed asks for at today's prices; these shares are a rule "
    "of thumb."
)


def profile_card(profile: Profile, budget: Decimal, build: Build | None) -> Card:
    """Return the card with the shares of ``budget``, and of the build when there is one."""
    card = Card(profile.title)
    card.setToolTip(f"Source: {profile.source}")
    card.body.addWidget(label(profile.words, wrap=True))
    card.body.addWidget(label(f"Good for {', '.join(profile.good_for)}.", wrap=True))
    allocation = allocation_of(build) if build is not None else None
    shares = against(allocation, profile) if allocation is not None else ()
    by_group = {share.group: share for share in shares}
    amounts = money_for(profile, budget)
    rows = [
        (
            TITLE[group],
            f"{profile.shares[group]:.0%}",
            money(amounts[group], decimals=0),
            *_own_cells(by_group.get(group)),
        )
        for group in GROUPS
    ]
    head = ("Part", "Share", f"Of {money(budget, decimals=0)}", "Your build", "Off by")
    card.body.addWidget(grid_of(rows, head, card))
    card.body.addWidget(_verdict(shares))
    if shares and not follows(shares):
        card.body.addWidget(label(WHY_OFF, "small", wrap=True))
    card.body.addWidget(label(" ".join(profile.notes), "small", wrap=True))
    return card


def _own_cells(share: Share | None) -> tuple[str, str]:
    if share is None:
        return "–", "–"
    off = f"within {POINTS} points" if share.follows else points_words(share)
    return f"{share.spent:.0%}", off


def points_words(share: Share) -> str:
    """Return ``+5.2 points`` or ``−21 points``; near the limit a tenth tells."""
    points = share.off * 100
    return f"{points:+.{0 if abs(points) >= 10 else 1}f} points".replace("-", MINUS)


def _verdict(shares: tuple[Share, ...]) -> Chip:
    if not shares:
        return Chip("info", NO_BUILD)
    if follows(shares):
        return Chip("ok", f"Your build follows it within {POINTS} points.")
    far = [TITLE[share.group].lower() for share in shares if not share.follows]
    return Chip("info", f"Your build spends otherwise: {', '.join(far)}.")
