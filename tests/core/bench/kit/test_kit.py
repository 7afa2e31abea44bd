"""A run kit measures with any bare Python, leaves one file, and its results stand among others."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.bench.kit import result_place
from hwstudio.core.bench.kit.build import FILE, build_kit, kit_bytes
from hwstudio.core.bench.kit.machine_name import file_name, machine_name
from hwstudio.core.bench.kit.order import order_bytes, profile_of, with_numpy
from hwstudio.core.bench.kit.result_place import ResultPlace
from hwstudio.core.bench.kit.sources import kit_sources
from hwstudio.core.bench.profile import PROFILES, QUICK, Profile, Step
from hwstudio.core.bench.result_file import read_result_file
from hwstudio.core.bench.take_in import take_in
from hwstudio.core.bench.twins.stored import scores_of_results
from hwstudio.core.model.result import Metric, Outcome, Result

TINY = Profile(
    id="tiny",
    title="Tiny check",
    purpose="A try.",
    cap_s=100,
    steps=(
        Step(
            bench="cpu_cores",
            expected_s=2,
            params={"counts": [1], "jobs": ["compress"], "cap_s": 0.2, "warmup_s": 0.0},
        ),
        Step(bench="llm_decode", expected_s=2, params={"cap_s": 0.2}),
    ),
)


def result(ident="one", value=1e9) -> Result:
    return Result(
        id=ident, bench="cpu_cores", method_version=1, taken_at="2026-11-28T10:00:00Z",
        machine="m", device="CPU", params={}, outcome=Outcome.FINISHED, words="", verdict="ok",
        verdict_reason="", metrics=(Metric("compress 1", "B/s", value, value, value, 12),),
    )  # fmt: skip


@pytest.fixture
def stick(tmp_path) -> Path:
    return tmp_path / "Mein Stick ä"


def start(kit: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the kit with nothing of ours on the path, as a stranger's computer would."""
    base = getattr(sys, "_base_executable", sys.executable)
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PYTHON", "VIRTUAL", "CONDA"))}
    return subprocess.run(
        [base, "-I", "-S", str(kit), "--interpreter", base, *words],
        capture_output=True, text=True, encoding="utf-8", timeout=100, check=False,
        env={**kept, "PYTHONUTF8": "1"},
    )  # fmt: skip


@pytest.mark.slow
def test_a_bare_python_measures_from_a_folder_with_a_space_and_the_file_can_be_taken_in(stick):
    build_kit(stick, TINY)
    done = start(stick / FILE, "--machine", "lab 07")
    assert done.returncode == 0, done.stdout + done.stderr
    (file,) = stick.glob("hwstudio-lab_07-*.json")
    assert str(file) in done.stdout
    taken: list[Result] = []
    assert not take_in([file], set(), taken.append).rejected
    found = taken[0]
    assert (found.bench, found.machine, found.outcome) == ("cpu_cores", "lab 07", Outcome.FINISHED)
    assert found.samples
    assert len(taken) == 2 or "Left out: Language model (this Python has no PyTorch" in done.stdout
    assert "event_log" not in found.conditions, "its log was in a folder that is gone"


def test_the_folder_holds_a_starter_for_every_system_and_the_file_alone_is_enough(stick):
    kit = build_kit(stick, TINY)
    names = {file.name for file in kit.files}
    endings = {Path(name).suffix for name in names}
    assert endings == {".pyz", ".bat", ".sh", ".command", ".txt"}
    for file in kit.files:
        if file.suffix in (".bat", ".sh", ".command", ".txt"):
            assert FILE in file.read_text("utf-8")
    alone = build_kit(stick / "one.pyz", TINY)
    assert alone.files == (stick / "one.pyz",)
    assert alone.file.read_bytes() == kit.file.read_bytes()
    if os.name != "nt":
        assert os.access(stick / "Start on Linux.sh", os.X_OK)


def test_the_same_kit_is_the_same_file_byte_for_byte():
    assert kit_bytes(TINY) == kit_bytes(TINY)
    assert kit_bytes(TINY) != kit_bytes(QUICK)


def test_a_kit_needs_nothing_but_the_standard_library_and_has_no_face(stick):
    with zipfile.ZipFile(build_kit(stick / "k.pyz", TINY).file) as archive:
        names = archive.namelist()
    assert not [name for name in names if name.startswith(("hwstudio/gui", "hwstudio/cli"))]
    assert "hwstudio/worker/kernels/storage.py" in names, "kernels are named by text only"
    assert "hwstudio/core/bench/suite/llm_decode.py" in names
    code = "import sys; sys.path.insert(0, sys.argv[1]); import hwstudio.core.bench.kit.run_here"
    command = [sys.executable, "-I", "-S", "-c", code, str(stick / "k.pyz")]
    subprocess.run(command, check=True, timeout=60)


