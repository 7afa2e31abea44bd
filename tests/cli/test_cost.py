"""The cost verbs: the contract's fields, exact numbers, refusals in words."""

from __future__ import annotations

import argparse
import json

import pytest

from hwstudio.cli import cost
from hwstudio.cli.main import main
from hwstudio.cli.output import Output
from hwstudio.core.base.errors import UserError


@pytest.fixture
def say(capsys):
    """Run one command line and return its JSON document."""

    def run(*words):
        root = argparse.ArgumentParser()
        cost.add(root.add_subparsers())
        args = root.parse_args(["cost", *words, "--json"])
        out = Output(is_json=True, home=None)
        try:
            assert args.run(args, out) == 0
        finally:
            out.close()
        return json.loads(capsys.readouterr().out)

    return run


def test_break_even_has_the_contracts_fields(say):
    answer = say(
        "break-even", "--hardware", "833806", "--cloud-per-hour", "98.32",
        "--local-per-hour", "0.87",
    )  # fmt: skip
    assert answer["hours"] == pytest.approx(8556.24, rel=1e-5)
    assert answer["months_730h"] == pytest.approx(11.721, rel=1e-4)
    assert answer["months_720h"] == pytest.approx(11.884, rel=1e-4)
    assert answer["never"] is False


def test_break_even_that_never_comes_has_no_number(say):
    answer = say(
        "break-even", "--hardware", "1000", "--cloud-per-hour", "1", "--local-per-hour", "0.5",
        "--speed-ratio", "2",
    )  # fmt: skip
    assert answer["never"] is True
    assert answer["hours"] is answer["months_730h"] is answer["months_720h"] is None


@pytest.mark.parametrize(
    "tiers",
    [
        "[[0, 10240, 0.09], [10240, null, 0.085]]",
        "[[10240, 0.09], [null, 0.085]]",
        (
            '[{"tier_from_gb": 0, "tier_to_gb": 10240, "price_usd_per_gb": 0.09},'
            ' {"tier_from_gb": 10240, "price_usd_per_gb": 0.085}]'
        ),
        '[{"up_to_gb": 10240, "price": 0.09}, {"price": 0.085}]',
    ],
)
def test_egress_reads_tiers_however_they_are_written(say, tiers):
    answer = say("egress", "--gb", "20480", "--tiers", tiers)
    assert answer["total"] == 1792.0
    assert [tier["cost"] for tier in answer["tiers"]] == [921.6, 870.4]
    assert answer["average_per_gb"] == 0.0875


def test_egress_of_a_known_provider_takes_its_free_gb_off(say):
    answer = say("egress", "--gb", "1100", "--provider", "AWS")
    assert answer["free_gb"] == 100
    assert answer["total"] == 90
    assert answer["source"]
    assert say("egress", "--gb", "1100", "--provider", "aws", "--free-gb", "0")["total"] == 99


def test_nothing_leaving_costs_nothing_and_has_no_average(say):
    answer = say("egress", "--gb", "0", "--tiers", "[[0, null, 0.1]]")
    assert answer["total"] == 0
    assert answer["average_per_gb"] is None


@pytest.mark.parametrize("tiers", ["", "{}", "[[0]]", '[["a", null, 1]]', "[[0, null, null]]"])
def test_tiers_that_cannot_be_read_are_refused_with_an_example(say, tiers):
    with pytest.raises(UserError, match="10240"):
        say("egress", "--gb", "1", "--tiers", tiers)


def test_an_unknown_provider_is_refused_with_the_known_ones(say):
    with pytest.raises(UserError, match="aws"):
        say("egress", "--gb", "1", "--provider", "nobody")


def test_checkpoint_interval_steps_and_group(say):
    answer = say(
        "checkpoint", "--mtbi-s", "20000", "--checkpoint-s", "100", "--machines", "2",
        "--step-s", "3",
    )  # fmt: skip
    assert answer["cluster_mtbf_s"] == 10000
    assert answer["interval_s"] == pytest.approx(1414.2136)
    assert answer["steps"] == 471


def test_effective_price_of_a_useful_hour(say):
    words = ("effective", "--gpu-per-hour", "2", "--storage-per-hour", "0.1")
    more = ("--cold-start-per-hour", "0.05", "--utilisation")
    assert say(*words, *more, "0.5") == {"per_useful_hour": 4.3}
    assert say(*words, *more, "0") == {"per_useful_hour": None}


def test_a_commitment_says_what_it_bills_and_loses(say):
    answer = say("commitment", "--on-demand", "3.06", "--committed", "2.45", "--hours", "500")
    assert answer["bill"] == 1788.5
    assert answer["saving"] == -258.5
    assert answer["saving_pct"] == pytest.approx(-16.895, abs=0.001)
    assert answer["break_even_hours"] == pytest.approx(584.477, abs=0.001)
    assert answer["break_even_utilisation"] == pytest.approx(0.80065, abs=1e-5)


