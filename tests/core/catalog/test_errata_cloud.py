"""What the guides got wrong about cloud, models, support and prices, and what is right."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from decimal import Decimal

import pytest

from hwstudio.core.base.paths import catalog_file
from hwstudio.core.cloud.retired import retirement

GIB = 1024**3
CUDA_13_FLOOR = 7.5
ERRATA = []


def erratum(title):
    """Keep a check under the title it is reported by."""

    def keep(check):
        ERRATA.append(pytest.param(check, id=title))
        return check

    return keep


@pytest.fixture(scope="module")
def ask():
    """Ask the bundled catalogue: ask(sql, *values) -> rows, cells by name."""
    with closing(sqlite3.connect(f"file:{catalog_file()}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        yield lambda sql, *values: opened.execute(sql, values).fetchall()


def _storage(ask, product):
    (row,) = ask("SELECT * FROM storage_price WHERE product = ?", product)
    return row


def _offered(ask, instance):
    rows = ask("SELECT * FROM offer WHERE instance = ?", instance)
    assert rows, instance
    return rows


def _memory(rows):
    return {(row["accelerator_count"], row["accelerator_memory_bytes"] / GIB) for row in rows}


@erratum("E18: every workload says its mode, batch and precision")
def _(ask, catalog):
    works = ask("SELECT mode, batch, precision FROM workload")
    assert works
    assert all(row["mode"] and row["batch"] and row["precision"] for row in works)


@erratum("E19: DALL-E, GPT-3, GPT-4, PaLM and Midjourney never published their weights")
def _(ask, catalog):
    rows = ask(
        "SELECT * FROM model WHERE id LIKE 'dall-e%' OR id LIKE 'gpt3-%'"
        " OR id IN ('gpt-4', 'palm-540b', 'midjourney')"
    )
    assert len(rows) >= 11
    assert {row["weights_public"] for row in rows} == {"no"}
    assert all("cannot run locally" in row["note"] for row in rows)


@erratum("E21: GPT-4 has no published size, so no rig can be planned for its scale")
def _(ask, catalog):
    (model,) = ask("SELECT * FROM model WHERE id = 'gpt-4'")
    assert (model["params_total"], model["macs_per_sample"]) == (None, None)


@erratum("E23: CUDA 13 starts at compute capability 7.5; driver 580 is the last for older cards")
def _(ask, catalog):
    cuda = ask("SELECT * FROM support_date WHERE stack = 'CUDA' AND target IS NOT NULL")
    for row in cuda:
        newest = max(float(word) for word in row["target"].split("|"))
        assert (row["state"] == "supported") == (newest >= CUDA_13_FLOOR), row["id"]
    for arch in ("Maxwell", "Pascal", "Volta"):
        (driver,) = ask(
            "SELECT * FROM support_date WHERE stack = 'driver' AND vendor = 'NVIDIA' AND arch = ?",
            arch,
        )
        assert (driver["last_version"], driver["security_until"]) == ("R580", "2028-10-31")
    old = ask("SELECT * FROM gpu WHERE name LIKE 'Tesla P%' OR name LIKE 'Tesla V100%'")
    assert len(old) >= 8
    assert all(float(row["compute_capability"]) < CUDA_13_FLOOR for row in old)


@erratum("E23b: every NVIDIA card but one says its compute capability")
def _(ask, catalog):
    silent = ask("SELECT id FROM gpu WHERE maker = 'NVIDIA' AND compute_capability IS NULL")
    assert {row["id"] for row in silent} <= {"gpu-l20"}


@erratum("E24: ROCm support is a dated fact for each chip and system")
def _(ask, catalog):
    rows = ask(
        "SELECT * FROM support_date WHERE id LIKE 'rocm-linux-%' OR id LIKE 'rocm-windows-%'"
    )
    assert len(rows) >= 30
    assert all(row["target"] and row["as_of"] and row["state"] for row in rows)
    assert {row["os"] for row in rows} == {"Linux", "Windows"}


@erratum("E25: 1 TB of gp3 costs 80 dollars a month, not 8 cents")
def _(ask, catalog):
    assert Decimal(_storage(ask, "EBS gp3")["price_per_gb_month"]) * 1000 == 80


@erratum("E26: gp3 has 3,000 IOPS and 125 MB/s a volume, whatever its size")
def _(ask, catalog):
    gp3 = _storage(ask, "EBS gp3")
    assert (gp3["included_iops"], gp3["included_mb_s"]) == ("3000", "125")
    assert "per volume" in gp3["note"]


@erratum("E27: EFS Standard costs 0.30 dollars a GB and month")
def _(ask, catalog):
    assert Decimal(_storage(ask, "EFS Standard")["price_per_gb_month"]) == Decimal("0.30")


@erratum("E28: local SSD costs 0.08 dollars a GB and month, not 0.04 an hour")
def _(ask, catalog):
    price = Decimal(_storage(ask, "Local SSD")["price_per_gb_month"])
    assert price == Decimal("0.08")
    assert Decimal("0.04") * 730 / price == 365


@erratum("E29: p4d.24xlarge has 8 x 40 GiB; the 80 GiB type is p4de")
def _(ask, catalog):
    assert _memory(_offered(ask, "p4d.24xlarge")) == {(8, 40)}
    assert _memory(_offered(ask, "p4de.24xlarge")) == {(8, 80)}


@erratum("E30: a2-highgpu-8g has 8 x 40 GiB and 680 GiB of RAM; the 80 GiB type is a2-ultragpu")
def _(ask, catalog):
    rows = _offered(ask, "a2-highgpu-8g")
    assert _memory(rows) == {(8, 40)}
    assert {row["memory_bytes"] / GIB for row in rows} == {680}
    assert _memory(_offered(ask, "a2-ultragpu-8g")) == {(8, 80)}


@erratum("E31: Azure's NCv3 sizes are retired; ND96amsr has 8 x 80 GiB and 1,900 GiB of RAM")
def _(ask, catalog):
    azure = [offer for offer in catalog.offers() if offer.provider == "azure"]
    gone = {offer.instance for offer in azure if retirement(offer)}
    assert {f"Standard_NC{size}_v3" for size in ("6s", "12s", "24s")} <= gone
    assert "Standard_NC4as_T4_v3" not in gone
    rows = _offered(ask, "Standard_ND96amsr_A100_v4")
    assert _memory(rows) == {(8, 80)}
    assert all(1800 <= row["memory_bytes"] / GIB <= 1924 for row in rows)


@erratum("E32: no offer is without date and source, and p4d shows its price cut by date")
def _(ask, catalog):
    assert ask("SELECT 1 FROM offer WHERE trim(as_of) = '' OR trim(source) = ''") == []
    rows = ask(
        "SELECT as_of, price_per_hour FROM cloud_price_history"
        " WHERE instance = 'p4d.24xlarge' AND price_kind = 'on-demand' ORDER BY as_of"
    )
    before = Decimal(rows[0]["price_per_hour"])
    after = Decimal(rows[-1]["price_per_hour"])
    assert rows[0]["as_of"] < "2025-06" < rows[-1]["as_of"]
    assert after < before * Decimal("0.7")


@erratum("E33: a commitment is dated and never dearer by the hour than on demand")
def _(ask, catalog):
    rows = ask("SELECT * FROM committed")
    assert rows
    assert all(row["as_of"] for row in rows)
    both = [row for row in rows if row["price_per_gpu_hour"] and row["price_1y_per_gpu_hour"]]
    assert both
    for row in both:
        used = Decimal(row["price_1y_per_gpu_hour"]) / Decimal(row["price_per_gpu_hour"]) * 730
        assert 0 < used <= 730


@erratum("E35: electricity has an area, a currency and a period")
def _(ask, catalog):
    rows = ask("SELECT * FROM electricity")
    assert rows
    assert all(row["area"] and row["currency"] and row["period"] for row in rows)


@erratum("E41: no price stands without its date")
def _(ask, catalog):
    undated = "SELECT 1 FROM {} WHERE {} IS NOT NULL AND coalesce({}, '') = ''"
    for table, price, date in (
        ("price", "amount", "as_of"),
        ("accelerator", "price_usd", "price_date"),
        ("system", "list_price", "price_date"),
        ("dedicated", "price_month", "as_of"),
        ("offer", "price_per_hour", "as_of"),
    ):
        assert ask(undated.format(table, price, date)) == [], table
    kits = ask(
        "SELECT p.amount FROM price p JOIN ram r ON r.id = p.part_id WHERE r.mem_type = 'DDR5'"
        " AND r.capacity_bytes = ? AND r.modules = 2 AND p.as_of >= '2026'",
        32 * GIB,
    )
    assert kits
    assert min(Decimal(row["amount"]) for row in kits) > 2 * Decimal(120)


@erratum("E42: free notebooks as they are today: Kaggle 30 hours, Codespaces no GPU, no K80")
def _(ask, catalog):
    rows = {row["service"]: row for row in ask("SELECT * FROM free_tier")}
    kaggle = rows["Kaggle Notebooks"]
    assert "30 GPU h/week" in kaggle["quota"]
    assert "P100" in kaggle["accelerator"]
    assert "2x T4" in kaggle["accelerator"]
    spaces = rows["GitHub Codespaces (Free)"]
    assert spaces["accelerator"] == "none"
    assert "120 core-hours = 60 h on 2-core" in spaces["quota"]
    assert "K80 gone" in rows["Google Colab (free)"]["accelerator"]
    educate = rows["AWS Educate"]
    assert (educate["credit"], educate["confidence"]) == ("0", "partly")
    assert "not confirmed" in educate["source_ref"]


@erratum("E64: Google IoT Core closed on 2023-08-16")
def _(ask, catalog):
    (row,) = ask("SELECT * FROM support_date WHERE id = 'google-iot-core'")
    assert (row["state"], row["last_date"]) == ("ended", "2023-08-16")


@pytest.mark.parametrize("check", ERRATA)
def test_the_catalogue_has_it_right(check, ask, catalog):
    check(ask, catalog)
