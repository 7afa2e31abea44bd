"""`hwstudio cloud compare`: options side by side, and the odds that owning pays back."""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.cloud_data import bill_json, data_of, data_options, wanted_json
from hwstudio.cli.number import filled, number, rounded
from hwstudio.cli.output import Output
from hwstudio.core.assess.option import HYBRID, Option
from hwstudio.core.assess.own_machine import OwnMachine, own_build, own_gpu, own_machine, with_own
from hwstudio.core.assess.own_or_rent import Comparison, Question, Shapes, compare
from hwstudio.core.base import clock
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.money import money
from hwstudio.core.base.units import HOURS_PER_MONTH, duration
from hwstudio.core.catalog.cloud_tables import grids_of
from hwstudio.core.cloud.age import is_stale
from hwstudio.core.cloud.filter import OfferFilter, filter_offers
from hwstudio.core.cost.assumption import (
    HYBRID_RENTED_SHARE,
    LIFE_YEARS,
    SPOT_CHECKPOINT_S,
    SPOT_MTBI_HOURS,
)
from hwstudio.core.cost.odds import Swing
from hwstudio.core.cost.options import KIND_WORDS, Rental
from hwstudio.core.cost.spot_terms import SpotTerms
from hwstudio.core.model.part import Gpu, GpuCard
from hwstudio.core.model.prediction import Prediction
from hwstudio.core.optimize.slots import lanes_of

if TYPE_CHECKING:
    from hwstudio.core.catalog.reader import Catalog
    from hwstudio.core.model.workload import Workload

_SUGGESTED = 5
_MOST_MONTHS = 240  # beyond this a number would claim to know


def compare_options(verb: argparse.ArgumentParser, *, is_required: bool = True) -> None:
    """Add what ``cloud compare`` reads."""
    verb.add_argument(
        "--workload", required=is_required, type=filled, metavar="ID", help="e.g. llm_qlora_8b"
    )
    hours = "busy hours at home"
    verb.add_argument(
        "--hours-per-month", required=is_required, type=number, metavar="H", help=hours
    )
    own = verb.add_mutually_exclusive_group()
    own.add_argument("--build", type=_file, metavar="FILE.hws", help="a saved project")
    words = "a GPU of the catalogue (default: this PC)"
    own.add_argument("--device", type=filled, metavar="ID", help=words)
    verb.add_argument("--price", type=number, metavar="N", help="what the own hardware costs, USD")
    verb.add_argument("--power-w", type=number, metavar="N", help="watts at the wall under load")
    verb.add_argument("--kwh-price", type=number, metavar="N", help="USD per kWh (default: yours)")
    verb.add_argument("--life-years", type=number, metavar="N", help=f"default {LIFE_YEARS:g}")
    verb.add_argument("--resale-share", type=number, metavar="S", help="0 to 1, at the end")
    share = f"0 to 1 of the work, in the hybrid (default {HYBRID_RENTED_SHARE:g})"
    verb.add_argument("--rented-share", type=number, metavar="S", help=share)
    every = f"hours between interruptions of spot machines (default {SPOT_MTBI_HOURS:g})"
    verb.add_argument("--interrupted-every-h", type=number, metavar="H", help=every)
    save = f"seconds to save a checkpoint (default {SPOT_CHECKPOINT_S:g})"
    verb.add_argument("--checkpoint-s", type=number, metavar="S", help=save)
    verb.add_argument("--grid-g-per-kwh", type=number, metavar="N", help="CO2e of your electricity")
    data_options(verb)


def run_compare(args: argparse.Namespace, out: Output) -> int:
    """Print the comparison."""
    question, answer, workload = answered(args, out)
    if out.is_json:
        out.document(_document(question, answer, workload.id))
    else:
        _say(question, answer, out)
    return 0


def compared(args: argparse.Namespace, out: Output) -> tuple[Question, Comparison]:
    """Return what was asked and the answer, with the prices in use now."""
    question, answer, _ = answered(args, out)
    return question, answer


def answered(args: argparse.Namespace, out: Output) -> tuple[Question, Comparison, Workload]:
    """Return the question the options make, its answer by the prices in use now, and the job."""
    catalog = out.studio.catalog
    workload = catalog.workload(args.workload)
    own = with_own(_own(args, out), _float(args.price), _float(args.power_w))
    asked = _question(args, own, out.studio.settings.electricity_per_kwh)
    question = replace(asked, data=data_of(args, catalog))
    offers = filter_offers(catalog.offers(), OfferFilter(), clock.today())
    shapes = Shapes(workload, catalog.gpus(), out.studio.predictors.now())
    grids = grids_of(catalog.table("carbon"))
    return question, compare(question, shapes, offers, grids), workload


def _file(text: str) -> Path:
    return Path(filled(text))


def _float(value: Any) -> float | None:
    return None if value is None else float(value)


