"""``hwstudio monitor report``: what a period of recorded readings comes to."""

from __future__ import annotations

import argparse
import platform
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hwstudio.cli.monitor_time import MOMENT_HELP, moment
from hwstudio.cli.number import number
from hwstudio.cli.output import Output, common
from hwstudio.core.base.clock import iso_now
from hwstudio.core.base.errors import UserError

if TYPE_CHECKING:
    from hwstudio.core.base.settings import Settings
    from hwstudio.core.report.blocks import Document
    from hwstudio.core.report.period import Prices
    from hwstudio.core.report.roi import Target


def add_report(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb and what it takes."""
    made = verbs.add_parser(
        "report",
        help="utilisation, energy, cost, trend and advice for a period",
        description="Report on a period of recorded readings: use, energy and cost, efficiency, "
        "incidents, right-size advice, opportunities and six figures of return.",
        epilog="Example: hwstudio monitor report --from 7d --out week.html --per-kwh 0.30",
    )
    period_options(made)
    made.add_argument("--out", type=Path, metavar="FILE",
                      help="ends with .pdf, .html, .docx, .xlsx, .md, .json or .csv; without it, "
                      "Markdown on the terminal")  # fmt: skip
    common(made)
    made.set_defaults(run=run_report)


def period_options(made: argparse.ArgumentParser) -> None:
    """Add what says which period is meant, and the prices and targets of the report."""
    made.add_argument("--from", dest="from_s", type=moment(), required=True, metavar="TIME",
                      help=MOMENT_HELP)  # fmt: skip
    made.add_argument("--to", dest="to_s", type=moment(), metavar="TIME", help="default: now")
    for name, words in (
        ("--per-kwh", "electricity price (default: the settings)"),
        ("--machine-per-hour", "what the machine costs every hour, used or not: rent, for example"),
        ("--cloud-bill", "cloud bill of the whole period"),
        ("--purchase", "purchase price of the hardware"),
        ("--resale", "what it will sell for"),
        ("--life-years", "years of use"),
    ):  # fmt: skip
        made.add_argument(name, type=number, metavar="N", help=words)
    made.add_argument("--currency", metavar="CODE", help="of all prices (default: the settings)")
    made.add_argument("--target", action="append", default=[], metavar="FIGURE=N[@OWNER]",
                      help="target of a figure of return, e.g. utilisation=0.7@Kim")  # fmt: skip


def run_report(args: argparse.Namespace, out: Output) -> int:
    """Write or print the report.

    Raises:
        UserError: the period is empty, a price or target cannot be used, nothing was recorded.
        HostError: the history cannot be read, or the file cannot be written.
    """
    from hwstudio.core.report.as_data import json_document
    from hwstudio.core.report.as_markdown import markdown
    from hwstudio.core.report.write import write_document

    document = period_document(args, out)
    if args.out is not None:
        write_document(args.out, document)
        if out.is_json:
            out.document({"path": args.out, "kind": document.kind, "blocks": len(document.blocks)})
        out.line(f"Written to {args.out}")
    elif out.is_json:
        out.document(json_document(document))
    else:
        out.line(markdown(document).rstrip("\n"))
    return 0


def period_document(args: argparse.Namespace, out: Output) -> Document:
    """Return the report of the period the options name.

    Raises:
        UserError: the period is empty, a price or target cannot be used, nothing was recorded.
        HostError: the history cannot be read.
    """
    from hwstudio.core.history.readings.query import ReadingHistory
    from hwstudio.core.report.gather import ReportPeriod, gather
    from hwstudio.core.report.performance import ReportWishes, performance_report

    to_s = args.to_s if args.to_s is not None else time.time()
    if args.from_s >= to_s:
        raise UserError("The report has no period", "its end is not after its beginning")
    wishes = ReportWishes(prices=_prices(args, out.studio.settings), targets=_targets(args.target))
    history = ReadingHistory.open(out.studio.home.monitor_file)
    try:
        if not history.series():
            raise UserError(
                "There is no recorded history",
                "",
                "Start it with: hwstudio monitor recorder start",
            )
        offset = datetime.fromtimestamp(args.from_s).astimezone().utcoffset()
        period = gather(
            history,
            ReportPeriod(
                host=platform.node() or "unknown",
                from_s=args.from_s,
                to_s=to_s,
                made_at=iso_now(),
                utc_offset_s=offset.total_seconds() if offset else 0.0,
            ),
        )
    finally:
        history.close()
    return performance_report(period, wishes)


def _prices(args: argparse.Namespace, settings: Settings) -> Prices:
    from hwstudio.core.report.period import Prices

    for name in ("per_kwh", "machine_per_hour", "cloud_bill", "purchase", "resale", "life_years"):
        value = getattr(args, name)
        if value is not None and (value < 0 or (name == "life_years" and value == 0)):
            raise UserError(f"--{name.replace('_', '-')} cannot be {value}", "give more than 0")
    currency = args.currency or settings.currency
    is_usual = args.per_kwh is None and currency == settings.currency
    tariff = Decimal(str(settings.electricity_per_kwh)) if is_usual else args.per_kwh
    return Prices(
        currency=currency,
        per_kwh=tariff,
        per_kwh_source=settings.electricity_source if is_usual else "given for this report",
        machine_per_hour=args.machine_per_hour,
        cloud_bill=args.cloud_bill,
        purchase=args.purchase,
        resale=args.resale or Decimal(0),
        life_years=args.life_years or Decimal(5),
    )


def _targets(words: list[str]) -> dict[str, Target]:
    from hwstudio.core.report.roi import DEFAULT_TARGETS, Target

    found: dict[str, Target] = {}
    for word in words:
        name, _, rest = word.partition("=")
        value, _, owner = rest.partition("@")
        if name not in DEFAULT_TARGETS:
            raise UserError(
                f"There is no figure '{name}'", "", f"The figures are {', '.join(DEFAULT_TARGETS)}"
            )
        try:
            goal = number(value)
        except argparse.ArgumentTypeError as error:
            raise UserError(f"The target '{word}' cannot be used", str(error)) from error
        found[name] = Target(value=goal, is_least=DEFAULT_TARGETS[name].is_least, owner=owner)
    return found
