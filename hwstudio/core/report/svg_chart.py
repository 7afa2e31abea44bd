"""A chart as SVG: lines with gaps, told apart by dashes as well as by colour, or bars."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from html import escape

from hwstudio.core.report.blocks import Chart, ChartForm, Line, cell_text, chart_table

_WIDTH, _HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 44, 10, 46
_MOST_LABELS = 7
_NAMES, _ENDS = 250, 90  # px: most room for the names of bars, and that for their values
_BAR_STEP, _BAR_GAP, _LEGEND = 18, 6, 26
_MOST_LETTERS = 34  # of a bar's name
_DASHES = ("", "6 4", "2 3", "10 3 2 3")

STYLE = """
svg.chart{width:100%;height:auto;max-width:45rem}
svg.chart text{fill:var(--soft);font:12px system-ui,sans-serif}
svg.chart .grid{stroke:var(--line);stroke-width:1}
svg.chart .line{fill:none;stroke-width:2}
svg.chart .dot{stroke:none}
svg.chart .name{fill:var(--ink)}
:root{--line-0:#1f5fbf;--line-1:#a33b00;--line-2:#1a7f37;--line-3:#6f42c1}
@media (prefers-color-scheme:dark){:root{--line-0:#7fb2ff;--line-1:#ffab70;--line-2:#5fd38d;
--line-3:#c9a6ff}}
@media print{:root{--line-0:#1f5fbf;--line-1:#a33b00;--line-2:#1a7f37;--line-3:#6f42c1}}
"""


# What paper gets: a picture by itself knows no variables of a page around it.
_ON_PAPER = {
    "--soft": "#444444",
    "--line": "#c4c9cf",
    "--ink": "#1b1f24",
    "--line-0": "#1f5fbf",
    "--line-1": "#a33b00",
    "--line-2": "#1a7f37",
    "--line-3": "#6f42c1",
}
_PAPER_STYLE = (
    "text{fill:var(--soft);font-family:Inter;font-size:12px}"
    ".grid{stroke:var(--line);stroke-width:1}.line{fill:none;stroke-width:2}.dot{stroke:none}"
    ".name{fill:var(--ink)}"
)


def svg(chart: Chart) -> str:
    """Return the chart with a title and a description for those who do not see it."""
    parts, height = _drawn(chart)
    return (
        f'<svg class="chart" role="img" viewBox="0 0 {_WIDTH} {height}">'
        f"<title>{escape(chart.title)}</title><desc>{escape(described(chart))}</desc>"
        f"{''.join(parts)}</svg>"
    )


def paper_svg(chart: Chart) -> str:
    """Return the chart as a file of its own, in the colours of paper."""
    parts, height = _drawn(chart)
    text = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}"><style>{_PAPER_STYLE}</style>{"".join(parts)}</svg>'
    )
    return re.sub(r"var\((--[a-z0-9-]+)\)", lambda found: _ON_PAPER[found[1]], text)


def _drawn(chart: Chart) -> tuple[list[str], int]:
    """Return the chart's elements and its height."""
    if chart.form is ChartForm.BARS:
        return _bars(chart)
    top = _ceiling(_largest(chart))
    parts = [*_grid(chart, top), *_labels(chart)]
    for number, line in enumerate(chart.lines):
        parts += _line(line, number, len(chart.places), top)
    if len(chart.lines) > 1:
        parts += _legend(chart, _HEIGHT)
    return parts, _HEIGHT


def _largest(chart: Chart) -> float:
    return max((v for line in chart.lines for v in line.values if v is not None), default=0)


def _bars(chart: Chart) -> tuple[list[str], int]:
    """Return one bar for each place and line, its value written at its end."""
    top, parts, y = _ceiling(_largest(chart)), [], _TOP
    twin, left = chart_table(chart), _room(chart)
    for at, place in enumerate(chart.places):
        height = len(chart.lines) * _BAR_STEP
        parts.append(
            f'<text class="name" x="{left - 8}" y="{y + height / 2 + 4:.1f}" '
            f'text-anchor="end">{escape(_short(place))}</text>'
        )
        for number, line in enumerate(chart.lines):
            value, middle = line.values[at], y + number * _BAR_STEP + _BAR_STEP / 2
            width = max(0.0, (value or 0) / top * (_WIDTH - left - _ENDS))
            shown = cell_text(value, twin.columns[number + 1]) or "not measured"
            parts.append(
                f'<rect x="{left}" y="{middle - 7:.1f}" width="{width:.1f}" height="14" '
                f'style="fill:var(--line-{number % 4})"/>'
                f'<text x="{left + width + 6:.1f}" y="{middle + 4:.1f}">{escape(shown)}</text>'
            )
        y += height + _BAR_GAP
    if len(chart.lines) > 1:
        y += _LEGEND
        parts += _legend(chart, y)
    return parts, y


def _room(chart: Chart) -> int:
    """Return the room the names of bars need, in px."""
    longest = max((len(_short(place)) for place in chart.places), default=0)
    return min(_NAMES, 7 * longest + 24)


def _short(name: str) -> str:
    return name if len(name) <= _MOST_LETTERS else f"{name[: _MOST_LETTERS - 1]}…"


def described(chart: Chart) -> str:
    """Return the range of every line in words."""
    said = []
    for line in chart.lines:
        known = [v for v in line.values if v is not None]
        if known:
            said.append(
                f"{line.name}: from {min(known):.{chart.digits}f} to "
                f"{max(known):.{chart.digits}f} {chart.unit}"
            )
    return ". ".join(said) or "No values"


def _ceiling(value: float) -> float:
    """Return a round number at or above the value."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= value))


def _x(at: int, count: int) -> float:
    inner = _WIDTH - _LEFT - _RIGHT
    return _LEFT + inner * (at / (count - 1) if count > 1 else 0.5)


def _y(value: float, top: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / top)


def _grid(chart: Chart, top: float) -> Iterator[str]:
    for quarter in range(5):
        value = top * quarter / 4
        y = _y(value, top)
        yield f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
        text = f"{value:.{chart.digits}f}"
        yield f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{text}</text>'


def _labels(chart: Chart) -> Iterator[str]:
    count = len(chart.places)
    every = max(1, -(-count // _MOST_LABELS))
    y = _HEIGHT - _BOTTOM + 18
    for at in range(0, count, every):
        x = _x(at, count)
        label = escape(chart.places[at])
        yield f'<text x="{x:.1f}" y="{y}" text-anchor="middle">{label}</text>'


def _line(line: Line, number: int, count: int, top: float) -> Iterator[str]:
    """Yield one path per stretch without a gap; a lone value is a dot."""
    colour = f"var(--line-{number % 4})"
    dash = _DASHES[number % len(_DASHES)]
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    stretch: list[tuple[float, float]] = []
    for at, value in enumerate((*line.values, None)):
        if value is not None:
            stretch.append((_x(at, count), _y(value, top)))
            continue
        if len(stretch) == 1:
            (x, y) = stretch[0]
            yield f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3" style="fill:{colour}"/>'
        elif stretch:
            points = " ".join(f"{x:.1f},{y:.1f}" for x, y in stretch)
            yield f'<polyline class="line" style="stroke:{colour}"{dashes} points="{points}"/>'
        stretch = []


def _legend(chart: Chart, height: int) -> Iterator[str]:
    x, y = float(_LEFT), height - 8
    for number, line in enumerate(chart.lines):
        dash = _DASHES[number % len(_DASHES)]
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        yield (
            f'<line class="line" style="stroke:var(--line-{number % 4})"{dashes} '
            f'x1="{x:.0f}" x2="{x + 24:.0f}" y1="{y - 4}" y2="{y - 4}"/>'
            f'<text x="{x + 30:.0f}" y="{y}">{escape(line.name)}</text>'
        )
        x += 44 + 7 * len(line.name)