def test_storage_by_cause(say):
    answer = say(
        "storage", "--gb", "40", "--per-gb-month", "0.08",
        "--iops", "4000", "--included-iops", "3000", "--per-iops", "0.005",
        "--mb-s", "130", "--included-mb-s", "125", "--per-mb-s", "0.04",
    )  # fmt: skip
    assert answer == {"storage": 3.2, "iops": 5, "throughput": 0.2, "total": 8.4}


@pytest.mark.parametrize(
    "words",
    [
        ("break-even", "--hardware", "-5", "--cloud-per-hour", "1", "--local-per-hour", "0"),
        ("effective", "--gpu-per-hour", "1", "--utilisation", "65"),
        ("commitment", "--on-demand", "0", "--committed", "1", "--hours", "5"),
        ("checkpoint", "--mtbi-s", "0", "--checkpoint-s", "1"),
        ("storage", "--gb", "-1", "--per-gb-month", "1"),
        ("storage", "--gb", "1", "--per-gb-month", "1", "--iops", "9"),
        ("storage", "--gb", "1", "--per-gb-month", "1", "--mb-s", "9", "--included-mb-s", "8"),
        ("break-even", "--hardware", "1e12", "--cloud-per-hour", "1e-9", "--local-per-hour", "0"),
        ("egress", "--gb", "5", "--tiers", "[[0, null, 1e999]]"),
        ("egress", "--gb", "5", "--tiers", "[[0, 1e999, 1], [1e999, null, 1]]"),
        ("egress", "--gb", "-1", "--tiers", "[[0, null, 1]]"),
    ],
)
def test_numbers_that_mean_nothing_are_refused(say, words):
    with pytest.raises(UserError):
        say(*words)


@pytest.mark.parametrize("value", ["nan", "inf", "ten", ""])
def test_text_instead_of_a_number_is_wrong_usage(say, value, capsys):
    with pytest.raises(SystemExit) as stopped:
        say("storage", "--gb", value, "--per-gb-month", "1")
    assert stopped.value.code == 2
    assert "not a number" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("break-even", "--hardware", "9", "--cloud-per-hour", "1", "--local-per-hour", "0"),
        ("commitment", "--on-demand", "3", "--committed", "1", "--hours", "500"),
        ("egress", "--gb", "5", "--tiers", "[[0, null, 1]]"),
        ("checkpoint", "--mtbi-s", "100", "--checkpoint-s", "1", "--step-s", "1"),
        ("effective", "--gpu-per-hour", "1", "--utilisation", "0"),
        ("storage", "--gb", "5", "--per-gb-month", "1"),
    ],
)
def test_without_json_a_sentence_or_table_is_printed(words, capsys):
    root = argparse.ArgumentParser()
    cost.add(root.add_subparsers())
    args = root.parse_args(["cost", *words])
    assert args.run(args, Output(is_json=False, home=None)) == 0
    assert len(capsys.readouterr().out.strip()) > 10


@pytest.mark.parametrize("value", ["1e400", "1e999999999", "-1e13", "1000000000001", "1e-12"])
def test_a_number_beyond_all_sense_is_refused_in_words(say, value, capsys):
    with pytest.raises(SystemExit) as stopped:
        say("break-even", f"--hardware={value}", "--cloud-per-hour", "1", "--local-per-hour", "0")
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert f"'{value}' is too" in said


@pytest.mark.parametrize(
    "tiers",
    [
        "abc", "[[0, null, 1e99999999999999999999]]", "[5]", "[[1, 2, 3, 4]]", '["ab"]',
        '[[0, null, "abc"]]', "[[0, null, [1]]]", "[[0, null, NaN]]", "[" * 99999,
    ],
)  # fmt: skip
def test_refused_tiers_speak_plain_words_not_python(say, tiers):
    with pytest.raises(UserError) as refused:
        say("egress", "--gb", "1", "--tiers", tiers)
    for jargon in ("literal", "class", "decimal", "Expecting", "unpack", "recursion", "None"):
        assert jargon not in refused.value.sentence


@pytest.mark.parametrize("value", ["1.5", "x", "99999999999999999999"])
def test_machines_are_counted_in_whole_numbers(say, value, capsys):
    with pytest.raises(SystemExit):
        say("checkpoint", "--mtbi-s", "100", "--checkpoint-s", "1", "--machines", value)
    said = capsys.readouterr().err
    assert f"'{value}' is" in said
    assert "int value" not in said


def test_extra_iops_of_a_known_price_may_be_free(say):
    words = ("storage", "--gb", "1", "--per-gb-month", "1", "--iops", "9", "--per-iops", "0")
    assert say(*words)["iops"] == 0


def test_a_checkpoint_longer_than_its_interval_does_not_pay(say, capsys):
    answer = say("checkpoint", "--mtbi-s", "100", "--checkpoint-s", "600")
    assert answer["worth_it"] is False
    assert "does not pay" in answer["words"]
    assert say("checkpoint", "--mtbi-s", "9000", "--checkpoint-s", "60")["worth_it"] is True


def test_a_checkpoint_that_does_not_pay_is_noted_beside_the_json(capsys):
    assert main(["cost", "checkpoint", "--mtbi-s", "9", "--checkpoint-s", "60", "--json"]) == 0
    assert "does not pay" in capsys.readouterr().err
