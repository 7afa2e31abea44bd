"""A test and one of its points in one name, where points of several tests stand in one list."""

from __future__ import annotations

from hwstudio.core.bench.point_words import name_text
from hwstudio.core.bench.suites import SUITES, bench


def full_name(test: str) -> str:
    """Return "Drive speed: Reading large files" of "storage sequential_read".

    What is no test of ours stays as it is; what would be said twice is said once.
    """
    name, _, point = test.partition(" ")
    if name not in SUITES:
        return test
    title, told = bench(name).title, name_text(point, name).removesuffix(", training")
    if told.startswith(title):
        return told
    return f"{title}: {told}" if told else title
