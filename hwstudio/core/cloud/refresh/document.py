"""A refresh as plain data: what the command line prints and the window shows."""

from __future__ import annotations

from typing import Any

from hwstudio.core.cloud.refresh.diff import Step
from hwstudio.core.cloud.refresh.limits import MOST_REJECTED
from hwstudio.core.cloud.refresh.overlay import source_title
from hwstudio.core.cloud.refresh.refresh import Age, Report
from hwstudio.core.cloud.refresh.row import FreshOffer

MOST_LISTED = 2000  # changes and new offers that are listed; all are counted


def report_document(report: Report, age: Age) -> dict[str, Any]:
    """Return the fields of the command line's contract, and what a person wants to know besides."""
    diff = report.diff
    steps = sorted(diff.steps, key=_size, reverse=True)
    return {
        "added": len(diff.added),
        "changed": diff.changed,
        "rejected": [
            {"row": int(each.row) if each.row.isdecimal() else each.row, "why": each.why}
            for each in report.rejected[:MOST_REJECTED]
        ],
        "age": age.newest_days,
        "age_words": age.words,
        "as_of": age.newest_as_of or None,
        "median_age_days": age.median_days,
        "unchanged": diff.unchanged,
        "gone": [" ".join(key) for key in diff.gone],
        "rejected_count": len(report.rejected),
        "read": [source_title(name) for name in report.read],
        "failed": [
            {"source": each.source, "provider": each.provider or None, "why": each.why}
            for each in report.failures
        ],
        "changes": [_step(step) for step in steps[:MOST_LISTED]],
        "new_offers": [_added(offer) for offer in diff.added[:MOST_LISTED]],
        "bands": report.bands,
        "bands_changed": report.bands_changed,
        "clock_behind": report.is_clock_behind,
    }


def _size(step: Step) -> float:
    return abs(step.percent or 0.0)


def _step(step: Step) -> dict[str, Any]:
    percent = step.percent
    return {
        "offer": step.name,
        "kind": step.kind,
        "old": step.old,
        "new": step.new,
        "percent": None if percent is None else round(percent, 2),
        "old_as_of": step.old_as_of,
        "new_as_of": step.new_as_of,
    }


def _added(offer: FreshOffer) -> dict[str, Any]:
    return {
        "provider": offer.provider,
        "instance": offer.instance,
        "region": offer.region,
        "accelerator": offer.accelerator,
        "count": offer.count,
        "price_per_hour": offer.price,
        "spot_per_hour": offer.spot,
        "as_of": offer.as_of,
        "source": source_title(offer.source),
    }
