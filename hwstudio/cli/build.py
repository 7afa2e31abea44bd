"""`hwstudio build`: plan the best computer for a job; check and power are added beside it."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from hwstudio.cli import build_check, build_power
from hwstudio.cli.build_wishes import (
    add_wishes,
    build_document,
    plan_document,
    print_plan,
    print_wishes,
    wishes_of,
)
from hwstudio.cli.number import number
from hwstudio.cli.output import Output, common
from hwstudio.core.base.clock import today
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.base.units import GIB, significant, watts
from hwstudio.core.catalog.reader import Catalog
from hwstudio.core.model.build import Line, pieces_at_hand
from hwstudio.core.model.finding import Severity
from hwstudio.core.model.part import PartKind
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.model.price import Price
from hwstudio.core.model.wishes import Exchange
from hwstudio.core.optimize.certify import Proof, prove
from hwstudio.core.optimize.limits import KINDS_BOUGHT
from hwstudio.core.optimize.planner import Planner
from hwstudio.core.optimize.request import (
    ANY_COUNT,
    LARGEST_GPU_COUNT,
    Objective,
    Request,
    parse_budget,
)
from hwstudio.core.optimize.robust import Robust, robust
from hwstudio.core.optimize.solve import PlannedBuild, Solution, solve
from hwstudio.core.optimize.stock import Stock
from hwstudio.core.project.answer_words import guess_words
from hwstudio.core.project.assemble import exchanged
from hwstudio.core.project.jobs import find_job

EXAMPLE = "Example: hwstudio build plan --budget 3000 --workload llm_qlora_8b --json"


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the noun ``build`` with its verbs."""
    noun = commands.add_parser("build", help="plan a computer, check one, size its power supply")
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    _add_plan(verbs)
    build_check.add(verbs)
    build_power.add(verbs)


