"""The user's alert rules: one small JSON file, written whole, read again when it changed.

A file that cannot be read is kept aside, never deleted; the rules that come with hwstudio then
stand in for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from hwstudio.core.base.errors import HwstudioError, UserError
from hwstudio.core.base.file_lock import file_lock
from hwstudio.core.base.log import logger
from hwstudio.core.model.finding import Severity
from hwstudio.core.monitor.alerts.defaults import default_rules
from hwstudio.core.monitor.alerts.rule import Also, Level, Rule, When, checked
from hwstudio.core.monitor.export.whole_file import write_whole

SCHEMA = 1
_WAIT_S = 5.0
_MOST_RULES = 500
_FIELDS = {field.name for field in fields(Rule)}

Rules = tuple[Rule, ...]


class RuleFile:
    """The rules at a path. ``trouble`` says in words what was wrong with the file, if anything."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self.trouble = ""

    def load(self) -> Rules:
        """Return the rules; without a file those that come with hwstudio.

        Raises:
            UserError: the file is from a newer hwstudio; it is left alone.
        """
        self.trouble = ""
        self._stamp = self._stamp_now()
        try:
            raw = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return default_rules()
        except (OSError, ValueError, RecursionError) as error:
            return self._aside(f"{error}")
        if not isinstance(raw, dict) or not isinstance(raw.get("rules"), list):
            return self._aside("it holds no rules")
        if isinstance(raw.get("schema"), int) and raw["schema"] > SCHEMA:
            raise UserError(
                f"The alert rules in {self._path} are from a newer hwstudio",
                f"their schema is {raw['schema']}, this version knows {SCHEMA}",
                "Update hwstudio, or choose another folder with --home DIR",
            )
        return self._sound(raw["rules"])

    def rule(self, rule_id: str) -> Rule:
        """Return one rule.

        Raises:
            UserError: there is none of that name, or the file is a newer one.
        """
        return _named(self.load(), rule_id)

    def is_changed(self) -> bool:
        """Say whether the file is another than the one loaded (cheap: one stat)."""
        return self._stamp_now() != self._stamp

    def change(self, edit: Callable[[Rules], Iterable[Rule]]) -> Rules:
        """Replace the rules by what ``edit`` makes of them, safe against another process.

        Raises:
            UserError: a rule makes no sense, two have one name, or the file is a newer one.
            HostError: it cannot be written.
        """
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with file_lock(self._path.with_suffix(".lock"), wait_s=_WAIT_S):
            rules = tuple(checked(rule) for rule in edit(self.load()))
            if len({rule.id for rule in rules}) < len(rules):
                raise UserError("Two alert rules have the same name", "", "Choose another name")
            if len(rules) > _MOST_RULES:
                raise UserError("There are too many alert rules", f"at most {_MOST_RULES}")
            document = {"schema": SCHEMA, "rules": [to_document(rule) for rule in rules]}
            write_whole(self._path, json.dumps(document, indent=1, ensure_ascii=False) + "\n")
            self._stamp = self._stamp_now()
        return rules

    def add(self, rule: Rule) -> Rules:
        """Add a rule or replace the one of the same name."""
        return self.change(lambda rules: (*(r for r in rules if r.id != rule.id), rule))

    def remove(self, rule_id: str) -> Rules:
        """Take a rule out.

        Raises:
            UserError: there is none of that name.
        """
        return self.change(lambda rules: _without(rules, rule_id))

    def mute(self, rule_id: str, until_s: float) -> Rules:
        """Keep a rule quiet until a Unix time; "all" is every rule, 0 lets it speak again.

        Raises:
            UserError: there is none of that name.
        """
        return self.change(lambda rules: _muted(rules, rule_id, until_s))

    def _stamp_now(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size

    def _sound(self, rows: list[Any]) -> Rules:
        rules, wrong = [], []
        for row in rows:
            try:
                rules.append(checked(of_document(row)))
            except (HwstudioError, KeyError, TypeError, ValueError, AttributeError) as error:
                name = str(row.get("id", "?")) if isinstance(row, dict) else "?"
                wrong.append(f"{name} ({error})")
        if wrong:
            self._keep_copy()
            self._say(f"alert rules that cannot be used are left out: {'; '.join(wrong)[:500]}")
        return tuple(rules)

    def _aside(self, why: str) -> Rules:
        kept = self._free_name()
        try:
            self._path.replace(kept)
            where = f"it is kept as {kept.name}"
        except OSError:
            where = "it could not be set aside"
        self._say(f"the alert rules could not be read ({why}); {where}, the usual rules are used")
        return default_rules()

    def _keep_copy(self) -> None:
        """Keep what is about to be lost at the next change, once for each state of the file."""
        text = self._path.read_bytes()
        if any(other.read_bytes() == text for other in self._path.parent.glob(self._aside_names())):
            return
        try:
            self._free_name().write_bytes(text)
        except OSError:
            pass  # the warning in the log must do

    def _aside_names(self) -> str:
        return f"{self._path.stem}.damaged*.json"

    def _free_name(self) -> Path:
        number = 1
        while (kept := self._path.with_name(f"{self._path.stem}.damaged-{number}.json")).exists():
            number += 1
        return kept

    def _say(self, words: str) -> None:
        self.trouble = words
        logger("alerts").warning("%s", words)


def _named(rules: Rules, rule_id: str) -> Rule:
    for rule in rules:
        if rule.id == rule_id:
            return rule
    raise UserError(f"There is no alert rule '{rule_id}'", "", "See: hwstudio monitor alerts list")


def _without(rules: Rules, rule_id: str) -> Rules:
    gone = _named(rules, rule_id)
    return tuple(rule for rule in rules if rule is not gone)


def _muted(rules: Rules, rule_id: str, until_s: float) -> Rules:
    chosen = rules if rule_id == "all" else (_named(rules, rule_id),)
    return tuple(replace(r, mute_until_s=until_s) if r in chosen else r for r in rules)


# --- JSON ----------------------------------------------------------------------------------------


def to_document(rule: Rule) -> dict[str, Any]:
    """Return a rule as plain JSON values."""
    return asdict(rule)


def of_document(raw: Mapping[str, Any]) -> Rule:
    """Return the rule of its JSON form; fields this version does not know are left out.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: it is none.
    """
    known = {name: value for name, value in raw.items() if name in _FIELDS}
    known["when"] = When(known["when"])
    known["severity"] = Severity(known.get("severity", Severity.WARNING))
    known["level"] = _level(known.get("level", {}))
    also = known.get("also")
    if also is not None:
        known["also"] = Also(str(also["quantity"]), When(also["when"]), _level(also["level"]))
    for name in ("band", "hold_s", "within_s", "repeat_s", "mute_until_s"):
        if name in known:
            known[name] = _number(known[name])
    for name in ("quiet_from", "quiet_to"):
        if known.get(name) is not None:
            known[name] = int(_number(known[name]))
    if not isinstance(known.get("is_enabled", True), bool):
        raise TypeError("is_enabled is yes or no")
    for name in ("id", "title", "sensor", "advice"):
        if not isinstance(known.get(name, ""), str):
            raise TypeError(f"{name} is a text")
    return Rule(**known)


def _level(raw: Mapping[str, Any]) -> Level:
    return Level(
        _number(raw.get("number", 0.0)),
        raw.get("of_limit") is True,
        _number(raw.get("share", 1.0)),
        _number(raw.get("margin", 0.0)),
    )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError("a number is expected")
    return float(value)
