"""The sentences of the Configure tab; figures go in, plain words come out."""

from __future__ import annotations

from decimal import Decimal

from hwstudio.core.base.money import money
from hwstudio.core.base.units import duration, rough, significant
from hwstudio.core.model.build import Build, Total
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import GpuCard, Part, PartKind
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.price import Price, PriceKind
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.project.answer_words import held_words

KIND_TITLE = {
    PartKind.GPU_CARD: "Graphics card",
    PartKind.CPU: "Processor",
    PartKind.COOLER: "CPU cooler",
    PartKind.MOTHERBOARD: "Motherboard",
    PartKind.RAM: "Memory kit",
    PartKind.STORAGE: "Drive",
    PartKind.PSU: "Power supply",
    PartKind.CASE: "Case",
}
KIND_ICON = {
    PartKind.GPU_CARD: "gpu",
    PartKind.CPU: "cpu",
    PartKind.COOLER: "cooler",
    PartKind.MOTHERBOARD: "motherboard",
    PartKind.RAM: "memory",
    PartKind.STORAGE: "disk",
    PartKind.PSU: "psu",
    PartKind.CASE: "case",
}
PRICE_WORD = {
    PriceKind.OWN: "yours",
    PriceKind.QUOTE: "quoted",
    PriceKind.LIST: "list price",
    PriceKind.USED: "second hand",
    PriceKind.ESTIMATE: "estimated",
}
OBJECTIVES = (
    ("time", "Fastest"),
    ("cost", "Cheapest"),
    ("energy", "Least energy"),
)
MINUS = "\N{MINUS SIGN}"
REMEMBERED_S = 0.05  # no search is so quick: the answer was looked up in the frontier
_DOES = {
    Mode.TRAIN: ("trains {}", "train {}"),
    Mode.FINETUNE: ("fine-tunes all weights of {}", "fine-tune all weights of {}"),
    Mode.LORA: ("fine-tunes {} with LoRA", "fine-tune {} with LoRA"),
    Mode.QLORA: ("fine-tunes {} with QLoRA", "fine-tune {} with QLoRA"),
    Mode.INFERENCE: ("runs {}", "run {}"),
    Mode.GENERATE: ("makes images with {}", "make images with {}"),
}


def ended(text: str) -> str:
    """Return a sentence with its full stop."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def gib_plain(size_bytes: float) -> str:
    """Return GiB without decimals where there are none: ``24 GiB``."""
    value = size_bytes / 2**30
    return f"{value:,.0f} GiB" if abs(value - round(value)) < 0.05 else f"{value:,.1f} GiB"


def gpu_words(card: GpuCard, count: int) -> str:
    """Return ``2x NVIDIA GeForce RTX 4090``."""
    return f"{count}x {card.gpu.maker} {card.gpu.name}"


def job_words(workload: Workload, count: int) -> str:
    """Return ``trains ResNet-50`` for one GPU, ``train ...`` for several."""
    model = workload.model_name.partition(" (")[0]
    return _DOES[workload.mode][0 if count == 1 else 1].format(model)


def speed_range(speed: Prediction) -> str:
    """Return ``1,200 to 2,100 images/s``, or "" when there is no estimate."""
    if speed.low is None or speed.high is None:
        return ""
    return f"{rough(speed.low)} to {rough(speed.high)} {speed.unit}"


def lead(budget: str, build: Build, workload: Workload, speed: Prediction) -> str:
    """Return the first half of the answer: what it is and what it does."""
    if build.card is None or not build.card_count:
        return f"{budget}: a computer without a graphics card; {speed.refused or 'no estimate'}"
    memory = f" with {gib_plain(build.card.vram_bytes)}"
    memory += " each" if build.card_count > 1 else ""
    held = held_words(build)
    memory += f", {held}," if held else ""
    start = f"{budget}: {gpu_words(build.card, build.card_count)}{memory}"
    start += f" {job_words(workload, build.card_count)}"
    if speed.refused or not speed_range(speed):
        return f"{start}; its speed is not known ({speed.refused or 'no estimate'})"
    return f"{start} at about {speed_range(speed)} ({speed.evidence.value})"


def proof(status: str, gap: float | None, seconds: float) -> str:
    """Return how sure it is that nothing better exists; no time where it was known before."""
    took = duration(seconds)
    if status == "optimal":
        return f"proven best in {took}" if seconds >= REMEMBERED_S else "proven best"
    if gap is None:
        return f"the best found in {took}"
    return f"at most {significant(gap * 100, 2)} % from the best possible, after {took}"


def price_note(total: Total, budget: Decimal, tax_pct: Decimal = Decimal(0)) -> str:
    """Return what is wrong with the total, if anything is, else its band; and what is in it."""
    tax = f"with {tax_pct.normalize():f}\u00a0%\u00a0tax" if tax_pct else ""
    count = len(total.owned)
    owned = f"without what you have ({count} part{'' if count == 1 else 's'})" if count else ""
    return ", ".join(filter(None, (_price_band(total, budget), tax, owned)))


def _price_band(total: Total, budget: Decimal) -> str:
    if total.amount > budget:
        over = money(total.amount - budget, total.currency, decimals=0)
        return f"{over} over the budget"
    if total.unpriced:
        return f"and {len(total.unpriced)} without a price"
    if total.low == total.high:
        return as_of_note(total)
    return f"likely {money(total.low, total.currency)} to {money(total.high, total.currency)}"


def as_of_note(total: Total) -> str:
    """Return since when the prices are known."""
    return f"prices from {total.oldest_as_of} on" if total.oldest_as_of else "no prices known"


def price_range(price: Price | None, quantity: int) -> str:
    """Return ``$120 to $180``, or "" for an exact price."""
    if price is None or price.low == price.high or not quantity:
        return ""
    low, high = price.low * quantity, price.high * quantity
    return f"{money(low, price.currency, decimals=0)} to " + money(high, price.currency, decimals=0)


def difference(amount: Decimal | None, currency: str) -> str:
    """Return ``+$120``, ``-$40``, ``same``."""
    if amount is None:
        return "–"
    if abs(amount) < 1:
        return "same"
    return f"{'+' if amount > 0 else MINUS}{money(abs(amount), currency, decimals=0)}"


def share(value: float | None) -> str:
    """Return ``+12 %``, ``-5 %``, ``same``."""
    if value is None:
        return "–"
    if abs(value) < 0.005:
        return "same"
    return f"{'+' if value > 0 else MINUS}{abs(value) * 100:.0f} %"


def short_name(part: Part) -> str:
    """Return a part's name; a card also says its chip where the name does not."""
    if isinstance(part, GpuCard) and part.gpu.name.lower() not in part.name.lower():
        return f"{part.name} ({part.gpu.name})"
    return part.name


def findings_words(findings: tuple[Finding, ...]) -> tuple[str, str]:
    """Return the chip of the checks: its kind and its words."""
    counts = {s: sum(f.severity is s for f in findings) for s in Severity}
    for severity, kind, one, many in (
        (Severity.ERROR, "error", "problem", "problems"),
        (Severity.WARNING, "warn", "warning", "warnings"),
        (Severity.UNKNOWN, "unknown", "fact unknown", "facts unknown"),
    ):
        if counts[severity]:
            return kind, f"{counts[severity]} {one if counts[severity] == 1 else many}"
    return "ok", "All checks passed"
