"""Release notes, checksums, the list of parts, and the workflow files."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CHANGES = (
    "# Changelog\n\n## 1.1.0 (2026-11-28)\n\n- new\n\n## 1.1\n\n- other\n\n## [1.0.0]\n\n- old\n"
)


@pytest.mark.parametrize(
    ("wanted", "expected"), [("1.1.0", "- new\n"), ("1.1", "- other\n"), ("1.0.0", "- old\n")]
)
def test_the_notes_are_what_stands_under_the_versions_heading(wanted: str, expected: str) -> None:
    import release

    assert release.notes(CHANGES, wanted) == expected


@pytest.mark.parametrize(("wanted", "text"), [("2.0.0", CHANGES), ("1.0.0", "## 1.0.0\n\n")])
def test_a_release_without_notes_is_refused(wanted: str, text: str) -> None:
    import release

    with pytest.raises(SystemExit, match=re.escape(wanted)):
        release.notes(text, wanted)


def test_a_tag_that_is_not_the_version_is_refused() -> None:
    import product
    import release

    release.check(f"v{product.version()}", f"## {product.version()}\n\n- new\n")
    with pytest.raises(SystemExit, match="Make them agree"):
        release.check("v99.0.0", CHANGES)


def test_the_checksums_are_those_of_the_files_and_leave_their_own_file_out(tmp_path: Path) -> None:
    import release

    (tmp_path / "b.deb").write_bytes(b"b")
    (tmp_path / "a.exe").write_bytes(b"a")
    expected = [
        f"{hashlib.sha256(name).hexdigest()}  {file}"
        for name, file in ((b"a", "a.exe"), (b"b", "b.deb"))
    ]
    for _ in range(2):
        assert release.main(["sums", str(tmp_path)]) == 0
        assert (tmp_path / release.SUMS).read_text().splitlines() == expected


def test_the_list_of_parts_names_each_library_once_and_is_the_same_twice() -> None:
    import licences
    import sbom

    libraries = licences.product()
    made = sbom.document(libraries)
    assert json.dumps(made) == json.dumps(sbom.document(libraries))
    places = [part["bom-ref"] for part in made["components"]]
    assert len(places) == len(set(places)) == len(libraries) + 1
    assert set(made["dependencies"][0]["dependsOn"]) == set(places)
    numpy = next(part for part in made["components"] if part["name"] == "numpy")
    assert numpy["purl"] == f"pkg:pypi/numpy@{numpy['version']}"
    assert "expression" in numpy["licenses"][0]


def test_the_list_of_parts_names_the_systems_libraries_that_went_along() -> None:
    import sbom

    made = sbom.document([], {"libstdc++6": "12.2.0-14+deb12u1", "libbz2-1.0": "1.0.8-5+b1"})
    listed = {part["purl"]: part["version"] for part in made["components"] if "purl" in part}
    assert listed == {
        "pkg:deb/debian/libbz2-1.0@1.0.8-5%2Bb1": "1.0.8-5+b1",
        "pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1": "12.2.0-14+deb12u1",
    }
    assert set(made["dependencies"][0]["dependsOn"]) >= set(listed)


def loaded(file: Path) -> dict[Any, Any]:
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def steps(document: dict[Any, Any]) -> list[dict[str, Any]]:
    return [step for job in document["jobs"].values() for step in job.get("steps", [])]


def test_the_workflows_are_there() -> None:
    assert [file.name for file in WORKFLOWS] == ["ci.yml", "release.yml"]


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_action_is_pinned_to_a_commit(file: Path) -> None:
    used = re.findall(r"uses:\s*(\S+)", file.read_text(encoding="utf-8"))
    assert used
    assert [name for name in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", name)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_every_script_a_workflow_starts_is_in_the_repository(file: Path) -> None:
    named = re.findall(r"\b((?:packaging|tests)/[\w/]+\.\w+|run\.py)\b", file.read_text("utf-8"))
    assert named
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_only_read_and_every_job_ends(file: Path) -> None:
    document = loaded(file)
    assert document["permissions"] == {"contents": "read"}
    assert all(job.get("timeout-minutes") for job in document["jobs"].values())
    writing = {name for name, job in document["jobs"].items() if "permissions" in job}
    assert writing <= {"publish"}


def test_every_system_builds_and_smoke_tests_what_it_releases() -> None:
    document = loaded(ROOT / ".github" / "workflows" / "release.yml")
    for system, recipe in (
        ("linux", "packaging/linux/deb.py"),
        ("windows", "packaging/windows/nsis.py"),
        ("macos", "packaging/macos/dmg.py"),
    ):
        runs = "\n".join(step.get("run", "") for step in document["jobs"][system]["steps"])
        assert "packaging/build.py" in runs
        assert "packaging/smoke.py" in runs
        assert recipe in runs
    assert set(document["jobs"]["publish"]["needs"]) >= {"linux", "windows", "macos"}


def test_the_runtime_of_the_app_image_is_fetched_from_where_its_sum_was_taken() -> None:
    import appimage

    text = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert appimage.RUNTIME_URL in text