def test_every_file_of_a_kit_can_be_read_by_python_3_10():
    import ast

    for place, file in kit_sources().items():
        ast.parse(file.read_text("utf-8"), place, feature_version=(3, 10))


def test_a_folder_that_lacks_our_sources_makes_no_kit(tmp_path):
    with pytest.raises(HostError, match="source files are missing"):
        kit_sources(tmp_path)


def test_a_stick_that_is_full_keeps_the_kit_it_had_and_nothing_else(stick, monkeypatch):
    stick.mkdir(exist_ok=True)
    kept = stick / "k.pyz"
    kept.write_bytes(b"the kit of last week")
    begin = Path.write_bytes

    def fill_up(self, content):
        begin(self, content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fill_up)
    with pytest.raises(HostError, match="No space left"):
        build_kit(kept, TINY)
    assert kept.read_bytes() == b"the kit of last week"
    assert list(stick.iterdir()) == [kept]


def test_a_file_that_is_no_pyz_is_never_overwritten(tmp_path):
    taken = tmp_path / "thesis.docx"
    taken.write_text("years of work")
    with pytest.raises(UserError, match="is a file"):
        build_kit(taken, TINY)
    assert taken.read_text() == "years of work"


@pytest.mark.parametrize("name", PROFILES)
def test_the_profile_in_the_kit_is_the_one_it_was_made_with(name):
    assert profile_of(order_bytes(PROFILES[name])) == PROFILES[name]


def test_without_torch_a_python_with_numpy_multiplies_matrices_all_the_same():
    def names(**have):
        return [step.bench for step in with_numpy(QUICK, **have).steps]

    assert names(has_torch=False, has_numpy=True)[0] == "numpy_matmul"
    assert "numpy_matmul" not in names(has_torch=True, has_numpy=True)
    assert "numpy_matmul" not in names(has_torch=False, has_numpy=False)


def test_a_stick_that_cannot_be_written_sends_the_file_home_and_says_why(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    place = ResultPlace("r.json", "lab", (tmp_path / "no such stick", home))
    place.write([result()])
    assert place.file == home / "r.json"
    assert "cannot be written" in place.refused[0]
    assert read_result_file(place.file).results == (result(),)


def test_a_stick_that_fills_up_keeps_the_first_results_and_the_rest_goes_home(
    tmp_path, monkeypatch
):
    stick, home = tmp_path / "stick", tmp_path / "home"
    stick.mkdir()
    home.mkdir()
    place = ResultPlace("r.json", "lab", (stick, home))
    place.write([result("one")])
    write = result_place.write_result_file

    def full(file, results, machine):
        if file.parent == stick:
            raise HostError(f"{file} cannot be written", "No space left on device")
        write(file, results, machine)

    monkeypatch.setattr(result_place, "write_result_file", full)
    place.write([result("one"), result("two")])
    assert len(read_result_file(stick / "r.json").results) == 1
    assert len(read_result_file(home / "r.json").results) == 2
    assert "No space left" in place.refused[0]


def test_no_folder_at_all_is_refused_with_every_reason(tmp_path):
    place = ResultPlace("r.json", "lab", (tmp_path / "a", tmp_path / "b"))
    with pytest.raises(HostError, match="could not be written anywhere"):
        place.write([result()])
    assert len(place.refused) == 2


def test_forty_files_of_one_second_have_forty_names_any_file_system_takes():
    names = {file_name("Läb:7/x", "2026-11-28T10:00:00Z", f"{n:06x}aa") for n in range(40)}
    assert len(names) == 40
    assert not [name for name in names if set(name) & set('<>:"/\\|?* ') or not name.isascii()]


def test_two_computers_with_one_host_name_are_told_apart(monkeypatch):
    from hwstudio.core.bench.kit import machine_name as room

    monkeypatch.setattr(room.platform, "node", lambda: "lab.example.org")
    found = []
    for address in (0x001122334455, 0x001122334456):
        monkeypatch.setattr(room.uuid, "getnode", lambda address=address: address)
        found.append(machine_name())
    assert found[0] != found[1]
    assert all(name.startswith("lab-") for name in found)


def test_results_of_kits_stand_beside_each_other_as_twins(tmp_path):
    taken: list[Result] = []
    for number in range(3):
        place = ResultPlace(f"{number}.json", f"lab{number}", (tmp_path,))
        place.write([result(f"run {number}")])
        take_in([tmp_path / f"{number}.json"], set(), taken.append)
    assert len(scores_of_results(taken)) == 3
