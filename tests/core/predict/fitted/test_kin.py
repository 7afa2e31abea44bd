"""Ranges of devices nobody measured: how wide they must be at least."""

from dataclasses import replace

import pytest

from hwstudio.core.predict.fitted.clues import class_of
from hwstudio.core.predict.fitted.job import asked_of, sheet_of
from hwstudio.core.predict.fitted.kin import is_strange, line_of
from hwstudio.core.predict.fitted.model import GROUP_OF
from hwstudio.core.predict.fitted.software import usual_software

JOBS = ("llm_qlora_8b", "llm_full_finetune_8b", "llm_chat_8b", "gpt2_train", "resnet50_train")


@pytest.fixture(scope="module")
def asked(speed_model, catalog):
    """By job: its group, and each card's question about two of them with its answer."""
    gpus = [gpu for gpu in catalog.gpus() if gpu.form_factor == "PCIe"]
    found = {}
    for name in JOBS:
        job = catalog.workload(name)
        software = usual_software(speed_model, job)
        questions = [asked_of(speed_model, job, gpu, 2, software) for gpu in gpus]
        answers = speed_model.answer(questions)
        pairs = [(q, a) for q, a in zip(questions, answers, strict=True) if a.median]
        found[name] = (speed_model.groups[GROUP_OF[class_of(questions[0])]], pairs)
    return found


@pytest.mark.parametrize("name", JOBS)
@pytest.mark.parametrize("count", [1, 2])
def test_a_card_of_a_line_nobody_measured_has_no_narrower_range_than_one_with_kin(
    asked, speed_model, name, count
):
    """For all that is as well supported by measurements of other devices, or better."""
    group, pairs = asked[name]
    lone, kin = [], []
    for question, answer in pairs:
        half = group.half_width(replace(question, count=count), answer.case, answer.support)
        is_lone = is_strange(question, group.known, speed_model.devices)
        (lone if is_lone else kin).append((answer.support, half, question.device.name))
    assert lone
    for support, half, device in lone:
        wider = [other for near, width, other in kin if near >= support and width > half]
        assert not wider, f"{device} is surer than {wider}"


def test_a_pair_of_cards_that_nobody_measured_is_not_known_better_than_one(asked):
    for group, pairs in asked.values():
        for question, answer in pairs:
            if answer.case in ("device", "both"):
                one, two = (
                    group.half_width(replace(question, count=n), answer.case, answer.support)
                    for n in (1, 2)
                )
                assert two >= one, question


def test_it_is_said_that_no_card_of_its_line_was_measured(fitted, catalog):
    job = catalog.workload("llm_qlora_8b")
    said = {
        gpu.name: fitted.speed(job, gpu, count=2).inputs.get("ground", "") for gpu in catalog.gpus()
    }
    assert "nor any GPU of its line (AMD RDNA)" in said["Radeon RX 9070 XT"]
    assert "nor any GPU of its line (Intel Xe)" in said["Arc B580"]
    assert "line" not in said["GeForce RTX 5080"]


def test_the_line_is_the_maker_or_of_makers_with_several_the_family(speed_model, catalog):
    lines = {
        gpu.name: line_of(sheet_of(gpu, speed_model.devices.values())) for gpu in catalog.gpus()
    }
    assert lines["GeForce RTX 5080"] == lines["GeForce RTX 3090"] == "NVIDIA"
    assert lines["Radeon RX 9070 XT"] == "AMD RDNA"
    assert lines["Radeon Instinct MI210"] == "AMD CDNA"
