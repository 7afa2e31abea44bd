"""Whatever a server does, the old prices stay, the others count, and time is bounded."""

from __future__ import annotations

import io
import zipfile

import pytest

from benchmarks.cloud.price_server import (
    GOOD,
    bomb,
    document,
    drip,
    gpuhunt,
    hang,
    loop,
    page,
    serving,
    zipped,
)
from hwstudio.core.base.clock import monotonic_s
from hwstudio.core.base.network_log import read_calls
from hwstudio.core.cloud.refresh import gather as gather_module
from hwstudio.core.cloud.refresh.gather import Asked, gather
from hwstudio.core.cloud.refresh.refresh import age_of
from hwstudio.core.cloud.refresh.registry import source_named
from hwstudio.core.cloud.refresh.sources import gpuhunt as gpuhunt_source

P5 = ("aws", "p5.48xlarge", "us-east-1")


@pytest.fixture(autouse=True)
def _two_providers(monkeypatch):
    monkeypatch.setattr(gpuhunt_source, "PROVIDERS", ("aws", "gcp"))


@pytest.fixture
def taken(desk):
    """One good refresh, so that there is something to lose."""
    with serving(gpuhunt({}, "aws", zipped(aws=GOOD))) as server:
        desk.refresh("gpuhunt", server.url)
    assert str(desk.offer(*P5).price_per_hour) == "60.5"
    return desk


def test_a_good_archive_is_taken_with_its_day_and_source(taken):
    offer = taken.offer(*P5)
    assert (offer.as_of, offer.source) == ("2026-11-20", "gpuhunt catalogue (dstack)")
    assert str(offer.spot_per_hour) == "21.5"  # of the zone us-east-1a
    assert offer.gpu_id  # what the catalogue knows of the machine stays


def test_one_providers_404_never_loses_the_other(desk):
    with serving(gpuhunt({}, "gcp", zipped(gcp=GOOD))) as server:
        report = desk.refresh("gpuhunt", server.url)
    assert [(f.provider, "404" in f.why) for f in report.failures] == [("aws", True)]
    assert len(report.diff.taken) == 1


def test_a_provider_that_hangs_never_loses_the_other(desk):
    answers = gpuhunt({"/v3/aws/version": hang}, "gcp", zipped(gcp=GOOD))
    with serving(answers) as server:
        report = desk.refresh("gpuhunt", server.url, total_s=2.0)
    assert report.failures
    assert len(report.diff.taken) == 1


CUT = zipped(aws=GOOD)[:-30]
FAULTS = {
    "truncated archive": (CUT, "damaged or cut short"),
    "bytes that are no archive": (b"\x00\x01\x02" * 50, "damaged or cut short"),
    "web page": (page, "is a web page"),
    "redirects without an end": (loop, "sent the call on more than"),
    "table with other columns": (zipped(aws="a,b\n1,2\n"), "no column"),
    "empty answer": (b"", "is empty"),
    "archive that unpacks to far too much": (bomb(80), "unpacks to more than 64 MB"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_leaves_the_old_prices_and_says_why(taken, fault):
    answer, why = FAULTS[fault]
    before = taken.offers()
    with serving(gpuhunt({}, "aws", answer, "20261125")) as server:
        report = taken.refresh("gpuhunt", server.url)
    assert report.is_empty
    assert why in next(f.why for f in report.failures if f.provider == "aws")
    assert taken.offers() == before
    assert age_of(taken.offers()).newest_as_of == "2026-11-20"


@pytest.mark.parametrize("fault", [hang, drip])
def test_a_server_that_is_slow_is_given_up_when_time_is_up(taken, fault):
    before = taken.offers()
    with serving({"*": fault}) as server:
        began = monotonic_s()
        report = taken.refresh("gpuhunt", server.url, total_s=0.6)
        assert monotonic_s() - began < 10  # a hang would last until the server is stopped
    assert report.failures
    assert taken.offers() == before


def test_a_hanging_source_does_not_keep_another_from_being_taken(desk):
    types = {"data": [{"id": "g2-gpu-rtx4000a1-s", "gpus": 1, "price": {"hourly": 0.52}}]}
    with serving({"/slow": hang, "/types": document(types)}) as server:
        asked = [
            Asked(source_named("aws-spot-advisor"), f"{server.url}/slow"),
            Asked(source_named("akamai"), f"{server.url}/types"),
        ]
        report = desk.take(gather(asked, desk.network, total_s=1.5))
    assert [failure.source for failure in report.failures] == ["aws-spot-advisor"]
    assert report.read == ("akamai",)
    assert desk.offer("akamai", "g2-gpu-rtx4000a1-s", "unspecified").as_of


def test_an_archive_that_lies_about_its_size_is_counted_while_it_is_read(tmp_path):
    from hwstudio.core.base.errors import UserError
    from hwstudio.core.cloud.refresh.content import unpacked

    body = bytearray(bomb(70))
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as archive:
        size = archive.infolist()[0].file_size
    forged = bytes(body).replace(size.to_bytes(4, "little"), (10).to_bytes(4, "little"))
    with pytest.raises(UserError):
        unpacked(forged, "The archive")


def test_sentinels_are_rejected_by_row_and_the_rest_is_taken(desk):
    table = GOOD + "v6e-4,us-east5-b,700.0,180,720,1,v6e-4,0,False,100\n"
    with serving(gpuhunt({}, "gcp", zipped(gcp=table))) as server:
        report = desk.refresh("gpuhunt", server.url)
    assert [(r.row, "stands for unknown" in r.why) for r in report.rejected] == [
        ("gcp.csv 4", True)
    ]
    assert len(report.diff.taken) == 1


def test_a_version_that_is_no_version_is_never_asked_for(desk):
    answers = gpuhunt({}, "aws", zipped(aws=GOOD), version="../../secret?x=1")
    with serving(answers) as server:
        report = desk.refresh("gpuhunt", server.url)
        assert not any("secret" in path for path in server.seen)
    assert "cannot be read" in next(f.why for f in report.failures if f.provider == "aws")


def test_a_source_whose_answer_breaks_the_reader_is_reported_not_raised(desk, monkeypatch):
    def broken(*_):
        raise KeyError("surprise")

    monkeypatch.setattr(gather_module.PriceSource, "read", broken)
    haul = gather([Asked(source_named("oci"), "http://127.0.0.1:9/")], desk.network)["oci"]
    assert "not understood" in haul.failures[0].why


@pytest.mark.parametrize("source", ["azure", "aws-spot-advisor", "akamai", "oci", "vast"])
@pytest.mark.parametrize(
    "answer", [b"[]", b'{"Items": 3}', b"{", b'{"data": [1, {"gpus": "x"}, null]}', b"\xff\xfe"]
)
def test_wrong_json_is_a_reason_and_never_an_accident(desk, source, answer):
    with serving({"*": answer}) as server:
        report = desk.refresh(source, server.url)
    assert report.is_empty
    assert not any("not understood" in failure.why for failure in report.failures)


def test_every_call_stands_in_the_network_log(taken):
    paths = {call.path for call in read_calls(taken.home.network_log)}
    assert {"/v3/aws/version", "/v3/gcp/version"} <= paths
