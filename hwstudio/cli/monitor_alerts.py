"""``hwstudio monitor alerts``: list, add, remove, mute the rules; see also monitor_alert_told."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import datetime
from typing import Any

from hwstudio.cli.monitor_alert_told import run_history, run_test
from hwstudio.cli.monitor_time import MOMENT_HELP, moment, span_s
from hwstudio.cli.output import Output, common
from hwstudio.core.base.errors import UserError
from hwstudio.core.base.units import parse_number
from hwstudio.core.model.finding import Severity
from hwstudio.core.monitor.alerts.quiet import minute_of_words, silence
from hwstudio.core.monitor.alerts.rule import FORECASTS, WITHOUT_LEVEL, Level, Rule, When
from hwstudio.core.monitor.alerts.rule_file import RuleFile, to_document
from hwstudio.core.monitor.alerts.words import rule_words

_FOREVER_S = 10 * 365 * 86400.0

_LEVEL_HELP = (
    "the threshold in the sensor's unit: 87, 95%%, 1e9, 0x48 (bits), or from the device's own "
    "limit: limit, limit-3, limit*0.97"
)


def add_alerts(verbs: argparse._SubParsersAction[Any]) -> None:
    """Add the verb and what it takes."""
    made = verbs.add_parser(
        "alerts",
        help="alert rules: list, add, remove, mute, test, history",
        description="Rules that watch sensors while the recorder runs and tell you when something "
        "needs you.",
        epilog="Example: hwstudio monitor alerts add my-gpu gpu.0.temperature_c above limit-5",
    )
    acts = made.add_subparsers(title="acts", metavar="ACT", dest="act", required=True)
    _add_list(acts)
    _add_add(acts)
    for name, words, run in (
        ("remove", "take a rule out", _remove),
        ("enable", "let a rule watch again", _enable),
        ("disable", "let a rule watch no more", _disable),
    ):
        act = acts.add_parser(name, help=words, description=f"{words.capitalize()}.")
        act.add_argument("name", metavar="NAME")
        common(act)
        act.set_defaults(run=run)
    _add_mute(acts)
    _add_test(acts)
    _add_history(acts)


def _add_list(acts: argparse._SubParsersAction[Any]) -> None:
    act = acts.add_parser("list", help="show the rules", description="Show the rules.")
    common(act)
    act.set_defaults(run=_list)


def _add_add(acts: argparse._SubParsersAction[Any]) -> None:
    act = acts.add_parser(
        "add",
        help="add a rule, or replace the one of that name",
        description="Add a rule, or replace the one of that name.",
        epilog="Example: hwstudio monitor alerts add gpu-warm 'gpu.*.temperature_c' above limit-5 "
        "--for 2m --band 3",
    )
    act.add_argument("name", metavar="NAME", help="small letters, digits, hyphens")
    act.add_argument("sensor", metavar="SENSOR", help="an id, a device, or a pattern with * and ?")
    act.add_argument("when", choices=[when.value for when in When])
    act.add_argument("level", metavar="LEVEL", nargs="?", help=_LEVEL_HELP)
    act.add_argument("--title", metavar="TEXT", help="what the message is called")
    act.add_argument("--for", dest="hold_s", type=span_s, default=0.0, metavar="SPAN",
                     help="how long it must hold")  # fmt: skip
    act.add_argument("--band", default="0", metavar="N",
                     help="clears only this far back from the threshold")  # fmt: skip
    act.add_argument("--within", dest="within_s", type=span_s, default=3600.0, metavar="SPAN",
                     help="how far a forecast looks (1h)")  # fmt: skip
    act.add_argument("--repeat", dest="repeat_s", type=span_s, default=3600.0, metavar="SPAN",
                     help="quiet time between two messages (1h); 0 = say it once")  # fmt: skip
    act.add_argument("--severity", choices=[s.value for s in Severity if s != Severity.UNKNOWN],
                     default="warning")  # fmt: skip
    act.add_argument("--advice", default="", metavar="TEXT", help="what to do, one sentence")
    act.add_argument("--quiet", metavar="FROM-TO", help="quiet hours, such as 22:00-06:30")
    common(act)
    act.set_defaults(run=_add)


def _add_mute(acts: argparse._SubParsersAction[Any]) -> None:
    act = acts.add_parser(
        "mute",
        help="keep a rule quiet for a while",
        description="Keep a rule, or all, quiet; what happens is still kept in the history.",
        epilog="Example: hwstudio monitor alerts mute all --for 2h",
    )
    act.add_argument("name", metavar="NAME", help="a rule, or all")
    how = act.add_mutually_exclusive_group()
    how.add_argument("--for", dest="span_s", type=span_s, metavar="SPAN", help="how long")
    how.add_argument("--until", type=moment(), metavar="TIME", help=MOMENT_HELP)
    how.add_argument("--off", action="store_true", help="let it speak again")
    common(act)
    act.set_defaults(run=_mute)


def _add_test(acts: argparse._SubParsersAction[Any]) -> None:
    act = acts.add_parser(
        "test",
        help="send a test message of a rule",
        description="Make a message as the rule would, clearly marked as a test, and show it on "
        "the desktop.",
    )
    act.add_argument("name", metavar="NAME")
    act.add_argument("--no-desktop", action="store_true", help="only print it")
    common(act)
    act.set_defaults(run=run_test)


def _add_history(acts: argparse._SubParsersAction[Any]) -> None:
    act = acts.add_parser(
        "history", help="what was alerted", description="Show what was alerted, oldest first."
    )
    act.add_argument("--from", dest="from_s", type=moment(), metavar="TIME", help=MOMENT_HELP)
    act.add_argument("--to", dest="to_s", type=moment(), metavar="TIME")
    act.add_argument("--rule", metavar="NAME", help="only this rule")
    common(act)
    act.set_defaults(run=run_history)


# --- rules --------------------------------------------------------------------------------------


def _file(out: Output) -> RuleFile:
    return RuleFile(out.studio.home.alerts_file)


def _list(_args: argparse.Namespace, out: Output) -> int:
    file = _file(out)
    rules = file.load()
    if file.trouble:
        out.note(file.trouble)
    now_s = time.time()
    if out.is_json:
        out.document({"rules": [_shown(rule, now_s) for rule in rules]})
        return 0
    out.table(
        ["Rule", "Severity", "State", "Watches"],
        [[r.id, r.severity.value, _state(r, now_s), rule_words(r)] for r in rules],
    )
    return 0


def _shown(rule: Rule, now_s: float) -> dict[str, Any]:
    return {**to_document(rule), "state": _state(rule, now_s), "words": rule_words(rule)}


def _state(rule: Rule, now_s: float) -> str:
    if not rule.is_enabled:
        return "off"
    why = silence(rule, now_s)
    if why == "muted":
        until = datetime.fromtimestamp(rule.mute_until_s).astimezone()
        return f"muted until {until:%Y-%m-%d %H:%M}"
    return why or "on"


def _add(args: argparse.Namespace, out: Output) -> int:
    when = When(args.when)
    quiet = _quiet(args.quiet)
    rule = Rule(
        id=args.name,
        title=args.title or args.name.replace("-", " ").capitalize(),
        sensor=args.sensor,
        when=when,
        level=_level(args.level, when),
        band=_number(args.band),
        hold_s=args.hold_s,
        within_s=args.within_s if when in FORECASTS else 0.0,
        severity=Severity(args.severity),
        advice=args.advice,
        repeat_s=args.repeat_s,
        quiet_from=quiet[0],
        quiet_to=quiet[1],
    )
    _file(out).add(rule)
    return _say(rule, out, "Added")


def _level(text: str | None, when: When) -> Level:
    """Read a threshold.

    Raises:
        UserError: it is none, or the condition takes none.
    """
    if when in WITHOUT_LEVEL:
        if text is not None:
            raise UserError(f"'{when.value}' takes no threshold", f"got '{text}'")
        return Level()
    if text is None:
        raise UserError(f"'{when.value}' needs a threshold", "", "For example: above 90 %")
    plain = text.strip().lower()
    if not plain.startswith("limit"):
        return Level(_number(plain))
    rest = plain.removeprefix("limit")
    if not rest:
        return Level(of_limit=True)
    if rest[0] == "-":
        return Level(of_limit=True, margin=_number(rest[1:]))
    if rest[0] == "*":
        return Level(of_limit=True, share=_number(rest[1:]))
    raise UserError(f"'{text}' is no threshold", "", "Write limit, limit-3 or limit*0.97")


def _number(text: str) -> float:
    plain = text.strip().lower()
    try:
        if plain.startswith("0x"):
            return float(int(plain, 16))
        if plain.endswith("%"):
            return round(parse_number(plain[:-1]) / 100, 9)
        return parse_number(plain)
    except ValueError:
        raise UserError(f"'{text}' is not a number", "", "Write 87, 95%, 1e9 or 0x48") from None


def _quiet(text: str | None) -> tuple[int | None, int | None]:
    if text is None:
        return None, None
    begin, hyphen, end = text.partition("-")
    if not hyphen:
        raise UserError(f"'{text}' are no quiet hours", "", "Write them as 22:00-06:30")
    return minute_of_words(begin), minute_of_words(end)


def _remove(args: argparse.Namespace, out: Output) -> int:
    rule = _file(out).rule(args.name)
    _file(out).remove(args.name)
    return _say(rule, out, "Removed")


def _enable(args: argparse.Namespace, out: Output) -> int:
    return _switch(args.name, out, is_on=True)


def _disable(args: argparse.Namespace, out: Output) -> int:
    return _switch(args.name, out, is_on=False)


def _switch(name: str, out: Output, *, is_on: bool) -> int:
    rule = replace(_file(out).rule(name), is_enabled=is_on)
    _file(out).change(lambda rules: [rule if r.id == name else r for r in rules])
    return _say(rule, out, "Switched on" if is_on else "Switched off")


def _mute(args: argparse.Namespace, out: Output) -> int:
    now_s = time.time()
    if args.off:
        until_s = 0.0
    elif args.until is not None:
        until_s = args.until
    else:
        until_s = now_s + (args.span_s if args.span_s is not None else _FOREVER_S)
    if not args.off and until_s <= now_s:
        raise UserError("The time is over already", "", "Give a later one, or --off")
    rules = _file(out).mute(args.name, until_s)
    chosen = [rule for rule in rules if args.name in ("all", rule.id)]
    if out.is_json:
        out.document({"rules": [_shown(rule, now_s) for rule in chosen]})
    for rule in chosen:
        out.line(f"{rule.id}: {_state(rule, now_s)}")
    return 0


def _say(rule: Rule, out: Output, done: str) -> int:
    if out.is_json:
        out.document(_shown(rule, time.time()))
    out.line(f"{done}: {rule.id} ({rule_words(rule)})")
    return 0
