"""Each source's own form, as its publisher describes it, becomes offers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from benchmarks.cloud.price_server import document, serving, zipped
from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.refresh.chosen import load_chosen, save_chosen
from hwstudio.core.cloud.refresh.refresh import haul_of_file
from hwstudio.core.cloud.refresh.registry import SOURCES


def meter(sku, price, **values):
    return {
        "currencyCode": "USD",
        "retailPrice": price,
        "armRegionName": "eastus",
        "armSkuName": sku,
        "skuName": sku,
        "meterName": sku,
        "productName": "Virtual Machines NC Series",
        "type": "Consumption",
        "effectiveStartDate": "2026-11-09T00:00:00Z",
        **values,
    }


def test_azures_pages_become_one_offer_with_spot_and_both_terms(desk):
    nc = "Standard_NC48ads_A100_v4"
    first = {
        "Items": [
            meter(nc, 9.5, savingsPlan=[{"term": "1 Year", "retailPrice": 7.1}]),
            meter(nc, 20.0, productName="NC Series Windows"),
            meter(nc, 1.0, meterName="NC48 Low Priority"),
        ]
    }
    second = {
        "Items": [
            meter(nc, 3.2, skuName="NC48 Spot"),
            meter(nc, 8760 * 6, type="Reservation", reservationTerm="1 Year"),
            meter(nc, 3 * 8760 * 4, type="Reservation", reservationTerm="3 Years"),
            meter("Standard_NUnheard_v9", 5.0),
        ],
        "NextPageLink": None,
    }
    with serving({"/p2": document(second)}) as server:
        first["NextPageLink"] = f"{server.url}/p2?$skip=100"
        server.answers["/p1"] = document(first)
        report = desk.refresh("azure", f"{server.url}/p1")
        asked = server.seen[0]
    assert "Standard_N" in asked
    assert report.failures == ()
    offer = desk.offer("azure", nc, "eastus")
    prices = (offer.price_per_hour, offer.spot_per_hour)
    assert prices == (Decimal("9.5"), Decimal("3.2"))
    assert (offer.price_1y_per_hour, offer.price_3y_per_hour) == (6, 4)
    assert "this price since 2026-11-09" in offer.notes


def test_a_next_page_elsewhere_is_not_followed_and_what_was_read_is_kept(desk):
    page = {"Items": [meter("Standard_NC24ads_A100_v4", 4.1)]}
    page["NextPageLink"] = "http://127.0.0.1:9/steal"
    with serving({"*": document(page)}) as server:
        report = desk.refresh("azure", f"{server.url}/p1")
    assert "elsewhere" in report.failures[0].why
    assert len(report.diff.taken) == 1
    assert report.diff.gone == ()


def test_pages_that_go_round_in_a_circle_end(desk):
    page = {"Items": [meter("Standard_NC24ads_A100_v4", 4.1)]}
    with serving({}) as server:
        page["NextPageLink"] = f"{server.url}/p1?x=1"
        server.answers["*"] = document(page)
        report = desk.refresh("azure", f"{server.url}/p1")
    assert "no end" in report.failures[0].why


def test_the_spot_advisor_brings_bands_and_a_derived_spot_price(desk):
    advice = {
        "ranges": [{"index": 0, "label": "<5%"}, {"index": 4, "label": ">20%"}],
        "spot_advisor": {
            "us-east-1": {
                "Linux": {
                    "p5.48xlarge": {"s": 60, "r": 4},
                    "m5.large": {"s": 10, "r": 0},
                    "g6.xlarge": {"s": 900, "r": 0},
                    "g5.xlarge": {"s": 50, "r": 9},
                }
            }
        },
    }
    with serving({"*": document(advice)}) as server:
        report = desk.refresh("aws-spot-advisor", server.url)
    assert report.bands == 1
    assert len(report.rejected) == 2
    offer = desk.offer("aws", "p5.48xlarge", "us-east-1")
    assert offer.interruption_band == ">20%"
    assert offer.spot_kind == "derived"
    assert offer.spot_per_hour == (offer.price_per_hour * Decimal("0.4")).quantize(
        Decimal("0.0001")
    )


def test_akamais_types_carry_regional_prices(desk):
    kind = {
        "id": "g2-gpu-rtx4000a2-s",
        "label": "RTX4000 Ada x2 Small",
        "gpus": 2,
        "vcpus": 16,
        "memory": 65536,
        "price": {"hourly": 1.04},
        "region_prices": [{"id": "id-cgk", "hourly": 1.25}],
    }
    other = {"id": "g1-wonder", "gpus": 1, "price": {"hourly": 1.0}}
    with serving({"*": document({"data": [kind, other], "pages": 1})}) as server:
        report = desk.refresh("akamai", server.url)
    assert [rejected.why for rejected in report.rejected] == ["its accelerator is not known"]
    offer = desk.offer("akamai", "g2-gpu-rtx4000a2-s", "id-cgk")
    assert (offer.price_per_hour, offer.accelerator, offer.vcpus) == (
        Decimal("1.25"),
        "RTX 4000 Ada",
        16,
    )


def product(name, value, metric="GPU Per Hour"):
    price = {"model": "PAY_AS_YOU_GO", "value": value}
    return {
        "partNumber": "B1",
        "displayName": name,
        "metricName": metric,
        "currencyCodeLocalizations": [{"currencyCode": "USD", "prices": [price]}],
    }


def test_oracles_gpu_hours_become_shapes_and_licences_do_not(desk):
    items = [
        product("OCI - Compute - GPU - H100", 9.5),
        product("OCI - NVIDIA AI Enterprise - H100", 2.5),
        product("OCI - Compute - GPU - H100T", 10.75),
        product("Compute - GPU - A10", 2),
    ]
    with serving({"*": document({"items": items})}) as server:
        report = desk.refresh("oci", server.url)
    prices = {offer.instance: offer.price for offer in report.diff.taken}
    assert prices == {
        "BM.GPU.H100.8": 76,
        "VM.GPU.A10.1": 2,
        "VM.GPU.A10.2": 4,
        "BM.GPU.A10.4": 8,
    }


def test_vast_hosts_of_one_kind_are_one_offer_at_their_median(desk):
    def host(number, price, reliability=0.99, place="Texas, US"):
        return {
            "id": number,
            "gpu_name": "RTX 4090",
            "num_gpus": 1,
            "dph_total": price,
            "min_bid": price / 2,
            "reliability2": reliability,
            "gpu_ram": 24564,
            "geolocation": place,
        }

    hosts = [host(1, 0.05, 0.4), host(2, 0.3), host(3, 0.4), host(4, 0.9), host(5, -1)]
    with serving({"*": document({"offers": hosts})}) as server:
        report = desk.refresh("vast", server.url)
    assert [r.row for r in report.rejected] == ["offer 5"]
    offer = desk.offer("vast", "vast-1x-rtx-4090", "US")
    assert (offer.price_per_hour, offer.spot_per_hour) == (Decimal("0.4"), Decimal("0.2"))
    assert offer.offer_type == "marketplace"
    assert "median of 3 hosts" in offer.notes


# --- files ---------------------------------------------------------------------------------------

CSV = (
    "provider,instance,region,accelerator,accelerator_count,price_usd_per_hour,source_date\n"
    "lambda,gpu_8x,us,H100,8,24,2026-11-20\n"
)


def test_a_file_in_the_catalogues_columns_is_read_whatever_its_name(desk, tmp_path):
    file = tmp_path / "prices.txt"
    file.write_text(CSV, "utf-8-sig")
    report = desk.take(haul_of_file(file))
    assert len(report.diff.added) == 1
    assert desk.offer("lambda", "gpu_8x", "us").source == "Your file prices.txt"


def test_a_gpuhunt_archive_is_read_from_a_file(desk, tmp_path):
    head = "instance_name,location,price,gpu_count,gpu_name,gpu_memory,spot\n"
    file = tmp_path / "catalog.zip"
    file.write_bytes(
        zipped(gcp=f"{head}n1-standard-4,us-central1-a,0.9,1,T4,16,False\n", broken="x,y\n")
    )
    report = desk.take(haul_of_file(file))
    assert [failure.provider for failure in report.failures] == ["broken.csv"]
    (offer,) = report.diff.taken
    assert (offer.instance, offer.region) == ("n1-standard-4+1xT4", "us-central1")


def test_what_the_command_line_printed_can_be_taken_on_another_computer(desk, tmp_path):
    row = {
        "provider": "lambda",
        "instance": "gpu_1x",
        "region": "us",
        "accelerator": "H100",
        "count": 1,
        "price_per_hour": 2.49,
        "spot_per_hour": None,
        "as_of": "2026-11-21",
    }
    file = tmp_path / "offers.json"
    file.write_bytes(document({"count": 1, "offers": [row]}))
    (offer,) = desk.take(haul_of_file(file)).diff.taken
    assert (offer.price, offer.spot, offer.as_of) == (Decimal("2.49"), None, "2026-11-21")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "empty"),
        (b"<html>", "web page"),
        (b"a,b\n1,2\n", "no column"),
        (b"{}", "another form"),
        (b"[3]", "no object"),
        (b"PK\x03\x04rest", "damaged"),
        (b"\x89PNG\r\n\x1a\n\x00", "no text"),
        (CSV.splitlines(keepends=True)[0].encode(), "holds no offer"),
    ],
)
def test_a_file_that_is_no_table_of_prices_is_refused_with_the_reason(tmp_path, body, why):
    file = tmp_path / "x.csv"
    file.write_bytes(body)
    with pytest.raises(UserError) as refused:
        haul_of_file(file)
    assert why in refused.value.sentence


# --- which sources -------------------------------------------------------------------------------


def test_no_source_is_on_by_itself_and_each_states_what_it_brings(home):
    assert load_chosen(home.price_sources_file).on == frozenset()
    for source in SOURCES:
        assert source.brings
        assert source.terms
        assert source.address.startswith("https://")
        assert source.described.startswith("https://")


def test_a_source_switched_on_stays_on_and_may_be_asked_elsewhere(home):
    save_chosen(home.price_sources_file, ["gpuhunt"], {"gpuhunt": "http://mirror.lan/prices"})
    chosen = load_chosen(home.price_sources_file)
    assert [chosen.address(source) for source in chosen.sources()] == ["http://mirror.lan/prices"]


def test_a_damaged_choice_switches_nothing_on(home):
    home.price_sources_file.write_text('{"on": ["azure"], "addresses": {"azure": "ftp://x"}}')
    assert load_chosen(home.price_sources_file).on == frozenset()
