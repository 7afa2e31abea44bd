"""Every library we stand on has a licence that allows it, and stands in NOTICE.md."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest

packaging_requirements = pytest.importorskip("packaging.requirements")

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = re.compile(
    r"(MIT|BSD|0BSD|Apache|MPL|Mozilla|LGPL|PSF|Python Software|ISC|Unlicense|Zlib|CC0|BSL-1\.0"
    r"|Public Domain|HPND|Historical)",
    re.IGNORECASE,
)
# NVIDIA's CUDA libraries come with torch on a user's machine and are never passed on by us.
NOT_PASSED_ON = re.compile(r"(nvidia-(?!ml-py)|cuda-|triton)")


def key(name: str) -> str:
    """Return the normal form of a package name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def installed(name: str, extras: tuple[str, ...], found: dict[str, Distribution]) -> None:
    """Collect a package and everything it needs here, leaving out what is not installed."""
    try:
        package = distribution(name)
    except PackageNotFoundError:
        return
    if key(name) in found:
        return
    found[key(name)] = package
    for line in package.requires or []:
        need = packaging_requirements.Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
            installed(need.name, ("", *need.extras), found)


def licence(package: Distribution) -> str:
    """Return what a package says its licence is: the SPDX expression first, then older fields."""
    about = package.metadata
    if about.get("License-Expression"):
        return str(about["License-Expression"])
    lines = about.get_all("Classifier") or []
    named = [line.split(" :: ")[-1] for line in lines if line.startswith("License")]
    first_line = (about.get("License") or "").strip().partition("\n")[0]
    return " OR ".join(filter(None, (first_line, *named)))


def is_allowed(expression: str) -> bool:
    """Say whether each AND part offers an allowed choice; GPL and AGPL alone never do."""
    parts = re.split(r"\s+AND\s+", expression)
    choices = [re.split(r"\s+OR\s+", part.strip("() ")) for part in parts]
    return bool(expression) and all(any(map(is_choice_allowed, part)) for part in choices)


def is_choice_allowed(choice: str) -> bool:
    """Say whether one licence name is on the list."""
    is_copyleft = re.search(r"(?<!L)(?<!Lesser )(A?GPL|General Public)", choice)
    return bool(ALLOWED.search(choice)) and not is_copyleft


def product() -> Iterator[tuple[str, Distribution]]:
    """Yield hwstudio's installed requirements, benchmarks included."""
    found: dict[str, Distribution] = {}
    installed("hwstudio", ("", "bench"), found)
    del found["hwstudio"]
    yield from ((name, p) for name, p in found.items() if not NOT_PASSED_ON.match(name))


def test_every_library_has_a_licence_on_the_list() -> None:
    packages = dict(product())
    assert "pyside6-essentials" in packages
    wrong = {name: licence(p) for name, p in packages.items() if not is_allowed(licence(p))}
    assert wrong == {}


def test_every_library_stands_in_the_notices() -> None:
    words = set(re.findall(r"[a-z0-9][a-z0-9-]+", (ROOT / "NOTICE.md").read_text().lower()))
    assert [name for name, _ in product() if name not in words] == []


def test_every_attribution_of_the_catalogue_stands_in_the_notices() -> None:
    text = (ROOT / "NOTICE.md").read_text(encoding="utf-8")
    table = ROOT / "resources" / "catalog" / "source.csv"
    with table.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert rows
    missing = [row["id"] for row in rows if row["attribution"] and row["attribution"] not in text]
    assert missing == []
    assert "Contains information from BuildCores OpenDB, made available under" in text


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("BSD License", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("GPL-3.0-only", False),
        ("MIT AND GPL-3.0-or-later", False),
        ("AGPL-3.0", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_the_list_accepts_and_refuses(expression: str, expected: bool) -> None:
    assert is_allowed(expression) is expected
