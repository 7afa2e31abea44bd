"""`hwstudio build power`: what a GPU and CPU draw, and the power supply and socket they need."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, TypeVar

from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import percent, watts
from hwstudio.core.catalog.find.search import Query
from hwstudio.core.catalog.match import cpu_tokens, stated_form, stated_memory, tokens
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.build import Build
from hwstudio.core.model.finding import Finding, Severity
from hwstudio.core.model.part import Cpu, Gpu, GpuCard, Part, PartKind, Psu
from hwstudio.core.power.answer import PowerAnswer, power_answer
from hwstudio.core.power.mains import USUAL
from hwstudio.core.rules.facts import blank, card_of

P = TypeVar("P", bound=Part)
EXAMPLE = (
    'Example: hwstudio build power --gpu "RTX 3090" --count 4 --cpu "Threadripper 3970X" '
    "--power-limit-w 300 --mains 120V20A"
)
MOST_CARDS = 64
# Near names shown, and how alike a misspelt model must be (1 = the same).
MOST_NEAR, LEAST_ALIKE = 5, 0.75
CLASSES = ("White", "Bronze", "Silver", "Gold", "Platinum", "Titanium")


def add(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb ``power``."""
    words = "watts, power supply and wall socket for a GPU and a CPU"
    verb = verbs.add_parser(
        "power",
        help=words,
        description=f"Work out {words}: sustained, for a millisecond, the maker's minimum, wall.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verb.add_argument("--gpu", required=True, metavar="NAME", help='such as "RTX 4090", or an id')
    verb.add_argument("--count", type=_count, default=1, metavar="N", help="how many cards (1)")
    verb.add_argument("--cpu", metavar="NAME", help='such as "Ryzen 9 7950X"; estimated without')
    verb.add_argument("--power-limit-w", type=_watts, metavar="W", help="limit set on each card")
    verb.add_argument(
        "--mains", default=USUAL[0], metavar="SOCKET", help=f"{', '.join(USUAL)} or your own"
    )
    verb.add_argument("--psu-w", type=_watts, metavar="W", help="judge a power supply you have")
    verb.add_argument("--psu-class", choices=CLASSES, help="its 80 PLUS class (Gold is assumed)")
    common(verb)
    verb.set_defaults(run=run)


def _count(text: str) -> int:
    try:
        count = int(text)
    except ValueError:
        count = 0
    if not 1 <= count <= MOST_CARDS:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of cards (1 to {MOST_CARDS})")
    return count


def _watts(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 1 <= value <= 100_000:
        raise argparse.ArgumentTypeError(f"'{text}' is no number of watts")
    return value


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Answer; 1 when the power supply or the socket cannot do it."""
    catalog = out.studio.catalog
    psu = _psu(arguments)
    build = Build(
        card=find_card(catalog, arguments.gpu),
        card_count=arguments.count,
        cpu=find_cpu(catalog, arguments.cpu) if arguments.cpu else None,
        psu=psu,
    )
    answer = power_answer(build, power_limit_w=arguments.power_limit_w, mains=arguments.mains)
    if out.is_json:
        out.document(document(answer))
    else:
        show(answer, out)
    return int(any(finding.severity is Severity.ERROR for finding in answer.findings))


def _psu(arguments: argparse.Namespace) -> Psu | None:
    if arguments.psu_w is None and arguments.psu_class is None:
        return None
    if arguments.psu_w is None:
        raise UserError("--psu-class says nothing alone", "its watts are missing", "Add --psu-w")
    return blank(Psu, rated_w=arguments.psu_w, efficiency=arguments.psu_class)


def find_card(catalog: Catalog, name: str) -> GpuCard:
    """Return the card an id or a GPU's name means.

    Raises:
        UserError: none, or more than one; near names are given.
    """
    card = next((card for card in catalog.cards() if card.id == name), None)
    if card is not None:
        return card
    exact = name.strip().lower()
    gpu = next((g for g in catalog.gpus() if exact in (g.id, g.name.lower())), None)
    gpu = (
        gpu
        or catalog.match_gpu(name)
        or _one(catalog, name, PartKind.GPU, _meant_gpus(catalog.gpus(), name))
    )
    if not gpu.form_factor.upper().startswith("PCIE"):
        raise UserError(
            f"{gpu.name} is an {gpu.form_factor} module",
            "it is no card and sits in a server made for it",
            "Name the PCIe version, or look under `hwstudio cloud offers`",
        )
    return card_of(gpu)


def find_cpu(catalog: Catalog, name: str) -> Cpu:
    """Return the processor an id or a name means; see ``find_card``."""
    found = next((cpu for cpu in catalog.cpus() if cpu.id == name), None)
    found = found or catalog.match_cpu(name)
    if found is not None:
        return found
    meant = _meant(catalog.cpus(), frozenset(cpu_tokens(name)), cpu_tokens)
    return _one(catalog, name, PartKind.CPU, meant)


def _meant_gpus(gpus: tuple[Gpu, ...], name: str) -> list[Gpu]:
    """Return the GPUs a name can mean: variants that differ in memory or form stay several."""
    found = _meant(gpus, frozenset(tokens(name)), tokens)
    memory, form = stated_memory(name), stated_form(name)
    of_size = [gpu for gpu in found if gpu.vram_bytes == (memory or 0) * 2**30]
    found = of_size if memory else found
    return [gpu for gpu in found if gpu.form_factor == form] or found


def _one(catalog: Catalog, name: str, kind: PartKind, found: list[P]) -> P:
    """Return the one part that is meant.

    Raises:
        UserError: it is none or several; they, or near ones, are named.
    """
    if len(found) == 1:
        return found[0]
    if not found:
        raise _unknown(catalog, name, kind)
    several = ", ".join(_told_apart(part) for part in found)
    raise UserError(f"'{name}' may be several", several, "Say which, with its memory or its id")


def _meant(
    parts: tuple[P, ...], wanted: frozenset[str], words_of: Callable[[str], tuple[str, ...]]
) -> list[P]:
    """Return the parts with all the words and the fewest others.

    A number among the words is a must, else "Ryzen" would mean something.
    """
    if not any(any(letter.isdigit() for letter in word) for word in wanted):
        return []
    beyond = [
        (len(has - wanted), part) for part in parts if wanted <= (has := set(words_of(part.name)))
    ]
    fewest = min((extra for extra, _ in beyond), default=0)
    return [part for extra, part in beyond if extra == fewest]


def _unknown(catalog: Catalog, name: str, kind: PartKind) -> UserError:
    near = catalog.search(kind, Query(text=name, limit=MOST_NEAR))
    near = near or _alike(catalog.parts(kind), name, tokens if kind is PartKind.GPU else cpu_tokens)
    shown = ", ".join(_told_apart(part) for part in near)
    hint = f"Did you mean {shown}" if near else f"See `hwstudio catalog search {kind.value}`"
    what = "GPU" if kind is PartKind.GPU else "processor"
    return UserError(f"There is no {what} '{name}' in the catalogue", "", hint)


def _alike(
    parts: tuple[Part, ...], name: str, words_of: Callable[[str], tuple[str, ...]]
) -> tuple[Part, ...]:
    """Return the parts whose model is written most like the name: "4900" is near "4090"."""
    by_model: dict[str, Part] = {}
    for part in parts:
        by_model.setdefault(" ".join(words_of(part.name)), part)
    wanted = " ".join(words_of(name))
    near = get_close_matches(wanted, by_model, MOST_NEAR, LEAST_ALIKE)
    return tuple(by_model[model] for model in near)


def _told_apart(part: Any) -> str:
    if not isinstance(part, Gpu) or stated_memory(part.name):
        return str(part.name)
    return f"{part.name} ({part.vram_bytes // 2**30} GB)"


def finding_document(finding: Finding) -> dict[str, Any]:
    """Return a finding as the command line prints it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "text": finding.text,
        "advice": finding.advice,
        "parts": list(finding.parts),
        "source": finding.source,
    }


def document(answer: PowerAnswer) -> dict[str, Any]:
    """Return the answer as JSON has it."""
    minimum, limit = answer.vendor_minimum_w, answer.wall_limit_w
    adjusted = answer.adjusted_minimum_w
    return {
        "sustained_w": round(answer.sustained_w, 1),
        "excursion_w": round(answer.excursion_w, 1),
        "vendor_minimum_w": None if minimum is None else round(minimum, 1),
        "adjusted_minimum_w": None if adjusted is None else round(adjusted, 1),
        "adjusted_minimum_explained": answer.minimum_words,
        "wall_w": round(answer.wall_w, 1),
        "wall_a": round(answer.wall_a, 2),
        "wall_limit_w": None if limit is None else round(limit, 1),
        "psu_w": answer.recommended_psu_w,
        "psu_count": answer.recommended_psu_count,
        "ups_w": round(answer.ups.power_w),
        "ups_va": round(answer.ups.apparent_va),
        "peaks": [
            {
                "duration_ms": peak.duration_ms,
                "power_w": round(peak.power_w, 1),
                "atx3_share": peak.atx3_share,
                "least_atx3_psu_w": round(peak.least_atx3_w, 1),
            }
            for peak in answer.peaks
        ],
        "btu_per_h": round(answer.btu_per_h),
        "efficiency": round(answer.efficiency, 4),
        "efficiency_class": answer.efficiency_class,
        "mains": answer.mains,
        "items": [
            {
                "label": item.label,
                "count": item.count,
                "each_w": item.each_w,
                "source": item.source,
                "is_estimate": item.is_estimate,
            }
            for item in answer.items
        ],
        "findings": [finding_document(finding) for finding in answer.findings],
    }


def show(answer: PowerAnswer, out: Output) -> None:
    """Print the sum and the four numbers for people."""
    rows = [
        (item.label, str(item.count), watts(item.each_w), watts(item.total_w), item.source)
        for item in answer.items
    ]
    out.table(("What draws", "Count", "Each", "Together", "From"), rows, right=(1, 2, 3))
    limit = "not known" if answer.wall_limit_w is None else watts(answer.wall_limit_w)
    units = f" ({answer.recommended_psu_count} units)" if answer.recommended_psu_count > 1 else ""
    out.line()
    out.line(f"For hours            {watts(answer.sustained_w)}")
    for peak in answer.peaks:
        name = "a millisecond" if peak.duration_ms == 1 else f"{peak.duration_ms:g} milliseconds"
        least = watts(peak.least_atx3_w)
        out.line(f"For {name:17}{watts(peak.power_w)}, which an ATX 3 unit of {least} stands")
    out.line(f"Card maker's minimum {_minimum(answer)}")
    out.line(
        f"From the wall        {watts(answer.wall_w)}, {answer.wall_a:.1f} A at {answer.mains} "
        f"(for hours: {limit}); {percent(answer.efficiency, 1)} efficient, "
        f"{answer.efficiency_class}"
    )
    out.line(f"Heat                 {answer.btu_per_h:,.0f} BTU/h")
    ups = answer.ups
    out.line(f"UPS                  {watts(ups.power_w)} and {ups.apparent_va:,.0f} VA or more")
    out.line(f"Power supply         {watts(answer.recommended_psu_w)} or more{units}")
    show_findings(answer.findings, out)


def _minimum(answer: PowerAnswer) -> str:
    stated, adjusted = answer.vendor_minimum_w, answer.adjusted_minimum_w
    if stated is None or adjusted is None:
        return "not known"
    if adjusted == stated:
        return watts(stated)
    counted = f"with this build we count {watts(adjusted)}: {answer.minimum_words}"
    return f"{watts(stated)}; {counted}"


def show_findings(findings: tuple[Finding, ...], out: Output) -> None:
    """Print findings for people, worst first."""
    for finding in findings:
        advice = f" {finding.advice}" if finding.advice else ""
        out.line(f"{finding.severity.value:8}{finding.rule}  {finding.text}{advice}")
