"""`cloud refresh`: the contract's fields, what is refused, and prices every command then reads."""

from __future__ import annotations

import io
import json
import sys
from functools import partial

import pytest

from benchmarks.cloud.price_server import GOOD, gpuhunt, hang, serving, zipped
from hwstudio.cli import cloud_refresh
from hwstudio.cli.main import main
from hwstudio.core.base.settings import Settings, changed, save_settings
from hwstudio.core.cloud.refresh.gather import gather
from hwstudio.core.cloud.refresh.sources import gpuhunt as gpuhunt_source

HEAD = (
    "provider,instance,region,accelerator,accelerator_count,accelerator_memory_gb,"
    "price_usd_per_hour,spot_usd_per_hour,source_date\n"
)


@pytest.fixture
def say(capsys):
    """Run one command line; return its exit code and JSON document."""

    def ask(*words):
        code = main([*words, "--json"])
        out = capsys.readouterr()
        return code, json.loads(out.out) if out.out else out.err

    return ask


@pytest.fixture
def online(home):
    save_settings(home.settings_file, changed(Settings(), network_allowed=True))
    return home


def table(tmp_path, *rows):
    file = tmp_path / "mine.csv"
    file.write_text(HEAD + "".join(f"{row}\n" for row in rows), "utf-8")
    return str(file)


def test_a_file_gives_the_contracts_fields_and_the_offers_command_reads_it(say, tmp_path):
    file = table(
        tmp_path,
        "aws,p5.48xlarge,us-east-1,H100,8,80,60,20,2026-11-20",
        "mycloud,big,here,H100,1,80,1.11,,2026-11-20",
        "gcp,v6e-4,us-east1,TPU v6e,4,0,700.0,,2026-11-20",
    )
    code, found = say("cloud", "refresh", "--file", file)
    assert code == 0
    assert (found["added"], found["changed"]) == (1, 1)
    (rejected,) = found["rejected"]
    assert rejected["row"] == 3
    assert "unknown" in rejected["why"]
    assert found["age"] is not None
    _, offers = say("cloud", "offers", "--provider", "mycloud")
    (offer,) = offers["offers"]
    assert (offer["price_per_hour"], offer["as_of"]) == (1.11, "2026-11-20")
    assert offer["source"] == "Your file mine.csv"


def test_a_file_without_one_sound_row_is_a_negative_answer(say, tmp_path):
    code, found = say("cloud", "refresh", "--file", table(tmp_path, "a,b,c,H100,1,80,nan,,2026"))
    assert code == 1
    assert (found["added"], len(found["rejected"])) == (0, 1)


def test_nobody_is_asked_until_a_source_is_named_and_the_network_allowed(say, home):
    code, words = say("cloud", "refresh")
    assert code == 2
    assert "No price source is switched on" in words
    code, words = say("cloud", "refresh", "--source", "gpuhunt")
    assert code == 2
    assert "may not use the network" in words
    assert not home.network_log.exists()


def test_the_window_can_read_a_refusal_though_the_system_writes_another_code_page(
    tmp_path, monkeypatch
):
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(raw, encoding="cp1252"))
    missing = tmp_path / "цены.csv"
    assert main(["cloud", "refresh", "--json", "--say", "--file", str(missing)]) == 3
    sys.stderr.flush()
    assert "цены.csv" in raw.getvalue().decode("utf-8")


def test_a_source_switched_on_is_asked_by_a_plain_refresh(say, online, monkeypatch):
    monkeypatch.setattr(gpuhunt_source, "PROVIDERS", ("aws", "gcp"))
    with serving(gpuhunt({}, "aws", zipped(aws=GOOD))) as server:
        code, found = say("cloud", "refresh", "--on", "gpuhunt", "--address", server.url)
        assert (code, found["on"]) == (0, ["gpuhunt"])
        code, found = say("cloud", "refresh")
    assert code == 0
    assert found["changed"] == 1
    assert [each["provider"] for each in found["failed"]] == ["gcp"]
    _, found = say("cloud", "refresh", "--list")
    assert [s["on"] for s in found["sources"] if s["id"] == "gpuhunt"] == [True]


def test_when_all_sources_fail_the_answer_is_negative_and_the_age_is_told(say, online, monkeypatch):
    monkeypatch.setattr(cloud_refresh, "gather", partial(gather, total_s=0.5))
    with serving({"*": hang}) as server:
        words = ("cloud", "refresh", "--source", "akamai", "--address", server.url)
        code, found = say(*words)
    assert code == 1
    assert found["failed"]
    assert found["age"] > 0


def test_it_tells_that_the_users_answer_flips_when_renting_gets_far_cheaper(say, tmp_path, catalog):
    rows = [
        f"{o.provider},{o.instance},{o.region},{o.accelerator},{o.accelerator_count},,"
        f"{o.price_per_hour / 8},,2026-11-27"
        for o in catalog.offers()
        if o.price_per_hour and not any("," in text for text in (o.instance, o.region))
    ]
    question = ("--workload", "llm_qlora_8b", "--hours-per-month", "500", "--device", "RTX4090")
    code, found = say("cloud", "refresh", "--file", table(tmp_path, *rows), *question)
    assert code == 0
    verdict = found["verdict"]
    assert (verdict["before"]["verdict"], verdict["after"]["verdict"]) == ("own", "rent")
    assert verdict["flips"] is True


def test_every_price_an_offer_had_can_be_listed(say, tmp_path):
    assert say("cloud", "refresh", "--past", "aws", "p5.48xlarge", "us-east-1")[0] == 1
    for price, day in (("60", "2026-11-20"), ("58", "2026-11-24")):
        say("cloud", "refresh", "--file", table(
            tmp_path, f"aws,p5.48xlarge,us-east-1,H100,8,80,{price},,{day}"
        ))  # fmt: skip
    code, found = say("cloud", "refresh", "--past", "AWS", "p5.48xlarge", "us-east-1")
    assert code == 0
    assert [each["price"] for each in found["prices"]] == [55.04, 60, 58]


@pytest.mark.parametrize(
    "words",
    [
        ("--source", "nobody"),
        ("--address", "http://x"),
        ("--source", "oci", "--address", "ftp://x"),
        ("--file", "/no/such/file.csv"),
        ("--workload", "llm_qlora_8b", "--source", "oci"),
    ],
)
def test_wrong_words_are_refused_with_a_reason(say, words):
    code, said = say("cloud", "refresh", *words)
    assert code in (2, 3)
    assert said.startswith("hwstudio: ")


def test_the_table_for_people_says_what_changed_and_how_old_prices_are(capsys, tmp_path):
    file = table(tmp_path, "aws,p5.48xlarge,us-east-1,H100,8,80,60,,2026-11-20")
    assert main(["cloud", "refresh", "--file", file]) == 0
    said = capsys.readouterr().out
    assert "1 have another price" in said or "1 has another price" in said
    assert "+9.0 %" in said
    assert "Prices in use: newest price" in said
