"""What a benchmark declares about itself; forms, command-line options and reports follow it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hwstudio.core.base.errors import UserError

# kinds of parameter: int, float, text, folder, int_list, choice, choice_list
ParameterValue = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One thing a person may set. An empty list or 0 as default means "chosen by the device"."""

    name: str
    title: str
    kind: str
    default: ParameterValue
    unit: str = ""
    choices: tuple[str, ...] = ()
    low: float = 0
    high: float = 1e12
    help: str = ""
    is_main: bool = False  # shown in the window; the others are for the command line

    def parse(self, text: str) -> ParameterValue:
        """Read a value given as text.

        Raises:
            UserError: it is not of this kind or out of range.
        """
        try:
            value = self._read(text.strip())
        except ValueError as error:
            raise UserError(f"{self.name} cannot be {text!r}", str(error), self._hint()) from error
        return self.checked(value)

    def checked(self, value: ParameterValue) -> ParameterValue:
        """Return a value of this kind if it is in range.

        Raises:
            UserError: it is not.
        """
        try:
            return self._check(value)
        except (ValueError, TypeError) as error:
            shown = ",".join(map(str, value)) if isinstance(value, list) else value
            raise UserError(
                f"{self.name} cannot be {str(shown)!r}", str(error), self._hint()
            ) from error

    def _read(self, text: str) -> ParameterValue:
        items = [item.strip() for item in text.split(",") if item.strip()]
        if self.kind == "int_list":
            return [_number(item, "int") for item in items]
        if self.kind == "choice_list":
            return items
        return _number(text, self.kind) if self.kind in ("int", "float") else text

    def _check(self, value: ParameterValue) -> ParameterValue:
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                if self.choices and item not in self.choices:
                    raise ValueError(f"{item!r} is not one of its choices")
            elif not isinstance(item, (int, float)):
                raise TypeError("it is not a number")
            elif not self.low <= item <= self.high:
                raise ValueError(f"it must be {_said(self.low)} to {_said(self.high)}")
        if isinstance(value, list) and len(set(value)) != len(value):
            raise ValueError("a value is given twice")
        if self.kind == "choice_list" and not value:
            raise ValueError("at least one is needed")
        return value

    def _hint(self) -> str:
        if self.choices:
            return "Choose from " + ", ".join(self.choices)
        if self.kind in ("int", "float"):
            usual = 4 if self.kind == "int" else 2.5
            example = usual if self.low <= usual <= self.high else self.default
        else:
            example = "1024,2048" if self.kind == "int_list" else "auto"
        return f"Example: {self.name}={example}"


def _said(limit: float) -> str:
    return f"{limit:,.0f}" if limit == int(limit) else f"{limit:g}"


def _number(text: str, kind: str) -> int | float:
    try:
        return int(text) if kind == "int" else float(text)
    except ValueError:
        what = "a whole number" if kind == "int" else "a number"
        raise ValueError(f"{text!r} is not {what}") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSpec:
    """One measured quantity. ``prefix`` matches the names of its series ("fp32 2048")."""

    prefix: str
    title: str
    unit: str
    better: str = "higher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One benchmark. ``method_version`` rises with every change that moves its numbers."""

    id: str
    title: str
    purpose: str
    kernel: str
    needs: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    metrics: tuple[MetricSpec, ...]
    method_version: int
    timeout_s: float
    warmup_s: float
    # "scaling": the efficiency stands for the whole run; "edge": the last value that went well
    scoring: str = "samples"
    quick: Mapping[str, ParameterValue] = field(default_factory=dict)
    computes_with: str = ""  # the library whose instructions its numbers rest on: numpy, torch

    def parameter(self, name: str) -> Parameter:
        """Return one parameter.

        Raises:
            UserError: it has no such parameter.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        names = ", ".join(p.name for p in self.parameters)
        raise UserError(f"{self.id} has no parameter {name!r}", "", f"It has: {names}")

    def metric(self, series: str) -> MetricSpec:
        """Return the declaration behind a series' name (the first one, when none fits)."""
        for metric in self.metrics:
            if series.startswith(metric.prefix):
                return metric
        return self.metrics[0]

    def settle(
        self, given: Mapping[str, ParameterValue] | None = None, *, is_quick: bool = False
    ) -> dict[str, ParameterValue]:
        """Return all parameters: defaults, then the quick profile, then what was given.

        Raises:
            UserError: an unknown name, or a text that cannot be read.
        """
        values = {p.name: p.default for p in self.parameters}
        values |= dict(self.quick) if is_quick else {}
        for name, value in (given or {}).items():
            parameter = self.parameter(name)
            is_text = isinstance(value, str)
            values[name] = parameter.parse(value) if is_text else parameter.checked(value)
        return values
