"""The job script asks for what was asked; no failed job ever gives a number."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.bench.profile import QUICK
from hwstudio.core.bench.result_file import write_result_file
from hwstudio.core.bench.slurm.read_back import read_folder, sacct_command
from hwstudio.core.bench.slurm.run_inside import job_facts
from hwstudio.core.bench.slurm.script import (
    SlurmJob,
    script_of,
    seconds_of,
    write_slurm,
)
from hwstudio.core.bench.slurm.states import of_log, of_sacct
from hwstudio.core.model.result import Metric, Outcome, Result

JOB = SlurmJob(nodes=4, gpus_per_node=8, partition="gpu", account="lab", time="01:00:00")
STEPD, AT = "slurmstepd: error:", "2026-11-28T10:00:00"
# As Slurm's manual shows its columns; jobs 41 to 46 end in different ways.
SACCT = """\
41|COMPLETED|0:0|00:03:10|n[1-2]
41.batch|COMPLETED|0:0|00:03:10|n1
41.extern|COMPLETED|0:0|00:03:10|n[1-2]
41.0|COMPLETED|0:0|00:03:00|n[1-2]
42|NODE_FAIL|0:0|00:01:10|n[1-2]
42.batch|CANCELLED|0:15|00:01:10|n1
43|TIMEOUT|0:0|00:20:01|n[1-2]
43.batch|CANCELLED|0:15|00:20:02|n1
44|COMPLETED|0:0|00:01:00|n[1-2]
44.0|OUT_OF_MEMORY|0:125|00:00:50|n[1-2]
45|CANCELLED by 1000|0:0|00:00:20|n[1-2]
46|PENDING|0:0|00:00:00|None assigned
47|FAILED|3:0|00:00:02|n1
"""


def result(job, outcome=Outcome.FINISHED, **more) -> Result:
    made = Result(
        id=f"run of {job}", bench="ddp", method_version=1, taken_at="2026-11-28T10:00:00Z",
        machine="lab: n[1-2]", device="CPU", params={}, outcome=outcome,
        words="The measurement finished." if outcome is Outcome.FINISHED else "It broke.",
        verdict="ok", verdict_reason="",
        metrics=(Metric("efficiency", "1", 0.9, 0.89, 0.91, 9),),
        conditions={"slurm": {"SLURM_JOB_ID": job}},
    )  # fmt: skip
    return replace(made, **more)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "sacct.txt").write_text(SACCT)
    return tmp_path


def left(folder: Path, job: str, *results: Result, log: str = "") -> None:
    if results:
        write_result_file(folder / f"hwstudio-slurm-{job}.json", results, "lab")
    (folder / f"slurm-{job}.out").write_text(log)


def only(folder: Path):
    (job,) = read_folder(folder).jobs
    return job


def test_the_script_asks_slurm_for_exactly_what_was_asked():
    lines = script_of(JOB).splitlines()
    asked = {line.removeprefix("#SBATCH ") for line in lines if line.startswith("#SBATCH")}
    assert asked == {
        "--job-name=hwstudio", "--nodes=4", "--ntasks-per-node=8", "--gpus-per-node=8",
        "--exclusive", "--partition=gpu", "--account=lab", "--time=01:00:00",
        "--output=slurm-%j.out", "--signal=B:TERM@60", "--no-requeue",
    }  # fmt: skip
    assert lines[0] == "#!/bin/bash"


def test_without_gpus_one_process_per_node_and_no_gpu_is_asked_for():
    text = script_of(replace(JOB, gpus_per_node=0, is_shared=True))
    assert "--ntasks-per-node=1\n" in text
    assert "--gpus" not in text
    assert "--exclusive" not in text


def test_nodes_by_themselves_run_the_kit_once_on_each_node():
    text = script_of(replace(JOB, what="nodes"))
    assert "--ntasks-per-node=1\n" in text
    assert 'srun --kill-on-bad-exit=0 "$python" hwstudio-kit.pyz --out .' in text


def test_the_measurement_ends_before_slurm_ends_it():
    seconds = int(script_of(JOB).partition("--seconds ")[2].split()[0])
    assert seconds < JOB.time_s - 60


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash here")
@pytest.mark.parametrize("what", ["scaling", "nodes"])
@pytest.mark.parametrize("python", ["python3", "/opt/my env/bin/python", "it's $HOME`x`"])
def test_the_script_is_one_that_bash_reads_and_shellcheck_has_nothing_against(what, python):
    text = script_of(replace(JOB, what=what, python=python))
    subprocess.run(["bash", "-n"], input=text, text=True, check=True)
    if shutil.which("shellcheck"):
        done = subprocess.run(
            ["shellcheck", "-e", "SC2016", "-"], input=text, text=True, capture_output=True,
            check=False,
        )  # fmt: skip
        assert done.stdout == ""


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("20", 1200), ("20:30", 1230), ("1:02:03", 3723), ("1-0", 86400), ("2-3:04:05", 183845)],
)
def test_a_time_is_read_as_slurm_reads_it(text, seconds):
    assert seconds_of(text) == seconds


@pytest.mark.parametrize(
    "wrong",
    [
        {"nodes": 0}, {"nodes": 1, "gpus_per_node": 1}, {"gpus_per_node": -1}, {"what": "all"},
        {"time": "soon"}, {"time": "1"}, {"partition": "a b"}, {"account": "x\n#SBATCH --wrap=rm"},
        {"python": "  "},
    ],
)  # fmt: skip
def test_what_no_cluster_can_do_is_refused_before_anything_is_written(wrong):
    with pytest.raises(UserError):
        replace(JOB, **wrong)


def test_the_folder_holds_the_script_and_the_one_file_it_runs(tmp_path):
    script, kit = write_slurm(tmp_path / "cluster", JOB, QUICK)
    assert kit.name in script.read_text()
    assert kit.stat().st_size > 100_000


def test_a_finished_job_gives_its_result(folder):
    left(folder, "41", result("41"))
    assert [each.id for each in only(folder).results] == ["run of 41"]


@pytest.mark.parametrize(
    ("job", "words"),
    [
        ("42", "A node failed while the job ran. Nodes: n[1-2]"),
        ("43", "took longer than its time limit"),
        ("44", "A node ran out of memory"),
        ("45", "was cancelled"),
        ("46", "is waiting for its nodes"),
        ("47", "ended with an error. Its exit code is 3"),
    ],
)
def test_a_job_that_slurm_calls_failed_has_no_number_whatever_its_file_says(folder, job, words):
    left(folder, job, result(job))
    read = only(folder)
    assert read.results == ()
    assert words in read.words


def test_a_run_that_failed_has_no_number_although_slurm_calls_the_job_completed(folder):
    left(folder, "41", result("41", Outcome.FAILED, words="Process 1 of 2 on node n2 was killed."))
    read = only(folder)
    assert read.results == ()
    assert "node n2 was killed" in read.words


def test_a_job_without_a_result_says_the_last_thing_its_log_says(folder):
    left(folder, "41", log="loading\n/usr/bin/python3: No module named torch\n\n")
    assert "No module named torch" in only(folder).words


@pytest.mark.parametrize(
    ("line", "state", "node"),
    [
        (f"{STEPD} *** JOB 9 ON n1 CANCELLED AT {AT} DUE TO TIME LIMIT ***", "TIMEOUT", "n1"),
        (f"{STEPD} *** JOB 9 ON n3 CANCELLED AT {AT} DUE TO NODE FAILURE, SEE SLURMCTLD LOG ***",
         "NODE_FAIL", "n3"),
        ("srun: error: Node failure on n7", "NODE_FAIL", "n7"),
        ("slurmstepd: error: Detected 1 oom_kill event in StepId=9.0.", "OUT_OF_MEMORY", ""),
        (f"{STEPD} *** STEP 9.0 ON n1 CANCELLED AT {AT} ***", "CANCELLED", "n1"),
        ("Process 1 was killed: most often the system ran out of memory.", "", ""),
    ],
)  # fmt: skip
def test_without_sacct_the_jobs_log_tells_how_it_ended(line, state, node):
    end = of_log("9", ["hello", line])
    assert end.state == state
    assert f"Node: {node}." in end.words if node else "Node:" not in end.words


def test_the_log_speaks_where_sacct_cannot_be_asked(tmp_path):
    left(tmp_path, "9", result("9"), log="*** JOB 9 ON n1 CANCELLED AT 10:00 DUE TO TIME LIMIT ***")
    (job,) = read_folder(tmp_path, ask=lambda _jobs: "").jobs
    assert job.state == "TIMEOUT"
    assert job.results == ()


def test_a_step_that_went_wrong_counts_although_its_job_is_completed():
    assert of_sacct(SACCT)["44"].state == "OUT_OF_MEMORY"
    assert of_sacct(SACCT)["41"].state == "COMPLETED"
    assert of_sacct(SACCT)["42"].state == "NODE_FAIL", "that it also cancelled is no news"


def test_sacct_is_asked_for_the_columns_that_are_read():
    command = sacct_command(["41", "42"])
    assert command[0] == "sacct"
    assert "--jobs=41,42" in command
    assert of_sacct("nonsense\n|||\n12|X\n") == {}


def test_a_changed_file_is_rejected_with_the_reason_and_the_others_are_read(folder):
    left(folder, "41", result("41"))
    text = (folder / "hwstudio-slurm-41.json").read_text()
    (folder / "other.json").write_text(text.replace("0.91", "0.99"))
    found = read_folder(folder)
    assert "changed after it was written" in found.rejected[0][1]
    assert found.jobs[0].is_good


def test_results_of_every_node_are_kept_although_one_node_failed(folder):
    each = {"run_kit": True, "slurm": {"SLURM_JOB_ID": "47"}}
    left(folder, "47", result("47", bench="cpu_cores", conditions=each))
    read = only(folder)
    assert len(read.results) == 1
    assert "exit code" in read.words


def test_a_folder_whose_job_has_not_run_says_how_to_start_it(tmp_path):
    write_slurm(tmp_path, JOB, QUICK)
    with pytest.raises(UserError, match=r"sbatch hwstudio\.sbatch"):
        read_folder(tmp_path)


def test_outside_a_slurm_job_nothing_is_measured():
    with pytest.raises(UserError, match="not inside a Slurm job"):
        job_facts({})
