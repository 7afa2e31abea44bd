"""Code to copy runs as it stands: PyTorch on a CPU, TensorFlow as far as its syntax."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest

from hwstudio.core.project.learn.shelf import shelf

TORCH = [code for code in shelf().codes if "torch" in code.needs]
DDP = "ddp_torch"
# Deprecated, or of one library only: nobody may copy them from here.
OLD = re.compile(
    r"torch\.cuda\.amp|gradient_checkpointing_enable|DataParallel\(|use_reentrant=True"
)
_ALL_IN_ONE = """
import contextlib, io, json, runpy, sys, traceback, warnings
warnings.simplefilter("error", DeprecationWarning)
warnings.simplefilter("error", FutureWarning)
warnings.filterwarnings("ignore", ".*use of fork.*")  # of Python, about loading processes
told = {}
for file in sys.argv[1:]:
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            runpy.run_path(file, run_name="__main__")
    except BaseException:
        out.write(traceback.format_exc())
    told[file] = out.getvalue()
print(json.dumps(told))
"""
SAYS = {
    "model_parallel_torch": "loss",
    "checkpointing_torch": "with checkpointing: 0.4 MiB kept",
    "mixed_precision_torch": "products in torch.bfloat16",
    "accumulation_torch": "4 batches of 16 gave the gradient of one of 64",
    "data_loader_torch": "512 pictures reached cpu",
    "memmap_torch": "1000 rows",
    "timing_torch": "GFLOP/s",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory):
    """Run all of them, once: DDP by torchrun as two processes, the others in one beside it."""
    if importlib.util.find_spec("torch") is None:
        pytest.skip("torch is not here")
    folder = tmp_path_factory.mktemp("code")
    for code in TORCH:
        (folder / code.file_name).write_text(code.to_copy, encoding="utf-8")
    files = {c.id: str(folder / c.file_name) for c in TORCH if c.id != DDP}
    env = {**os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1"}
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    commands = (
        [sys.executable, *torchrun, str(folder / f"{DDP}.py")],
        [sys.executable, "-c", _ALL_IN_ONE, *files.values()],
    )
    pipe = subprocess.PIPE
    begun = [
        subprocess.Popen(each, stdout=pipe, stderr=subprocess.STDOUT, text=True, env=env)
        for each in commands
    ]
    try:
        (ddp, _), (others, _) = (each.communicate(timeout=100) for each in begun)
    finally:
        for each in begun:
            each.kill()
    assert begun[1].returncode == 0, others
    told = json.loads(others.splitlines()[-1])
    return {**{name: told[file] for name, file in files.items()}, DDP: ddp}, begun[0].returncode


@pytest.mark.torch
@pytest.mark.parametrize("name", SAYS)
def test_it_runs_on_a_cpu_and_says_what_it_shows(said, name):
    text = said[0][name]
    assert "Traceback" not in text
    assert SAYS[name] in text


@pytest.mark.torch
def test_data_parallel_code_starts_by_torchrun_and_ends_without_a_complaint(said):
    told, code = said
    assert code == 0, told[DDP]
    assert "epoch 1: loss" in told[DDP]
    assert "2 process(es)" in told[DDP]
    assert "destroy_process_group" not in told[DDP], "PyTorch warns of a group that was left"


def test_every_pytorch_file_is_run_here():
    assert {code.id for code in TORCH} == {*SAYS, DDP}


@pytest.mark.parametrize("code", shelf().codes, ids=lambda code: code.id)
def test_it_compiles_says_what_it_was_tested_with_and_uses_no_old_call(code):
    compile(code.to_copy, code.file_name, "exec")
    assert re.search(r"(PyTorch|TensorFlow) \d+\.\d+", code.tested)
    assert f"# Tested with {code.tested}" in code.to_copy
    assert not OLD.search(code.text.replace("DistributedDataParallel(", ""))
    assert max(map(len, code.text.splitlines())) <= 100, "wider is cut in the window"


def test_the_version_told_is_the_one_the_tests_run_with():
    from importlib.metadata import PackageNotFoundError, version

    try:
        here = version("torch").partition("+")[0]
    except PackageNotFoundError:
        pytest.skip("torch is not here")
    assert {here} == {re.search(r"PyTorch ([\d.]+\d)", code.tested)[1] for code in TORCH}


def test_gradient_accumulation_divides_the_loss():
    assert re.search(r"loss = .*/ len\(batches\)", shelf().code("accumulation_torch").text)
