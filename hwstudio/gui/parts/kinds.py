"""The kinds of thing the catalogue holds, in groups, each with its words for many and for one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its id (a kind of part or a table), group and words."""

    id: str
    group: str
    many: str  # the title
    one: str
    hint: str = "words of the name …"
    counted: str = ""  # after a number: "28 storage products"; else the title

    def __post_init__(self) -> None:
        object.__setattr__(self, "counted", self.counted or inside(self.many))


PARTS, MACHINES = "PC parts", "Computers and chips"
MODELS, CLOUD, SITE = "Models and measurements", "Cloud", "Power and support"


def inside(name: str) -> str:
    """Return a title as it stands inside a sentence: "graphics cards", but "GPU models"."""
    return name if name[:2].isupper() else name[:1].lower() + name[1:]


def _cloud(kind_id: str, many: str, one: str, counted: str) -> Kind:
    return Kind(kind_id, CLOUD, many, one, counted=counted)


KINDS: dict[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind("gpu", PARTS, "GPU models", "GPU model", "4090, h100, rx 7900 …"),
        Kind("gpu_card", PARTS, "Graphics cards", "graphics card", "asus 4090, 5070ti, founders …"),
        Kind("cpu", PARTS, "Processors", "processor", "ryzen 9, 14900k, epyc …"),
        Kind("motherboard", PARTS, "Motherboards", "motherboard", "x670e, wrx90, proart …"),
        Kind("ram", PARTS, "Memory kits", "memory kit", "64gb 6000, 2x32, ecc …"),
        Kind("storage", PARTS, "Drives", "drive", "990 pro, 2tb, sn850x …"),
        Kind("psu", PARTS, "Power supplies", "power supply", "1000w gold, corsair …"),
        Kind("case", PARTS, "Cases", "case", "fractal, o11, mesh …"),
        Kind("cooler", PARTS, "CPU coolers", "CPU cooler", "nh-d15, 360 aio …"),
        Kind("system", MACHINES, "Complete computers", "computer", "spark, mac studio …"),
        Kind(
            "accelerator",
            MACHINES,
            "Other accelerators",
            "accelerator",
            "tpu, jetson, hailo …",
            "accelerators",
        ),
        Kind("model", MODELS, "AI models", "AI model", "llama, resnet, sdxl …"),
        Kind("workload", MODELS, "Jobs", "job"),
        Kind(
            "reference_result",
            MODELS,
            "Published measurements",
            "measurement",
            "h100, all_reduce …",
            "measurements",
        ),
        Kind("offer", CLOUD, "Cloud offers", "cloud offer", "h100, aws, azure nd …"),
        Kind("dedicated", CLOUD, "Dedicated servers", "dedicated server"),
        _cloud("committed", "Cloud commitments", "commitment", "commitments"),
        _cloud("cloud_price_history", "Earlier cloud prices", "earlier price", "earlier prices"),
        _cloud(
            "spot_interruption", "Spot interruptions", "interruption rate", "interruption rates"
        ),
        _cloud("storage_price", "Cloud storage", "storage product", "storage products"),
        _cloud("egress", "Data sent out of a cloud", "transfer price step", "transfer price steps"),
        Kind("free_tier", CLOUD, "Free services", "free service"),
        Kind("electricity", SITE, "Electricity prices", "electricity price"),
        Kind("carbon", SITE, "Power grids", "grid", counted="grids"),
        Kind(
            "support_date",
            SITE,
            "Driver and software support",
            "support entry",
            counted="support entries",
        ),
        Kind("roadmap", SITE, "Roadmaps", "roadmap entry", counted="roadmap entries"),
    )
}


def kind_words(kind_id: str) -> Kind:
    """Return a kind's words; a table this version does not know shows under its own name."""
    name = kind_id.replace("_", " ").capitalize()
    return KINDS.get(kind_id) or Kind(kind_id, SITE, name, "row")
