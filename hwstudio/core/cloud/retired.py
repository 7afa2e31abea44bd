"""Shapes a provider has ended or closed to new users; hidden unless asked for."""

from __future__ import annotations

import re

from hwstudio.core.model.offer import Offer

# Provider, pattern of the instance name, the reason in words (with its source).
_ENDED = (
    (
        "azure",
        re.compile(r"Standard_NC\d+r?s_v3$"),
        "retired by Azure on 2025-09-30 (Azure retirement page)",
    ),
)
_CLOSED_NOTE = "previous generation"


def retirement(offer: Offer) -> str:
    """Return why this shape can hardly be rented any more, or "" when it can."""
    for provider, pattern, reason in _ENDED:
        if offer.provider == provider and pattern.match(offer.instance):
            return reason
    return "previous generation, may be closed to new users" if _CLOSED_NOTE in offer.notes else ""
