"""Every library we stand on has a licence that allows it, and stands in NOTICE.md."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("packaging.requirements")

ROOT = Path(__file__).resolve().parents[2]
# NVIDIA's CUDA libraries come with torch on a user's machine and are never passed on by us.
NOT_PASSED_ON = re.compile(r"(nvidia-(?!ml-py)|cuda-|triton)")


def product() -> Iterator[tuple[str, Distribution]]:
    """Yield hwstudio's installed requirements, benchmarks included."""
    from licences import installed

    found: dict[str, Distribution] = {}
    installed("hwstudio", ("", "bench"), found)
    del found["hwstudio"]
    yield from ((name, p) for name, p in found.items() if not NOT_PASSED_ON.match(name))


def test_every_library_has_a_licence_on_the_list() -> None:
    from licences import is_allowed, licence

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
    from licences import is_allowed

    assert is_allowed(expression) is expected


def library(licence: str, texts: tuple[Path, ...] = ()) -> Any:
    import licences

    return licences.Library("thing", "1.0", licence, "", texts)


@pytest.mark.parametrize("said", ["", "GPL-3.0-only", "AGPL-3.0-or-later", "Proprietary"])
def test_a_build_stops_at_a_licence_that_is_unknown_or_gpl(said: str) -> None:
    import licences

    with pytest.raises(licences.LicenceError, match=r"thing 1\.0"):
        licences.check([library("MIT"), library(said)])


def test_the_licence_page_names_every_library_of_the_product_and_holds_the_texts() -> None:
    import licences

    libraries = licences.product()
    licences.check(libraries)
    page = licences.page(libraries, "3.11.7")
    names = {licences.key(one.name) for one in libraries}
    assert {"pyside6-essentials", "numpy", "highspy", "threadpoolctl"} <= names
    assert not {"torch", "pip", "pytest"} & names
    assert all(f"{one.name} {one.version}: " in page for one in libraries)
    assert "Redistribution and use in source and binary forms" in page
    licences.check_texts(libraries)
    # Qt and NVIDIA's library bring no text in their metadata, and Python is no package.
    for owner in ("GNU LESSER GENERAL PUBLIC LICENSE", "NVIDIA Corporation", "PYTHON SOFTWARE"):
        assert owner in page


def test_a_library_without_its_licence_text_stops_the_build() -> None:
    import licences

    with pytest.raises(licences.LicenceError, match=r"thing 1\.0: MIT"):
        licences.check_texts([library("MIT")])


def test_a_gpl_library_of_the_system_stops_the_build(tmp_path: Path) -> None:
    import system_libraries

    for name in ("libreadline.so.8", "libz.so.1", "libreadable.so.1"):
        (tmp_path / name).write_bytes(b"")
    assert system_libraries.forbidden(tmp_path) == ["libreadline.so.8"]


def test_the_licence_texts_of_system_libraries_are_those_of_their_packages(tmp_path: Path) -> None:
    import system_libraries

    if not system_libraries.packages(["libc.so.6"]):
        pytest.skip("this is no Debian system")
    (tmp_path / "libc.so.6").write_bytes(b"")
    assert system_libraries.write(tmp_path) >= 1
    assert (tmp_path / "licenses" / "system" / "libc6.txt").stat().st_size > 0
    assert re.match(r"2\.\d+", system_libraries.versions(tmp_path)["libc6"])


def test_a_library_nobody_asked_for_stops_the_build(tmp_path: Path) -> None:
    import licences

    rows = [("numpy.linalg", "/venv/site-packages/numpy/linalg.py", "PYMODULE"), ("ast", "x", "")]
    (tmp_path / "PYZ-00.toc").write_text(repr(("here", rows)))
    licences.check_packed(tmp_path, licences.product())
    rows.append(("pytest", "/venv/site-packages/pytest/__init__.py", "PYMODULE"))
    (tmp_path / "PYZ-00.toc").write_text(repr(("here", rows)))
    with pytest.raises(licences.LicenceError, match="pytest"):
        licences.check_packed(tmp_path, licences.product())