def _add_plan(verbs: argparse._SubParsersAction[Any]) -> None:
    words = "the best computer for a job inside a budget"
    plan = verbs.add_parser(
        "plan",
        help=words,
        description=f"Find {words}, proven best over the parts in the catalogue.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plan.add_argument("--budget", required=True, metavar="N", help="the most it may cost")
    plan.add_argument("--currency", default="USD", metavar="C", help="of the budget (USD)")
    plan.add_argument(
        "--workload",
        required=True,
        metavar="ID",
        help="the job, e.g. llm_qlora_8b",
    )
    plan.add_argument(
        "--objective",
        choices=[o.value for o in Objective],
        default=Objective.TIME.value,
        help="time: fastest; cost: cheapest that does the job; energy: least energy a job; "
        "ownership: least purchase - resale + electricity over the years, for the same work",
    )
    plan.add_argument("--min-vram-gb", type=_amount, default=0.0, metavar="N", help="per GPU, GiB")
    plan.add_argument("--gpus", type=_count, metavar="N", help="exactly so many GPUs (else 1 to 4)")
    plan.add_argument(
        "--max-power-w", type=_amount, metavar="N", help="sustained load of the parts"
    )
    plan.add_argument(
        "--power-limit-w", type=_amount, metavar="N", help="set on every GPU (none as delivered)"
    )
    plan.add_argument(
        "--usd-rate", type=number, metavar="N", help="what one dollar buys of that currency"
    )
    plan.add_argument("--maker", action="append", default=[], metavar="NAME", help="GPU maker")
    plan.add_argument("--pin", action="append", default=[], metavar="ID", help="use this part")
    plan.add_argument(
        "--exclude", action="append", default=[], metavar="ID", help="never this part"
    )
    add_wishes(plan)
    plan.add_argument("--mains", default="120V15A", metavar="M", help="wall circuit (120V15A)")
    plan.add_argument("--allow-unknown", action="store_true", help="allow parts with missing facts")
    plan.add_argument(
        "--prove",
        action="store_true",
        help="have a second, independent solver (HiGHS) prove the answer; takes seconds",
    )
    common(plan)
    plan.set_defaults(run=run_plan)


def _amount(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of 0 or more")
    return value


def _count(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= LARGEST_GPU_COUNT:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 1 to {LARGEST_GPU_COUNT}")
    return int(text)


def request_of(args: argparse.Namespace, out: Output) -> Request:
    """Return the checked request behind the options.

    Raises:
        UserError: an impossible budget, an unknown workload, part id or currency.
    """
    budget = parse_budget(args.budget, args.currency)
    catalog = out.studio.catalog
    for part_id in (*args.pin, *args.exclude):
        catalog.part(part_id)
    workload = find_job(catalog, args.workload)
    return Request(
        budget=budget,
        currency=args.currency.upper(),
        workload=workload,
        objective=Objective(args.objective),
        gpu_counts=(args.gpus,) if args.gpus else ANY_COUNT,
        min_vram_bytes=round(args.min_vram_gb * GIB),
        max_power_w=args.max_power_w,
        gpu_makers=_makers(args.maker, catalog),
        pinned=frozenset(args.pin),
        excluded=frozenset(args.exclude),
        mains=args.mains,
        allow_unknown=args.allow_unknown,
        power_limit_w=args.power_limit_w or None,
        predictor=out.studio.predictors.now(),
        **wishes_of(args, out, workload),
    )


def _makers(asked: list[str], catalog: Catalog) -> tuple[str, ...]:
    """Return makers as the catalogue writes them.

    Raises:
        UserError: a maker no card in the catalogue has.
    """
    known = {card.gpu.maker.lower(): card.gpu.maker for card in catalog.cards()}
    for name in asked:
        if name.strip().lower() not in known:
            listed = ", ".join(sorted(known.values()))
            raise UserError(f"No GPU maker is called {name}", "", f"Give one of: {listed}")
    return tuple(known[name.strip().lower()] for name in asked)


def stock_of(out: Output, currency: str, exchange: Exchange | None = None) -> Stock:
    """Return all parts one can buy.

    Raises:
        UserError: nothing in the catalogue has a price in this currency.
    """
    groups = [
        [exchanged(part, currency, exchange) for part in out.studio.catalog.parts(PartKind(kind))]
        for kind in KINDS_BOUGHT
    ]
    known = {part.price.currency for group in groups for part in group if part.price}
    if currency not in known:
        raise UserError(
            f"No part has a price in {currency}",
            "hwstudio looks up no rate of exchange",
            f"Give the budget in {' or '.join(sorted(known)) or 'USD'}, or --usd-rate with what "
            f"one dollar buys of {currency}",
        )
    return Stock.from_parts(*groups)


def run_plan(args: argparse.Namespace, out: Output) -> int:
    """Print the plan; 1 when no build meets the request."""
    request = request_of(args, out)
    rate = args.usd_rate
    exchange = Exchange(rate, today().isoformat()) if rate else None
    stock = stock_of(out, request.currency, exchange)
    solution = solve(request, stock)
    proof = prove(request, stock, solution) if args.prove else None
    extra = plan_document(args, request, stock, solution)
    answers = tuple(Planner(request, stock).ranked()) if solution.builds else ()
    firm = robust(request, answers, today())
    if out.is_json:
        extra |= {"proof": proof_document(proof)} if proof else {}
        document = document_of(solution) | {"robust": robust_document(firm)} | extra
        for shown, planned in zip(document["builds"], solution.builds, strict=True):
            shown |= build_document(args, out, request, planned)
        out.document(document)
    else:
        _print(solution, request, out, args)
        print_plan(out, extra)
        if firm:
            _print_firm(firm, out)
        if proof:
            out.line(proof_words(proof))
    return 0 if solution.builds else 1


def document_of(solution: Solution) -> dict[str, Any]:
    """Return the contract's JSON document."""
    return {
        "status": solution.status,
        "gap": solution.gap,
        "seconds": round(solution.seconds, 3),
        "builds": [_build_document(planned) for planned in solution.builds],
        "binding": (*solution.binding, *solution.surer),
        "why_not": solution.why_not,
        "contradiction": list(solution.blame.wishes) if solution.blame else [],
    }


def robust_document(firm: Robust | None) -> dict[str, Any] | None:
    """Return how firm the best build is; null where there is none."""
    if firm is None:
        return None
    flips = [asdict(flip) | {"words": flip.words} for flip in firm.flips]
    return asdict(firm) | {"flips": flips, "sentence": firm.sentence}


def _print_firm(firm: Robust, out: Output) -> None:
    out.line(f"\n{firm.sentence}.")
    for flip in firm.flips:
        out.line(f"{flip.words}.")


def proof_document(proof: Proof) -> dict[str, Any]:
    """Return what the second solver said; ``agrees`` null: it came to no end."""
    return asdict(proof) | {"seconds": round(proof.seconds, 3)}


def proof_words(proof: Proof) -> str:
    """Return what the second solver said in a sentence."""
    if proof.agrees:
        return f"{proof.solver} proved the same answer independently, in {proof.seconds:.2f} s."
    return f"{proof.solver}: {proof.words} ({proof.seconds:.2f} s)."


def _build_document(planned: PlannedBuild) -> dict[str, Any]:
    total = planned.total
    return {
        "parts": [_line_document(line) for line in planned.build.lines()],
        "total": total.amount,
        "total_low": total.low,
        "total_high": total.high,
        "currency": total.currency,
        "oldest_price": total.oldest_as_of,
        "power": planned.power,
        "findings": planned.findings,
        "prediction": planned.prediction,
        "memory": planned.memory,
    }


def _line_document(line: Line) -> dict[str, Any]:
    part = line.part
    return {
        "kind": part.kind,
        "id": part.id,
        "name": part.name,
        "quantity": line.quantity,
        "price": asdict(part.price) if part.price else None,
    }


def _dated(price: Price | None) -> str:
    if price is None:
        return ""
    return f"{price.as_of}, stale" if price.is_stale(today()) else price.as_of


def _price_words(line: Line, request: Request) -> str:
    """Return the price of a line without tax, or what is at hand of it."""
    at_hand = pieces_at_hand(line.part, request.owned)
    bought = max(0, line.quantity - at_hand)
    if not bought:
        return "owned"
    if line.part.price is None:
        return "no price"
    price = money(line.part.price.amount * bought, request.currency)
    return f"{price} ({at_hand} owned)" if at_hand else price


def _print(solution: Solution, request: Request, out: Output, args: argparse.Namespace) -> None:
    if not solution.builds:
        out.line(f"No build found. {solution.why_not}.")
        if solution.blame is not None and solution.blame.is_news:
            out.line(f"{solution.blame.words}.")
        return
    best = solution.builds[0]
    rows = [
        [
            str(line.quantity),
            line.part.kind.value.replace("_", " "),
            line.part.name,
            _price_words(line, request),
            _dated(line.part.price),
        ]
        for line in best.build.lines()
    ]
    out.table(["", "part", "name", "price", "as of"], rows, right=(0, 3))
    total, power = best.total, best.power
    spread = f"{money(total.low, total.currency)} to {money(total.high, total.currency)}"
    out.line(f"\nTotal {money(total.amount, total.currency)} ({spread})")
    out.line(
        f"Power {watts(power.sustained_w)} sustained; needs a power supply of "
        f"{watts(power.recommended_psu_w)}"
    )
    print_wishes(args, out, request, best)
    out.line(f"Expected {speed_words(best.prediction)}, estimated")
    if guess := guess_words(best, request.workload):
        out.line(guess)
    for finding in best.findings:
        if finding.severity is not Severity.INFO:
            out.line(f"{finding.severity.value} {finding.rule}: {finding.text}")
    proof = "proven best" if solution.status == "optimal" else "best found"
    out.line(f"\n{proof}, in {solution.seconds:.2f} s")
    for words in (*solution.binding, *solution.surer):
        out.line(f"{words}.")
    _print_others(solution, out)


def _print_others(solution: Solution, out: Output) -> None:
    if len(solution.builds) < 2:
        return
    out.line("\nOther builds")
    out.table(
        ["", "GPU", "total", "expected speed"],
        [
            [
                str(other.build.card_count),
                other.build.card.gpu.name if other.build.card else "",
                money(other.total.amount, other.total.currency),
                speed_words(other.prediction),
            ]
            for other in solution.builds[1:]
        ],
        right=(0, 2),
    )


def speed_words(speed: Prediction) -> str:
    """Return "about 120 (80 to 180) images/s"."""
    if speed.median is None or speed.low is None or speed.high is None:
        return speed.refused
    low, high = significant(speed.low, 2), significant(speed.high, 2)
    return f"about {significant(speed.median, 2)} ({low} to {high}) {speed.unit}"
