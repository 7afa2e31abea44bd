"""Figures become plain words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hwstudio.core.model.build import Build, Total
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.predict.speed import predict_speed
from hwstudio.gui.configure import words
from hwstudio.gui.configure.plots import PowerMarks

ESTIMATE = Price(
    Decimal(100), Decimal(80), Decimal(130), "USD", PriceKind.ESTIMATE, "2026-06", "model"
)


def _finding(severity):
    return Finding("R1", severity, (), "Something.")


@pytest.mark.parametrize(
    ("severities", "said"),
    [
        ((), ("ok", "All checks passed")),
        ((Severity.INFO,), ("ok", "All checks passed")),
        ((Severity.UNKNOWN,), ("unknown", "1 fact unknown")),
        ((Severity.UNKNOWN, Severity.WARNING), ("warn", "1 warning")),
        ((Severity.WARNING, Severity.WARNING), ("warn", "2 warnings")),
        ((Severity.ERROR, Severity.WARNING), ("error", "1 problem")),
    ],
)
def test_the_worst_finding_names_the_checks(severities, said):
    assert words.findings_words(tuple(_finding(s) for s in severities)) == said


@pytest.mark.parametrize(
    ("amount", "said"),
    [(None, "–"), (Decimal(120), "+$120"), (Decimal(-40), "\N{MINUS SIGN}$40"), (0, "same")],
)
def test_a_price_difference_has_a_sign(amount, said):
    assert words.difference(amount, "USD") == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(None, "–"), (0.12, "+12 %"), (-0.25, "\N{MINUS SIGN}25 %"), (0.001, "same")],
)
def test_a_share_has_a_sign(value, said):
    assert words.share(value) == said


def test_an_estimate_shows_its_range_for_all_pieces_and_a_real_price_none():
    assert words.price_range(ESTIMATE, 2) == "$160 to $260"
    own = replace(ESTIMATE, low=Decimal(100), high=Decimal(100), kind=PriceKind.OWN)
    assert words.price_range(own, 2) == ""
    assert words.price_range(None, 1) == ""


def test_a_total_with_unpriced_parts_says_so_first():
    total = Total(Decimal(900), Decimal(800), Decimal(1000), "USD", "2026-06", ("Some case",))
    assert words.price_note(total, Decimal(2000)) == "and 1 without a price"
    assert words.price_note(replace(total, unpriced=()), Decimal(900)) == "likely $800 to $1,000"


def test_a_total_above_the_budget_says_by_how_much():
    total = Total(Decimal(1200), Decimal(800), Decimal(1400), "USD", "2026-06", ())
    assert words.price_note(total, Decimal(1000)) == "$200 over the budget"


def test_several_cards_train_and_one_trains(catalog):
    workload = catalog.workload("resnet50_train")
    card = next(c for c in catalog.cards() if c.gpu.name == "GeForce RTX 4090")
    for count, said in ((1, "24 GiB trains ResNet-50"), (2, "24 GiB each train ResNet-50")):
        speed = predict_speed(workload, card.gpu, count=count)
        text = words.lead("Within $9,000", Build(card=card, card_count=count), workload, speed)
        assert text.startswith(f"Within $9,000: {count}x NVIDIA GeForce RTX 4090 with {said}")
        assert text.endswith("(estimated)")


def test_a_computer_without_a_card_says_there_is_no_estimate(catalog):
    workload = catalog.workload("resnet50_train")
    speed = predict_speed(workload, None)
    text = words.lead("Your own choice", Build(), workload, speed)
    assert "without a graphics card" in text
    assert speed.refused in text


@pytest.mark.parametrize("workload_id", ["llm_chat_8b", "llm_qlora_8b", "sd15_generate"])
def test_every_kind_of_job_has_a_verb(catalog, workload_id):
    said = words.job_words(catalog.workload(workload_id), 1)
    assert said.split()[0] in {"runs", "fine-tunes", "makes"}
    assert "(" not in said


def test_proof_says_how_far_from_the_best_it_may_be():
    assert words.proof("optimal", 0.0, 0.42) == "proven best in 420 ms"
    assert words.proof("optimal", 0.0, 0.001) == "proven best"
    assert "at most 3.0 % from the best" in words.proof("feasible", 0.03, 1.0)
    assert words.proof("feasible", None, 1.0) == "the best found in 1.0 s"


def test_the_gauge_reaches_beyond_its_largest_mark():
    marks = PowerMarks(500, 800, None, 750)
    assert marks.top_w > 800
    assert ("Vendor min.", "unknown") in marks.words


def test_a_sentence_ends_once():
    assert words.ended("Too dear") == "Too dear."
    assert words.ended("Too dear.") == "Too dear."
    assert words.ended("") == ""
