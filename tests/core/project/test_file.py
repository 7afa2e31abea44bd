"""A .hws file gives back what was saved, and a bad one is refused in one sentence."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.model.wishes import DRIVE_KINDS, RAID_LEVELS, DataDrives, Exchange, Usage
from hwstudio.core.project.codec import KINDS, from_json, to_json
from hwstudio.core.project.file import SCHEMA, load_project, save_project
from hwstudio.core.project.state import (
    BUDGET_HIGH,
    BUDGET_LOW,
    OBJECTIVES,
    Brand,
    Choice,
    Limits,
    OwnPrice,
    ProjectState,
    Said,
    Variant,
)

LINE = st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), max_size=60)
NOTES = st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t"))
DATE = st.dates().map(str)
CURRENCY = st.sampled_from(("USD", "EUR", "JPY"))
MONEY = st.decimals(0, 10_000_000, places=2)
CHOICES = st.builds(
    Choice, st.sampled_from(KINDS), LINE, LINE, st.integers(min_value=1, max_value=64)
)
PRICES = st.lists(
    st.builds(OwnPrice, LINE, MONEY, CURRENCY, DATE, LINE),
    max_size=5,
    unique_by=lambda price: price.part_id,
).map(tuple)
STATES = st.builds(
    ProjectState,
    name=LINE,
    budget=st.decimals(BUDGET_LOW, BUDGET_HIGH, places=2),
    currency=CURRENCY,
    workload_id=LINE,
    objective=st.sampled_from(OBJECTIVES),
    gpu_count=st.none() | st.integers(0, 16),
    limits=st.builds(
        Limits,
        min_vram_bytes=st.integers(0, 2**45),
        gpu_maker=LINE,
        case_form_factor=LINE,
        max_power_w=st.none() | st.floats(0, 10_000),
        max_hours=st.none() | st.floats(0, 10_000),
        max_noise_dba=st.none() | st.floats(0, 100),
        new_only=st.booleans(),
        min_ram_bytes=st.integers(0, 2**45),
        min_storage_bytes=st.integers(0, 2**45),
        brands=st.lists(st.builds(Brand, st.sampled_from(KINDS), LINE), max_size=3).map(tuple),
        forbidden=st.lists(LINE, max_size=3, unique=True).map(tuple),
    ),
    mains=LINE,
    parts=st.lists(CHOICES, max_size=8).map(tuple),
    locked=st.lists(st.sampled_from(KINDS), unique=True).map(tuple),
    own_prices=PRICES,
    notes=NOTES,
    also=st.lists(LINE, max_size=3, unique=True).map(tuple),
    tax_pct=st.decimals(0, 30, places=2),
    owned=st.lists(LINE, max_size=3).map(tuple),
    power_limit_w=st.none() | st.floats(50, 800),
    usage=st.builds(
        Usage,
        years=st.floats(0.5, 10),
        hours_per_week=st.floats(0, 168),
        tariff_per_kwh=st.none() | st.decimals(0, 2, places=4),
        resale_pct=st.none() | st.floats(0, 100),
    ),
    data_drives=st.none()
    | st.builds(
        DataDrives,
        st.sampled_from(DRIVE_KINDS),
        st.integers(1, 2**50),
        st.sampled_from(RAID_LEVELS),
    ),
    exchange=st.none() | st.builds(Exchange, st.decimals("0.01", 20_000, places=4), DATE),
    said=st.lists(st.builds(Said, LINE, LINE), max_size=3).map(tuple),
    step=LINE,
    ticked=st.lists(LINE, max_size=3, unique=True).map(tuple),
    variants=st.lists(
        st.builds(Variant, LINE, st.lists(CHOICES, max_size=3).map(tuple), st.none()), max_size=3
    ).map(tuple),
)


def _write(path: Path, text: str | bytes, entry: str = "project.json") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(entry, text)
    return path


def _document() -> dict[str, Any]:
    state = ProjectState(
        parts=(Choice("cpu", "cpu-1", "A CPU", 1),),
        own_prices=(OwnPrice("cpu-1", Decimal("99.50"), "USD", "2026-11-20"),),
    )
    return {"schema": SCHEMA, "project": to_json(state)}


def _changed(field: str, value: object) -> dict[str, Any]:
    document = copy.deepcopy(_document())
    *groups, last = field.split(".")
    place: Any = document["project"]
    for group in groups:
        place = place[int(group)] if group.isdigit() else place[group]
    place[int(last) if last.isdigit() else last] = value
    return document


@settings(max_examples=60)
@given(state=STATES)
def test_a_saved_project_opens_as_exactly_the_same_state(tmp_path: Path, state: ProjectState):
    save_project(tmp_path / "a.hws", state)
    assert load_project(tmp_path / "a.hws") == state


@given(state=STATES)
def test_a_state_survives_json_text(state: ProjectState):
    assert from_json(json.loads(json.dumps(to_json(state), allow_nan=False))) == state


def test_control_characters_pasted_into_a_name_do_not_make_a_file_that_cannot_be_opened(
    tmp_path: Path,
):
    save_project(tmp_path / "a.hws", ProjectState(name="My\x00PC\n", notes="one\ntwo\x07"))
    opened = load_project(tmp_path / "a.hws")
    assert opened.name == "My PC "
    assert opened.notes == "one\ntwo "


def test_a_file_of_version_1_opens_with_what_it_did_not_know_at_its_default(tmp_path: Path):
    old = Path(__file__).parents[2] / "data" / "project_version_1.json"
    opened = load_project(_write(tmp_path / "old.hws", old.read_text()))
    assert opened == ProjectState(
        name="My first PC",
        budget=Decimal("2500.00"),
        limits=Limits(min_vram_bytes=2**34, gpu_maker="NVIDIA", max_power_w=800.0),
        parts=(Choice("cpu", "cpu-1", "A CPU", 1),),
        locked=("cpu",),
        own_prices=(OwnPrice("cpu-1", Decimal("99.50"), "USD", "2026-11-20"),),
        notes="for the desk",
    )


def test_equal_projects_are_equal_files(tmp_path: Path):
    save_project(tmp_path / "a.hws", ProjectState())
    save_project(tmp_path / "b.hws", ProjectState())
    assert (tmp_path / "a.hws").read_bytes() == (tmp_path / "b.hws").read_bytes()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("budget", "0", '"project.budget" should be an amount between'),
        ("budget", "-5", '"project.budget"'),
        ("budget", "1000000001", '"project.budget"'),
        ("budget", "1e999999", '"project.budget"'),
        ("budget", "NaN", '"project.budget"'),
        ("budget", 1500, '"project.budget"'),
        ("name", None, '"project.name" should be a text, but it is missing'),
        ("name", ["a"], "a list of 1"),
        ("name", "line\nbreak", "without control characters"),
        ("name", "x" * 5000, "at most 200 characters"),
        ("currency", "dollars", "a currency code such as USD"),
        ("objective", "fame", "one of time, cost, energy"),
        ("gpu_count", True, '"project.gpu_count" should be a whole number'),
        ("gpu_count", 10**60, "more than 40 digits"),
        ("gpu_count", 2.5, "but it is 2.5"),
        ("limits", [], '"project.limits" should be a group of fields'),
        ("limits.min_vram_bytes", "24", '"project.limits.min_vram_bytes"'),
        ("limits.max_power_w", -1, '"project.limits.max_power_w"'),
        ("limits.max_power_w", "500", '"project.limits.max_power_w"'),
        ("parts", {}, "a list of at most 64, but it is a group of fields"),
        ("parts.0.kind", "gpu", '"project.parts[1].kind" should be one of'),
        ("parts.0.quantity", 0, '"project.parts[1].quantity"'),
        ("parts.0", "cpu", '"project.parts[1]" should be a group'),
        ("locked", ["cpu", "cpu"], "without repeats"),
        ("locked", [7], '"project.locked"'),
        ("own_prices.0.amount", "-1", '"project.own_prices[1].amount"'),
        ("own_prices.0.id", 5, '"project.own_prices[1].id"'),
        ("notes", 3, '"project.notes"'),
    ],
)
def test_a_wrong_field_is_named_with_what_was_expected(
    tmp_path: Path, field: str, value: object, said: str
):
    path = _write(tmp_path / "bad.hws", json.dumps(_changed(field, value)))
    with pytest.raises(UserError) as caught:
        load_project(path)
    assert said in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert "Correct that field" in caught.value.remedy


@pytest.mark.parametrize("field", sorted(to_json(ProjectState())))
def test_every_missing_field_is_named(tmp_path: Path, field: str):
    document = _document()
    del document["project"][field]
    with pytest.raises(UserError, match=rf'"project\.{field}".*missing'):
        load_project(_write(tmp_path / "bad.hws", json.dumps(document)))


def test_a_part_priced_twice_is_refused(tmp_path: Path):
    document = _document()
    document["project"]["own_prices"] *= 2
    with pytest.raises(UserError, match="each part once"):
        load_project(_write(tmp_path / "bad.hws", json.dumps(document)))


def test_a_file_of_a_newer_program_is_politely_refused(tmp_path: Path):
    path = _write(tmp_path / "new.hws", json.dumps({"schema": SCHEMA + 1, "future": True}))
    with pytest.raises(UserError, match=r"newer hwstudio.*Update hwstudio"):
        load_project(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "damaged"),
        ('{"schema": 1, "project": {"limits": NaN}}', "NaN is not a number"),
        ("[]", "does not hold a project"),
        ("[" * 100_000, "too deeply nested"),
        ('{"schema": ' + "9" * 10_000 + "}", "damaged"),
        ('{"schema": "1"}', '"schema" should be a whole number'),
        ('{"schema": 1}', '"project" should be a group of fields, but it is missing'),
        (b"\xff\xfe\x00", "damaged"),
    ],
)
def test_damaged_text_is_told_in_one_sentence(tmp_path: Path, text: str | bytes, said: str):
    with pytest.raises(UserError) as caught:
        load_project(_write(tmp_path / "bad.hws", text))
    assert said in caught.value.sentence
    assert "\n" not in caught.value.sentence


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path):
    path = tmp_path / "photo.hws"
    path.write_bytes(b"\x89PNG not a project at all")
    with pytest.raises(UserError, match="not an hwstudio project"):
        load_project(path)


def test_a_zip_without_a_project_is_refused(tmp_path: Path):
    with pytest.raises(UserError, match=r"holds no project\.json"):
        load_project(_write(tmp_path / "other.hws", "{}", entry="readme.txt"))


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path):
    path = _write(tmp_path / "bomb.hws", b" " * (64 * 2**20))
    assert path.stat().st_size < 2**20
    with pytest.raises(UserError, match="unpacks to more than 8 MiB"):
        load_project(path)


def test_a_huge_file_is_refused_unread(tmp_path: Path):
    path = tmp_path / "huge.hws"
    with path.open("wb") as stream:
        stream.truncate(17 * 2**20)
    with pytest.raises(UserError, match="larger than 16 MiB"):
        load_project(path)


def test_a_missing_file_is_a_users_error(tmp_path: Path):
    with pytest.raises(UserError, match="no such file"):
        load_project(tmp_path / "gone.hws")


@settings(max_examples=150)
@given(data=st.data())
def test_no_altered_byte_gives_anything_but_a_project_or_a_sentence(tmp_path: Path, data: Any):
    path = tmp_path / "a.hws"
    save_project(path, ProjectState())
    raw = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(bytes(raw[: data.draw(st.integers(1, len(raw)))]))
    with contextlib.suppress(UserError):
        assert isinstance(load_project(path), ProjectState)


def test_saving_into_a_missing_folder_is_a_hosts_error_and_keeps_no_rest(tmp_path: Path):
    with pytest.raises(HostError, match="could not be saved"):
        save_project(tmp_path / "no" / "a.hws", ProjectState())
    assert list(tmp_path.iterdir()) == []


def test_a_failed_save_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "a.hws"
    save_project(path, ProjectState(name="old"))

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(HostError, match="No space left"):
        save_project(path, ProjectState(name="new"))
    assert load_project(path).name == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.hws"]
