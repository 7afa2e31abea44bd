"""Which build of torch goes with which driver, and what to do where they do not go together."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwstudio.core.base.errors import UserError
from hwstudio.core.environment.build_of_torch import CPU, CUDA, MPS, ROCM, TorchBuild, torch_build
from hwstudio.core.environment.driver import Drivers, nvidia_drivers
from hwstudio.core.environment.match import match
from hwstudio.core.environment.wanted import CHOICES, choice_named, fitting

HEAD = "| NVIDIA-SMI 550.54   Driver Version: 550.54   CUDA Version: 12.4  |"
OLD = Drivers(nvidia="550.54", cuda=(12, 4), capability=8.9, gpus=("NVIDIA GeForce RTX 4090",))
NEW = Drivers(nvidia="580.95", cuda=(13, 0), capability=12.0)
PASCAL = Drivers(nvidia="580.95", cuda=(13, 0), capability=6.1)
CU126, CU130 = TorchBuild("2.13.0+cu126", CUDA, "12.6"), TorchBuild("2.13.0+cu130", CUDA, "13.0")


@pytest.mark.parametrize(
    ("told", "backend", "version"),
    [
        ({"version": "2.13.0+cpu", "cuda": None}, CPU, ""),
        ({"version": "2.13.0+cu126"}, CUDA, "12.6"),  # its version file could not be read
        ({"version": "2.13.0", "cuda": "13.0"}, CUDA, "13.0"),  # the usual index has no tag
        ({"version": "2.12.0+rocm7.2", "hip": "7.2.53211-e1a6bc5"}, ROCM, "7.2"),
        ({"version": "2.13.0", "is_apple": True}, MPS, ""),
    ],
)
def test_torchs_own_words_say_what_it_computes_on(told, backend, version):
    found = torch_build(told)
    assert (found.backend, found.backend_version) == (backend, version)


def test_without_a_version_there_is_no_torch():
    assert torch_build({}) is None


def test_a_torch_for_a_newer_cuda_than_the_driver_knows_is_explained_with_the_fix():
    found = match(CU130, OLD)
    assert found.kind == "error"
    assert found.words == "Needs CUDA 13.0; driver 550.54 knows up to 12.4"
    assert (
        found.fix == "Install NVIDIA driver 580 or newer, or install a build of PyTorch for CUDA 12"
    )


def test_a_newer_minor_version_of_the_same_cuda_runs():
    assert match(CU126, OLD).kind == "ok"


def test_a_gpu_older_than_turing_needs_the_cuda_12_6_build():
    assert match(CU130, PASCAL).kind == "error"
    assert "12.6" in match(CU130, PASCAL).fix
    assert match(CU126, PASCAL).kind == "ok"
    assert fitting(PASCAL).id == "cu126"


def test_a_cpu_build_beside_an_nvidia_gpu_is_said_to_leave_it_idle():
    found = match(TorchBuild("2.13.0+cpu", CPU), OLD)
    assert found.kind == "warn"
    assert "RTX 4090" in found.words


def test_a_driver_that_does_not_answer_is_the_reason_not_a_missing_gpu():
    def ask(_):
        raise subprocess.CalledProcessError(9, "nvidia-smi", "NVIDIA-SMI has failed.\n", "")

    drivers = nvidia_drivers(ask, "nvidia-smi")
    assert match(CU126, drivers).words == "The NVIDIA driver does not answer: NVIDIA-SMI has failed"


@pytest.mark.parametrize(
    ("head", "cuda"),
    [
        (HEAD, (12, 4)),
        ("CUDA UMD Version: 13.1", (13, 1)),  # as newer drivers call it
        ("", (12, 0)),  # said nowhere: the family NVIDIA's table gives driver 550
    ],
)
def test_the_newest_cuda_is_read_from_what_the_driver_prints(head, cuda):
    def ask(command):
        return "550.54, 8.9, NVIDIA GeForce RTX 4090\n" if len(command) > 1 else head

    found = nvidia_drivers(ask, "nvidia-smi")
    assert (found.cuda, found.capability, found.gpus) == (cuda, 8.9, ("NVIDIA GeForce RTX 4090",))


def test_each_computer_gets_the_build_its_driver_runs():
    assert fitting(Drivers()).id == "cpu"
    assert fitting(OLD).id == "cu126"
    assert fitting(NEW).id == "cu130"


@given(
    major=st.integers(11, 14),
    minor=st.integers(0, 9),
    capability=st.sampled_from([5.2, 6.1, 7.0, 7.5, 8.9, 12.0]),
)
def test_the_build_chosen_by_itself_never_fails_to_match(major, minor, capability):
    drivers = Drivers(nvidia="999.9", cuda=(major, minor), capability=capability)
    chosen = fitting(drivers).id
    build = torch_build({"version": f"2.13.0+{chosen}"})
    assert match(build, drivers).kind != "error"


def test_an_unknown_build_is_refused_with_those_there_are():
    with pytest.raises(UserError, match="cu130"):
        choice_named("cu99", Drivers())
    assert all(choice_named(each.id, Drivers()) is each for each in CHOICES)
