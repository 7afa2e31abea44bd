"""What the guides got wrong about parts and devices, and what the catalogue says instead.

Errata on cloud, models and prices are in test_errata_cloud.py; those on code and arithmetic are
proved where that code is.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from statistics import median

import pytest

from hwstudio.core.base.paths import catalog_file

GIB, G, T = 1024**3, 1e9, 1e12
ERRATA = []


def erratum(title):
    """Keep a check under the title it is reported by."""

    def keep(check):
        ERRATA.append(pytest.param(check, id=title))
        return check

    return keep


class Facts:
    """The bundled catalogue, asked in SQL."""

    def __init__(self, opened):
        self._opened = opened

    def ask(self, sql, *values):
        """Rows with cells by name."""
        return self._opened.execute(sql, values).fetchall()

    def row(self, table, row_id):
        (row,) = self.ask(f'SELECT * FROM "{table}" WHERE id = ?', row_id)
        return row

    def gpu(self, row_id):
        return self.row("gpu", f"gpu-{row_id}")

    def cpus(self, like):
        found = self.ask("SELECT * FROM cpu WHERE name LIKE ?", f"%{like}%")
        assert found, like
        return found


@pytest.fixture(scope="module")
def facts():
    with closing(sqlite3.connect(f"file:{catalog_file()}?mode=ro", uri=True)) as opened:
        opened.row_factory = sqlite3.Row
        yield Facts(opened)


@erratum("E1: NVLink is on the RTX 3090, on no GeForce 40 or 50, and every card keeps its memory")
def _(facts):
    assert facts.gpu("geforce-rtx-3090")["nvlink_bytes_per_s"] == 112.5 * G
    newer = facts.ask(
        "SELECT * FROM gpu WHERE name LIKE 'GeForce RTX 40%' OR name LIKE 'GeForce RTX 50%'"
    )
    assert len(newer) >= 15
    assert {row["nvlink_bytes_per_s"] for row in newer} == {0}
    assert facts.gpu("geforce-rtx-3090")["vram_bytes"] == 24 * GIB


@erratum("E2: nothing claims AVX-512 for a processor")
def _(facts):
    assert facts.ask("SELECT * FROM column WHERE name LIKE '%avx%'") == []
    assert facts.ask("SELECT id FROM cpu WHERE note LIKE '%AVX%'") == []
    assert {row["socket"] for row in facts.cpus("12900K")} == {"LGA1700"}


@erratum("E3: 5800X and 5900X are AM4 and DDR4; X670 boards are AM5, DDR5, four slots; no Z690E")
def _(facts):
    ryzen = facts.cpus("Ryzen 7 5800X") + facts.cpus("Ryzen 9 5900X")
    assert {(row["socket"], row["mem_types"]) for row in ryzen} == {("AM4", "DDR4")}
    boards = facts.ask("SELECT * FROM motherboard WHERE chipset LIKE 'X670%'")
    assert len(boards) >= 25
    assert {(row["socket"], row["mem_type"]) for row in boards} == {("AM5", "DDR5")}
    assert max(row["mem_slots"] for row in boards) == 4
    assert facts.ask("SELECT id FROM motherboard WHERE chipset LIKE 'Z690E%'") == []
    z690 = facts.ask("SELECT DISTINCT mem_slots FROM motherboard WHERE chipset = 'Z690'")
    assert {row["mem_slots"] for row in z690} <= {2, 4}


@erratum("E4: a Core i7-14700K has 20 cores and 28 threads")
def _(facts):
    assert {(row["cores"], row["threads"]) for row in facts.cpus("14700K")} == {(20, 28)}


@erratum("E5: memory channels belong to the processor, not to the number of modules")
def _(facts):
    two = ("AM4", "AM5", "LGA1200", "LGA1700", "LGA1851")
    for socket, channels in dict.fromkeys(two, 2).items() | {("sTRX4", 4), ("sWRX8", 8)}:
        rows = facts.ask("SELECT mem_channels FROM cpu WHERE socket = ?", socket)
        assert {row["mem_channels"] for row in rows} == {channels}, socket
    four = facts.ask("SELECT DISTINCT socket FROM motherboard WHERE mem_slots = 4")
    assert {"AM5", "LGA1700"} <= {row["socket"] for row in four}


@erratum("E6: DDR5-4800 answers later than DDR4-3200; DDR5 wins on bandwidth")
def _(facts):
    def first_word_ns(mem_type, speed):
        kits = facts.ask(
            "SELECT cas FROM ram WHERE mem_type = ? AND speed_mts = ? AND modules = 2"
            " AND dimm_type = 'UDIMM' AND cas IS NOT NULL",
            mem_type,
            speed,
        )
        assert len(kits) >= 5, speed
        return median(row["cas"] * 2000 / speed for row in kits)

    old = first_word_ns("DDR4", 3200)
    assert 9 <= old <= 11
    assert old < first_word_ns("DDR5", 6000) < first_word_ns("DDR5", 5600)
    assert 15 <= first_word_ns("DDR5", 4800) <= 18


@erratum("E7: a GTX 1660 has 6 GiB and an RTX 3080 has 10, too little for the row that names it")
def _(facts):
    assert facts.gpu("geforce-gtx-1660")["vram_bytes"] == 6 * GIB
    assert facts.gpu("geforce-rtx-3080")["vram_bytes"] == 10 * GIB


@erratum("E8: the A100 is three cards with their own bandwidth and power")
def _(facts):
    names = ("a100-pcie-40-gb", "a100-pcie-80-gb", "a100-sxm4-80-gb")
    cards = [facts.gpu(name) for name in names]
    found = [(row["vram_bytes"] / GIB, row["bandwidth_bytes_per_s"] / G) for row in cards]
    assert found == [(40, 1555), (80, 1935), (80, 2039)]
    assert [row["tdp_w"] for row in cards] == [250, 300, 400]


@erratum("E9: the RTX 5080 has 16 GiB and 360 W, the 5090 32 GiB and 575 W, sold since 2025-01-30")
def _(facts):
    small, large = facts.gpu("geforce-rtx-5080"), facts.gpu("geforce-rtx-5090")
    assert (small["vram_bytes"], small["tdp_w"]) == (16 * GIB, 360)
    assert small["bandwidth_bytes_per_s"] == 960 * G
    assert (large["vram_bytes"], large["tdp_w"]) == (32 * GIB, 575)
    assert large["bandwidth_bytes_per_s"] == pytest.approx(1792 * G, rel=0.002)
    assert small["release_date"] == large["release_date"] == "2025-01-30"


@erratum("E10: the largest Arrow Lake has 24 cores, the largest Zen 5 desktop chip 16")
def _(facts):
    largest = "SELECT max(cores) AS n FROM cpu WHERE socket = ?"
    assert facts.ask(largest, "LGA1851")[0]["n"] == 24
    assert facts.ask(largest, "AM5")[0]["n"] == 16


@erratum("E11: going from an RTX 3060 to a 3070 loses a third of the memory")
def _(facts):
    before = facts.gpu("geforce-rtx-3060-12-gb")["vram_bytes"]
    assert facts.gpu("geforce-rtx-3070")["vram_bytes"] * 3 == before * 2


@erratum("E12: NVIDIA asks for 750 W with a 3090 and 850 W with a 4090; a 12900K may draw 241 W")
def _(facts):
    assert facts.gpu("geforce-rtx-3090")["vendor_min_psu_w"] == 750
    assert facts.gpu("geforce-rtx-4090")["vendor_min_psu_w"] == 850
    assert {row["max_power_w"] for row in facts.cpus("12900K")} == {241}


@erratum("E13: no temperature limit is given for all cards; the driver tells it")
def _(facts):
    words = ("%throttl%", "%temperature%", "%celsius%")
    for word in words:
        assert facts.ask("SELECT * FROM column WHERE name LIKE ?", word) == []


@erratum("E15: no processor has a score without benchmark, unit and source")
def _(facts):
    for word in ("%score%", "%benchmark%", "%passmark%", "%cinebench%"):
        assert facts.ask("SELECT * FROM column WHERE name LIKE ?", word) == []
    measured = facts.ask("SELECT * FROM reference_result")
    assert measured
    assert all(row["unit"] and row["test"] and row["source_ref"] for row in measured)


@erratum("E16: an RTX 3080 does 29.8 TFLOP/s in FP32, so 0.8 ms for 1024 x 1024 shows overhead")
def _(facts):
    peak = facts.gpu("geforce-rtx-3080")["fp32_flop_per_s"]
    assert peak == pytest.approx(29.8 * T, rel=0.01)
    assert peak / 10 > 2 * 1024**3 / 0.8e-3


@erratum("E17: DDR5-5600 in the usual two channels gives 89.6 GB/s")
def _(facts):
    rows = facts.ask("SELECT DISTINCT mem_channels FROM cpu WHERE socket = 'AM5'")
    (channels,) = [row["mem_channels"] for row in rows]
    assert facts.ask("SELECT id FROM ram WHERE mem_type = 'DDR5' AND speed_mts = 5600")
    assert channels * 8 * 5600e6 == pytest.approx(89.6 * G)


@erratum("E63: the entry kit is the Orin Nano Super; the first Nano has a 5 W and a 10 W mode")
def _(facts):
    kit = facts.row("accelerator", "acc-jetson-orin-nano-super")
    assert (kit["memory_bytes"], kit["int8_sparse_op_per_s"]) == (8 * GIB, 67 * T)
    assert {"7W", "15W", "25W"} <= set(kit["power_modes"].split("|"))
    first = facts.row("accelerator", "acc-jetson-nano")
    assert set(first["power_modes"].split("|")) == {"5W", "MAXN 10W"}
    assert first["state"] == "old"


@erratum("E67: the A16 does 17 TOPS and the M4 38, kept as operations a second")
def _(facts):
    rated = "advertised_op_per_s"
    assert facts.row("accelerator", "acc-apple-a16")[rated] == 17 * T
    assert facts.row("accelerator", "acc-apple-m4")[rated] == 38 * T


@erratum("E69: Intel's GNA is discontinued; the NPU came after it")
def _(facts):
    gna = facts.row("support_date", "intel-gna")
    assert (gna["state"], gna["last_version"]) == ("ended", "2023.3")
    assert "NPU" in gna["note"]
    npus = facts.ask(
        "SELECT name FROM accelerator WHERE kind IN ('npu', 'soc') AND maker = 'Intel'"
    )
    assert any("NPU" in row["name"] or "Core Ultra" in row["name"] for row in npus)


@erratum("E76: the L4 is a passive 72 W card, the NH-D15 fits no Threadripper, TPUs run JAX too")
def _(facts):
    card = facts.gpu("l4")
    assert (card["tdp_w"], card["cooling"]) == (72, "passive")
    coolers = facts.ask("SELECT sockets FROM cooler WHERE name LIKE '%NH-D15%'")
    assert coolers
    large = {"TR4", "sTR5", "sTRX4", "sWRX8", "SP3", "SP5", "SP6"}
    assert not any(large & set(row["sockets"].split("|")) for row in coolers)
    tpus = facts.ask("SELECT software FROM accelerator WHERE kind = 'tpu' AND software IS NOT NULL")
    assert tpus
    assert all("JAX" in row["software"] and "PyTorch/XLA" in row["software"] for row in tpus)
    assert {row["cores"] for row in facts.ask("SELECT * FROM cpu WHERE name LIKE '%W-3345%'")} <= {
        24
    }


@pytest.mark.parametrize("check", ERRATA)
def test_the_catalogue_has_it_right(check, facts):
    check(facts)