def _question(args: argparse.Namespace, own: OwnMachine, tariff: float) -> Question:
    hours = float(args.hours_per_month)
    if not 0 <= hours <= HOURS_PER_MONTH:
        raise UserError(
            f"--hours-per-month must lie between 0 and {HOURS_PER_MONTH:.0f}", f"got {hours:g}"
        )
    share = _float(args.resale_share)
    if share is not None and not 0 <= share <= 1:
        raise UserError("--resale-share must lie between 0 and 1", f"got {share:g}")
    life = LIFE_YEARS if args.life_years is None else float(args.life_years)
    if not 0 < life <= 30:
        raise UserError("--life-years must lie above 0 and not above 30", f"got {life:g}")
    return Question(
        own=own,
        hours_per_month=hours,
        price_per_kwh=tariff if args.kwh_price is None else float(args.kwh_price),
        life_years=life,
        resale_share=share,
        grid_g_per_kwh=_float(args.grid_g_per_kwh),
        rented_share=_share(args.rented_share, HYBRID_RENTED_SHARE),
        terms=SpotTerms(
            mtbi_hours=_above_zero(
                args.interrupted_every_h, "--interrupted-every-h", SPOT_MTBI_HOURS
            ),
            checkpoint_s=_above_zero(args.checkpoint_s, "--checkpoint-s", SPOT_CHECKPOINT_S),
        ),
    )


def _share(value: Any, usual: float) -> float:
    share = usual if value is None else float(value)
    if not 0 <= share <= 1:
        raise UserError("--rented-share must lie between 0 and 1", f"got {share:g}")
    return share


def _above_zero(value: Any, name: str, usual: float) -> float:
    number = usual if value is None else float(value)
    if number <= 0:
        raise UserError(f"{name} must be above zero", f"got {number:g}")
    return number


def _own(args: argparse.Namespace, out: Output) -> OwnMachine:
    catalog = out.studio.catalog
    if args.build is not None:
        from hwstudio.core.project.assemble import build_of
        from hwstudio.core.project.file import load_project

        project = load_project(args.build)
        build = build_of(project, catalog.part).build
        return own_build(build, project.name, lanes_of(build))
    if args.device is not None:
        return own_gpu(_device(args.device, catalog), catalog.cards())
    from hwstudio.core.probe.machine import detect_machine

    return own_machine(detect_machine(catalog.match_gpu), catalog.gpus(), catalog.cards())


def _device(name: str, catalog: Catalog) -> Gpu:
    found = catalog.match_gpu(name)
    if found is not None:
        return found
    try:
        part = catalog.part(name)
    except UserError as error:
        near = _near_gpus(name, catalog.gpus())
        if not near:
            raise
        raise UserError(error.what, "", f"Did you mean {', '.join(near)}") from error
    if isinstance(part, GpuCard):
        return part.gpu
    if isinstance(part, Gpu):
        return part
    raise UserError(f"'{name}' is not a GPU", f"it is a {part.kind.value}", "Name a GPU")


def _near_gpus(name: str, gpus: Sequence[Gpu]) -> list[str]:
    """Return the ids of GPUs whose name holds the same letters and digits, or nearly."""
    ids: defaultdict[str, list[str]] = defaultdict(list)
    for gpu in gpus:
        ids[_compact(gpu.name)].append(gpu.id)
    wanted = _compact(name)
    near = [known for known in ids if wanted and wanted in known]
    near = sorted(near, key=len) or get_close_matches(wanted, ids, n=_SUGGESTED, cutoff=0.7)
    return [found for known in near for found in ids[known]][:_SUGGESTED]


def _compact(name: str) -> str:
    return "".join(filter(str.isalnum, name.casefold()))


# --- out -------------------------------------------------------------------------------------


def _document(question: Question, answer: Comparison, workload: str) -> dict[str, Any]:
    odds, own = answer.odds, question.own
    return {
        "workload": workload,
        "hours_per_month": question.hours_per_month,
        "own": {
            "name": own.name,
            "price": own.price,
            "price_source": own.price_source,
            "price_as_of": own.price_as_of or None,
            "load_w": round(own.load_w, 1),
            "load_source": own.load_source,
            "electricity_per_kwh": question.price_per_kwh,
            "life_years": question.life_years,
            "resale_share": round(question.resale, 4),
        },
        "data": wanted_json(question.data),
        "options": [_option_json(option) for option in answer.options],
        "break_even": {
            "p10_months": odds.p10_months if odds else None,
            "p50_months": odds.p50_months if odds else None,
            "p90_months": odds.p90_months if odds else None,
            "owning_wins_share": odds.owning_wins_share if odds else None,
            "typical_months": rounded(answer.payback.months) if answer.payback else None,
            "never": answer.payback.months is None if answer.payback else None,
            "against": _rental_name(answer.against) if answer.against else None,
            "draws": odds.draws if odds else None,
            "why_none": answer.why_none or None,
        },
        "deciding_input": odds.deciding_input if odds else None,
        "swings": [_swing_json(swing) for swing in odds.swings] if odds else [],
        "currency": "USD",
    }


