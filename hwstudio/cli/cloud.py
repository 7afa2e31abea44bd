"""`hwstudio cloud`: rentable machines with dated prices, and own hardware against them."""

from __future__ import annotations

import argparse
from datetime import date
from difflib import get_close_matches
from typing import Any

from hwstudio.cli.cloud_compare import compare_options, run_compare
from hwstudio.cli.cloud_refresh import refresh_options, run_refresh
from hwstudio.cli.number import filled, number, whole
from hwstudio.cli.output import Output, common
from hwstudio.core.base import clock
from hwstudio.core.base.errors import UserError
from hwstudio.core.cloud.age import age_days, age_words, is_stale
from hwstudio.core.cloud.band import band_at_most
from hwstudio.core.cloud.filter import (
    OfferFilter,
    accelerators,
    filter_offers,
    offer_types,
    per_accelerator,
)
from hwstudio.core.cloud.retired import retirement
from hwstudio.core.model.offer import Offer

SHOWN = 40
_LEAST = ("min_count", "min_vcpus", "min_ram_gb")


def add(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the noun ``cloud``."""
    noun = commands.add_parser("cloud", help="rentable machines, and own against rented")
    verbs = noun.add_subparsers(title="verbs", metavar="VERB", dest="verb", required=True)
    offers = _verb(verbs, "offers", "list rentable machines", "--accelerator H100 --count 8")
    _offer_options(offers)
    offers.set_defaults(run=_offers)
    words = "set own hardware against every way of renting the same work"
    compare = _verb(
        verbs, "compare", words, "--workload llm_qlora_8b --hours-per-month 120 --device RTX4090"
    )
    compare_options(compare)
    compare.set_defaults(run=run_compare)
    words = "take newer prices from a file or from public price interfaces"
    refresh = _verb(verbs, "refresh", words, "--file prices.csv")
    refresh_options(refresh)
    refresh.set_defaults(run=run_refresh)


def _verb(verbs: Any, name: str, words: str, example: str) -> argparse.ArgumentParser:
    verb: argparse.ArgumentParser = verbs.add_parser(
        name,
        help=words,
        description=words[:1].upper() + words[1:] + ".",
        epilog=f"Example: hwstudio cloud {name} {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    common(verb)
    return verb


def _offer_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--accelerator", type=filled, metavar="A", help='e.g. H100 or "RTX 4090"')
    verb.add_argument("--count", type=whole, metavar="N", help="accelerators, exactly")
    verb.add_argument("--min-vram-gb", type=number, metavar="N", help="memory of one, GiB")
    verb.add_argument("--provider", type=filled, metavar="P", help="e.g. aws, runpod, lambda")
    verb.add_argument("--region", type=filled, metavar="R", help="part of the region's name")
    verb.add_argument("--spot", action="store_true", help="only offers with a spot price")
    verb.add_argument("--max-price", type=number, metavar="N", help="USD/h for the whole shape")
    verb.add_argument("--min-count", type=whole, metavar="N", help="accelerators, at least")
    verb.add_argument("--min-vcpus", type=number, metavar="N", help="vCPU of the whole shape")
    verb.add_argument("--min-ram-gb", type=number, metavar="N", help="RAM of the shape, GiB")
    words = "spot machines taken back a month at most: 5, 10, 15 or 20 (per cent)"
    verb.add_argument("--max-interruption", type=filled, metavar="BAND", help=words)
    words = "only offers with a price by the month, 1 year or 3 years"
    verb.add_argument("--commitment", action="store_true", help=words)
    words = "e.g. on-demand, secure, community, marketplace, dedicated, quote"
    verb.add_argument("--tier", type=filled, metavar="T", help=words)
    verb.add_argument("--max-age-days", type=whole, metavar="N", help="only prices this fresh")
    verb.add_argument("--with-retired", action="store_true", help="also shapes that have ended")


def _offers(args: argparse.Namespace, out: Output) -> int:
    today = clock.today()
    known = out.studio.catalog.offers()
    found = filter_offers(known, _wish(args), today)
    if not found:
        _refuse_unknown_tier(args.tier, known)
        _refuse_unknown_provider(args.provider, known)
        _refuse_unknown(args.accelerator or "", known, out)
    if out.is_json:
        newest = max((offer.as_of for offer in known), default="")
        rows = [offer_json(offer, today) for offer in found]
        out.document({"as_of": newest, "count": len(rows), "offers": rows})
        return 0
    _table(found, today, out, is_spot=args.spot)
    return 0


def _wish(args: argparse.Namespace) -> OfferFilter:
    if args.count is not None and args.count < 1:
        raise UserError("--count must be 1 or more", f"got {args.count}")
    for name in (*("max_price", "min_vram_gb", "max_age_days"), *_LEAST):
        value = getattr(args, name)
        if value is not None and value < 0:
            raise UserError(f"--{name.replace('_', '-')} cannot be negative", f"got {value}")
    vram, ram, band = args.min_vram_gb, args.min_ram_gb, args.max_interruption
    return OfferFilter(
        accelerator=args.accelerator or "",
        count=None if args.count is None else float(args.count),
        min_vram_bytes=None if vram is None else int(vram * 2**30),
        provider=args.provider or "",
        region=args.region or "",
        max_price=args.max_price,
        is_spot=args.spot,
        max_age_days=args.max_age_days,
        with_retired=args.with_retired,
        min_count=None if args.min_count is None else float(args.min_count),
        min_vcpus=None if args.min_vcpus is None else float(args.min_vcpus),
        min_memory_bytes=None if ram is None else int(ram * 2**30),
        max_band=band_at_most(band) if band else "",
        has_commitment=args.commitment,
        offer_type=args.tier or "",
    )


def _refuse_unknown_tier(tier: str | None, known: tuple[Offer, ...]) -> None:
    if tier is None or tier in offer_types(known):
        return
    every = f"Choose from {', '.join(offer_types(known))}"
    raise UserError(f"No offer is of tier '{tier}'", "", every)


def _refuse_unknown_provider(provider: str | None, known: tuple[Offer, ...]) -> None:
    """Tell a mistyped provider from one without such an offer."""
    names = {offer.provider.casefold(): offer.provider for offer in known}
    if provider is None or provider.casefold() in names:
        return
    near = get_close_matches(provider.casefold(), names, n=5, cutoff=0.5)
    hint = f"Did you mean {', '.join(names[name] for name in near)}"
    every = f"Choose from {', '.join(sorted(names.values()))}"
    raise UserError(f"No provider called '{provider}' is known", "", hint if near else every)


def _refuse_unknown(accelerator: str, known: tuple[Offer, ...], out: Output) -> None:
    """Tell a mistyped accelerator from one that simply nobody offers on these terms."""
    if not accelerator:
        return
    anywhere = OfferFilter(accelerator=accelerator, with_retired=True)
    if filter_offers(known, anywhere, clock.today()):
        return
    if out.studio.catalog.match_gpu(accelerator) is not None:
        return
    names = {name.casefold(): name for name in accelerators(known)}
    near = get_close_matches(accelerator.casefold(), names, n=5, cutoff=0.5)
    hint = f"Did you mean {', '.join(names[name] for name in near)}" if near else ""
    raise UserError(
        f"No accelerator called '{accelerator}' is offered", "", hint or "Try H100 or RTX 4090"
    )


def offer_json(offer: Offer, today: date) -> dict[str, Any]:
    """Return the fields of one offer; null = unknown, never free."""
    memory = offer.accelerator_memory_bytes
    return {
        "provider": offer.provider,
        "instance": offer.instance,
        "region": offer.region,
        "accelerator": offer.accelerator,
        "variant": offer.variant or None,
        "count": _whole(offer.accelerator_count),
        "accelerator_memory_gib": None if memory is None else round(memory / 2**30, 1),
        "vcpus": offer.vcpus,
        "price_per_hour": offer.price_per_hour,
        "price_per_accelerator_hour": per_accelerator(offer),
        "spot_per_hour": offer.spot_per_hour,
        "spot_kind": offer.spot_kind or None,
        "price_1m": offer.price_1m_per_hour,
        "price_1y": offer.price_1y_per_hour,
        "price_3y": offer.price_3y_per_hour,
        "interruption_band": offer.interruption_band or None,
        "offer_type": offer.offer_type,
        "currency": offer.currency,
        "source": offer.source,
        "as_of": offer.as_of,
        "age_days": age_days(offer.as_of, today),
        "stale": is_stale(offer.as_of, today),
        "retired": retirement(offer) or None,
        "notes": offer.notes or None,
    }


def _whole(value: float) -> float | int:
    return int(value) if value == int(value) else value


def _table(found: tuple[Offer, ...], today: date, out: Output, *, is_spot: bool) -> None:
    if not found:
        out.line("No offer meets this. Loosen a limit, for example --max-price or --region.")
        return
    by_month = any(offer.price_1m_per_hour is not None for offer in found[:SHOWN])
    rows = [
        (
            offer.provider,
            offer.instance,
            offer.region,
            f"{_whole(offer.accelerator_count)} x {offer.accelerator} {offer.variant}".strip(),
            _money(offer.price_per_hour),
            _money(per_accelerator(offer, is_spot=is_spot)),
            _money(offer.spot_per_hour),
            *((_money(offer.price_1m_per_hour),) if by_month else ()),
            _money(offer.price_1y_per_hour),
            _money(offer.price_3y_per_hour),
            f"{offer.as_of} ({age_words(offer.as_of, today)}"
            + (", stale)" if is_stale(offer.as_of, today) else ")"),
        )
        for offer in found[:SHOWN]
    ]
    per_gpu = "$/GPU-h spot" if is_spot else "$/GPU-h"
    heads = (
        "Provider",
        "Instance",
        "Region",
        "GPUs",
        "$/h",
        per_gpu,
        "Spot",
        *(("Month",) if by_month else ()),
        "1 y",
        "3 y",
        "As of",
    )
    out.table(heads, rows, right=(4, 5, 6, 7, 8, *((9,) if by_month else ())))
    if len(found) > SHOWN:
        out.line(f"{SHOWN} of {len(found)} shown, cheapest per GPU first; --json prints all.")
    out.line("USD for the whole machine, before tax. Prices older than 90 days are stale.")


def _money(value: Any) -> str:
    return "–" if value is None else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"
