"""The reader gives typed rows, says what is wrong with a bad file, and lets own prices win."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from decimal import Decimal

import pytest

from hwstudio.core.base.errors import UserError
from hwstudio.core.base.paths import catalog_file
from hwstudio.core.catalog.cloud_tables import TABLES
from hwstudio.core.catalog.overlay.overlay import Overlay
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.part import CLASS_OF, PartKind
from hwstudio.core.model.price import PriceKind
from hwstudio.core.model.workload import Mode

WORKLOADS = [
    "resnet50_train",
    "bert_base_train",
    "gpt2_train",
    "llm_full_finetune_8b",
    "llm_qlora_8b",
    "llm_chat_8b",
    "sd15_generate",
]


@pytest.mark.parametrize("kind", list(PartKind))
def test_every_kind_has_typed_parts_with_source_and_date(catalog, kind):
    parts = catalog.parts(kind)
    assert len(parts) > 100
    for part in parts:
        assert type(part) is CLASS_OF[kind]
        assert part.name
        assert part.maker
        assert part.source
        assert part.source_date[:2] == "20"
    assert len({part.id for part in parts}) == len(parts)


def test_a_list_becomes_a_tuple_and_a_flag_a_bool(catalog):
    cpu = catalog.part("cpu-92f76877")
    assert cpu.mem_types == ("DDR4",)
    assert cpu.ecc is True
    assert all(
        isinstance(board.back_connect, (bool, type(None))) for board in catalog.motherboards()
    )


def test_unknown_stays_none(catalog):
    assert any(psu.atx_spec is None for psu in catalog.psus())
    assert any(gpu.vendor_min_psu_w is None for gpu in catalog.gpus())
    assert not any(psu.rated_w == 0 for psu in catalog.psus())


def test_a_card_carries_its_chip(catalog):
    card = next(card for card in catalog.cards() if "RTX 4090" in card.name)
    assert card.gpu.id == "gpu-geforce-rtx-4090"
    assert card.vram_bytes == card.gpu.vram_bytes


def test_chips_without_a_shop_card_have_the_makers_own_board(catalog):
    own = {card.id: card for card in catalog.cards() if card.is_reference}
    card = own["ref-gpu-a100-pcie-80-gb"]
    assert (card.length_mm, card.slots, card.cooling) == (267.0, 2.0, "passive")
    assert card.conn_8pin + card.conn_eps8 + card.conn_16pin > 0
    assert all(card.gpu.form_factor == "PCIe" for card in own.values())
    assert all(card.gpu.segment in {"workstation", "datacenter"} for card in own.values())


def test_tensor_rates_are_dense_and_accumulate_in_fp32(catalog):
    rate = {gpu.name: gpu.fp16_tensor_flop_per_s for gpu in catalog.gpus()}
    assert rate["GeForce RTX 4090"] == pytest.approx(165e12, rel=0.01)
    assert rate["A100 SXM4 80 GB"] == pytest.approx(312e12, rel=0.01)
    assert rate["H100 SXM5 80 GB"] == pytest.approx(989e12, rel=0.01)


def test_a_wrong_id_is_refused_with_near_ones(catalog):
    with pytest.raises(UserError, match="gpu-geforce-rtx-4090"):
        catalog.part("gpu-geforce-rtx-409")


def test_the_workload_library_has_the_seven_jobs(catalog):
    assert [workload.id for workload in catalog.workloads()] == WORKLOADS
    for workload in catalog.workloads():
        assert workload.source
        assert workload.source_date
        assert workload.params_total > 1e6
        assert workload.macs_per_sample > 1e6
        assert workload.job_units > 1


def test_workload_numbers_are_the_published_ones(catalog):
    resnet, chat = catalog.workload("resnet50_train"), catalog.workload("llm_chat_8b")
    assert resnet.params_total == 25_557_032
    assert resnet.job_units == 90 * 1_281_167
    assert (chat.mode, chat.layers, chat.kv_heads, chat.head_dim) == (Mode.INFERENCE, 32, 8, 128)
    # One generated token costs about one multiply-accumulate per parameter.
    assert chat.macs_per_sample == pytest.approx(chat.params_total, rel=0.05)


def test_an_unknown_workload_is_refused_with_the_known_ones(catalog):
    with pytest.raises(UserError, match="resnet50_train"):
        catalog.workload("resnet_50")


def test_offers_have_prices_or_say_nothing(catalog):
    offers = catalog.offers()
    assert len(offers) > 1000
    assert len({offer.id for offer in offers}) == len(offers)
    for offer in offers:
        assert offer.price_per_hour is None or offer.price_per_hour > 0
        assert offer.price_per_hour or offer.spot_per_hour
        assert offer.as_of
        assert offer.source


def test_an_offer_names_the_chip_when_it_can_be_only_one(catalog):
    chips = {(o.accelerator, o.variant): o.gpu_id for o in catalog.offers() if o.provider == "aws"}
    assert chips["H100", "SXM"] == "gpu-h100-sxm5-80-gb"
    assert chips["L4", ""] == "gpu-l4"
    assert chips["Trainium1", ""] is None


def test_reference_results_carry_their_source(catalog):
    found = catalog.reference_results()
    assert len(found) > 50
    assert all(result.source and result.unit for result in found)
    assert any(result.gpu_id == "gpu-geforce-rtx-4090" for result in found)


def test_the_attribution_that_a_licence_asks_for_is_there(catalog):
    said = {source.id: source.attribution for source in catalog.sources()}
    assert "Contains information from BuildCores OpenDB" in said["opendb"]
    assert "opendatacommons.org/licenses/by/1-0" in said["opendb"]


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "is missing"), (b"", "is damaged"), (b"not a database" * 99, "is damaged")],
)
def test_a_catalogue_that_cannot_be_read_is_a_sentence(tmp_path, content, said):
    file = tmp_path / "catalog.db"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UserError) as caught:
        Catalog.open(file)
    assert said in caught.value.what
    assert "Reinstall hwstudio" in caught.value.remedy


def test_a_catalogue_cut_short_is_a_sentence_when_it_is_noticed(tmp_path):
    file = tmp_path / "catalog.db"
    whole = catalog_file().read_bytes()
    file.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(UserError, match="damaged"):
        _read_all(file)


def _read_all(file):
    with closing(Catalog.open(file)) as opened:
        for kind in PartKind:
            opened.parts(kind)


def _use_all(file):
    """Ask for everything a command or a tab asks for."""
    with closing(Catalog.open(file)) as opened:
        for kind in PartKind:
            for part in opened.parts(kind)[:2]:
                opened.part(part.id)
                opened.cells(part.id)
                opened.prices(part.id)
        opened.offers()
        opened.workloads()
        opened.reference_results()
        for name in TABLES:
            opened.table(name)
        opened.audit()


def test_a_sound_catalogue_is_not_called_damaged():
    _use_all(catalog_file())


@pytest.mark.parametrize(
    "wrong",
    [
        "DELETE FROM gpu WHERE id = 'gpu-geforce-rtx-4090'",
        "DELETE FROM gpu",
        "DELETE FROM psu",
        "DELETE FROM part",
        "DELETE FROM price",
        "DELETE FROM source",
        "DELETE FROM offer",
        "DELETE FROM workload",
        "UPDATE psu SET rated_w = 'lots'",
        "UPDATE case_ SET max_gpu_length_mm = 'long'",
        "UPDATE cpu SET cores = NULL",
        "UPDATE gpu SET release_date = 'someday'",
        "UPDATE price SET amount = 'cheap'",
        "UPDATE price SET kind = 'rumour' WHERE kind = 'list'",
        "UPDATE offer SET vcpus = 'many'",
        "UPDATE workload SET mode = 'sleep'",
        "UPDATE electricity SET price_per_kwh = 'x'",
        "UPDATE reference_result SET value = 'fast'",
        "UPDATE ram SET source = 'nobody'",
        "ALTER TABLE cooler DROP COLUMN height_mm",
    ],
)
def test_wrong_contents_are_damage_said_in_a_sentence(tmp_path, wrong):
    file = tmp_path / "catalog.db"
    shutil.copy(catalog_file(), file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("PRAGMA ignore_check_constraints = 1")
        connection.execute(wrong.replace("case_", '"case"'))
    with pytest.raises(UserError, match="is damaged") as caught:
        _use_all(file)
    assert "Reinstall hwstudio" in caught.value.remedy


def test_sockets_of_the_makers_own_board_are_carried_and_never_a_false_none(catalog):
    """A 12-pin socket is one; a board whose sockets nobody states has unknown ones."""
    assert catalog.part("gpu-geforce-rtx-3090").conn_12pin == 1
    for gpu in catalog.gpus():
        plugs = (gpu.conn_16pin, gpu.conn_12pin, gpu.conn_8pin, gpu.conn_6pin, gpu.conn_eps8)
        if gpu.form_factor == "PCIe" and gpu.tdp_w > 75:
            assert any(plugs) or plugs == (None,) * 5, gpu.name
    for card in catalog.cards():
        assert (
            card.tdp_w <= 75 or card.conn_16pin + card.conn_8pin + card.conn_6pin + card.conn_eps8
        )


def test_a_newer_catalogue_is_refused_politely(tmp_path):
    file = tmp_path / "catalog.db"
    shutil.copy(catalog_file(), file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    with pytest.raises(UserError, match="format 99 is newer"):
        Catalog.open(file)


def test_reading_never_writes(tmp_path):
    file = tmp_path / "catalog.db"
    shutil.copy(catalog_file(), file)
    before = file.read_bytes()
    opened = Catalog.open(file)
    opened.parts(PartKind.GPU)
    opened.close()
    assert file.read_bytes() == before
    assert [
        entry.name for entry in tmp_path.iterdir() if entry.suffix in {".db-wal", ".db-shm"}
    ] == []


def test_the_users_own_price_wins_and_can_be_taken_back(tmp_path):
    overlay = Overlay(tmp_path / "mine.db")
    opened = Catalog.open(catalog_file(), overlay)
    try:
        card = opened.cards()[0]
        overlay.set_own_price(card.id, Decimal("123.45"), "USD", "2026-11-20", "quote")
        price = opened.part(card.id).price
        assert (price.amount, price.low, price.high) == (Decimal("123.45"),) * 3
        assert price.kind is PriceKind.OWN
        assert opened.prices(card.id)[0] == price
        [own] = [fact for fact in opened.cells(card.id) if fact.name == "price_own"]
        assert own.value == Decimal("123.45")
        overlay.clear_own_price(card.id)
        assert opened.part(card.id).price == card.price
    finally:
        opened.close()


def test_the_market_estimate_speaks_before_the_launch_price(catalog):
    """Launched at 1,999; cards cost 2,900 to 3,500 in 2026-06."""
    found = catalog.prices("gpu-geforce-rtx-5090")
    assert {price.kind for price in found} >= {PriceKind.LIST, PriceKind.ESTIMATE}
    speaking = catalog.part("gpu-geforce-rtx-5090").price
    assert speaking.kind is PriceKind.ESTIMATE
    assert speaking.low < speaking.amount < speaking.high
    assert speaking.amount >= 2_700
    newest = max(price.as_of for price in found if price.kind is PriceKind.ESTIMATE)
    assert speaking.as_of == newest


def test_reading_the_catalogue_does_not_load_the_compiler():
    code = (
        "import sys; from hwstudio.core.catalog.reader import Catalog;"
        "from hwstudio.core.base.paths import catalog_file as f; c = Catalog.open(f()); c.gpus();"
        "sys.exit('sqlite_utils' in sys.modules or 'numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