def _option_json(option: Option) -> dict[str, Any]:
    offer = option.rental.offer if option.rental else None
    return {
        "kind": option.kind,
        "name": option.name,
        "cost_per_month": rounded(option.cost_per_month),
        "cost_per_job": rounded(option.cost_per_job),
        "finish_hours": option.finish_hours,
        "carbon_kg": option.carbon_kg,
        "own_hours_per_month": option.own_hours,
        "rented_hours_per_month": option.rented_hours,
        "speed": _speed_json(option.speed),
        "price_per_hour": option.rental.price_per_hour if option.rental else None,
        "provider": offer.provider if offer else None,
        "instance": offer.instance if offer else None,
        "region": offer.region if offer else None,
        "accelerator": offer.accelerator if offer else None,
        "count": offer.accelerator_count if offer else None,
        "source": offer.source if offer else None,
        "as_of": offer.as_of if offer else None,
        "stale": is_stale(offer.as_of, clock.today()) if offer else None,
        "note": option.note or None,
    } | bill_json(option.data)


def _swing_json(swing: Swing) -> dict[str, Any]:
    return {
        "input": swing.name,
        "low": swing.low,
        "high": swing.high,
        "gain_at_low": swing.gain_at_low,
        "gain_at_high": swing.gain_at_high,
    }


def _speed_json(speed: Prediction) -> dict[str, Any]:
    return {
        "median": speed.median,
        "low": speed.low,
        "high": speed.high,
        "unit": speed.unit,
        "evidence": speed.evidence,
        "refused": speed.refused or None,
    }


def _rental_name(rental: Rental) -> str:
    offer = rental.offer
    return f"{offer.provider} {offer.instance} at {rental.price_per_hour:.2f} USD/h"


def _say(question: Question, answer: Comparison, out: Output) -> None:
    out.line(_sentence(question, answer))
    out.line()
    rows = [_row(option) for option in answer.options]
    heads = ("Way", "Machine", "$/h", "$/month", "$/job", "One job", "kg CO2e/job", "As of")
    out.table(heads, rows, right=(2, 3, 4, 5, 6))
    for option in answer.options:
        if option.data.lines:
            name = KIND_WORDS.get(option.kind, option.kind).partition(",")[0]
            out.line(f"In $/month of {name}: {option.data.words}.")
    out.line("Speeds are estimated; the range of each is in --json.")
    own = question.own
    out.line(
        f"Own: {own.name}, {own.load_w:.0f} W ({own.load_source}), "
        f"{money(question.price_per_kwh, decimals=3)}/kWh, {question.life_years:g} years, "
        f"then sold for {question.resale:.0%}."
    )


def _sentence(question: Question, answer: Comparison) -> str:
    if answer.odds is None or answer.payback is None or answer.against is None:
        return f"No break-even: {answer.why_none}."
    odds, against = answer.odds, _rental_name(answer.against)
    tail = f"Owning wins in {odds.owning_wins_share:.0%} of cases against {against}."
    if odds.deciding_input:
        tail += f" {decider(odds.deciding_input)}"
    if answer.payback.months is None:
        return f"{answer.payback.words} {tail}"
    late = (
        "" if answer.payback.is_in_life else f", beyond its life of {question.life_years:g} years"
    )
    spread = f"{_months(odds.p10_months)} to {_months(odds.p90_months)}"
    return (
        f"Owning pays back after {_about(float(answer.payback.months))} at "
        f"{question.hours_per_month:g} h a month{late} (range {spread}). {tail}"
    )


def decider(name: str) -> str:
    """Return the sentence that names the input that decides most."""
    verb = "decide" if name.startswith(("the hours", "the years")) else "decides"
    return f"{name[:1].upper()}{name[1:]} {verb} most."


def _about(months: float) -> str:
    return _months(months) if months > _MOST_MONTHS else f"about {_months(months)}"


def _months(value: float | None) -> str:
    if value is None:
        return "never"
    if value > _MOST_MONTHS:
        return "more than 20 years"
    shown = f"{value:.0f}"
    return "1 month" if shown == "1" else f"{shown} months"


def _row(option: Option) -> tuple[str, ...]:
    offer = option.rental.offer if option.rental else None
    machine = option.name
    if option.kind == HYBRID:
        machine = f"{option.note}, total"
    elif offer is not None:
        machine += f" ({offer.accelerator_count:g} x {offer.accelerator})"
    return (
        KIND_WORDS.get(option.kind, option.kind),
        machine,
        _cost(option.rental.price_per_hour if option.rental else None),
        _cost(option.cost_per_month),
        _cost(option.cost_per_job),
        "–" if option.finish_hours is None else duration(option.finish_hours * 3600),
        "–" if option.carbon_kg is None else f"{option.carbon_kg:.2f}",
        offer.as_of if offer else "",
    )


def _cost(value: Any) -> str:
    return "–" if value is None else money(value)
