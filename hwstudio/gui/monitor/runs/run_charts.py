"""Which charts a run has, and the bands of its prediction behind them. No Qt."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.monitor.runs.facts import RunFacts
from hwstudio.core.monitor.runs.predicted import GPU_BYTES, GPU_WATTS, predicted_of
from hwstudio.core.monitor.runs.words import gpu_words
from hwstudio.gui.monitor.pages import MOST_LINES, ChartSpec, LineSpec, PageSpec
from hwstudio.gui.monitor.runs.state import Band

_GPU = (
    ("GPU use", "share", "busy_share"),
    ("GPU memory", "bytes", "vram_used_bytes"),
    ("Power", "w", "power_w"),
    ("Temperature", "c", "temperature_c"),
)
_COMPUTER = (
    ("Processor", "share", ("cpu.busy_share", "cpu.max_core_share")),
    ("Memory", "bytes", ("memory.used_bytes",)),
    ("Drives", "share", ("disks.busy_share",)),
    ("Temperature", "c", ("temperature_all.hottest_c",)),
)
_NAMES = {"cpu.busy_share": "All threads", "cpu.max_core_share": "Busiest thread"}
_BANDS = {GPU_WATTS: "power_w", GPU_BYTES: "vram_used_bytes"}


def page_of_run(facts: RunFacts) -> PageSpec:
    """Return the charts of a run: of its GPUs, or of the computer where none was recorded."""
    if facts.gpus:
        found = [_gpu_chart(facts, *each) for each in _GPU]
    else:
        found = [_computer_chart(facts, *each) for each in _COMPUTER]
    charts = tuple(chart for chart in found if chart is not None)
    names = tuple(line.sensor for chart in charts for line in chart.lines)
    return PageSpec(facts.run.id, facts.run.title, charts, names)


def _gpu_chart(facts: RunFacts, title: str, unit: str, quantity: str) -> ChartSpec | None:
    lines = _lines(
        (f"{gpu}.{quantity}", gpu_words(gpu))
        for gpu in facts.gpus
        if f"{gpu}.{quantity}" in facts.summary.stats
    )
    if not lines:
        return None
    sizes = [facts.sizes[gpu] for gpu in facts.gpus if gpu in facts.sizes]
    size = max(sizes, default=None) if unit == "bytes" else None
    return ChartSpec(title, unit, lines, _top(unit, size), size, "size")


def _computer_chart(
    facts: RunFacts, title: str, unit: str, names: tuple[str, ...]
) -> ChartSpec | None:
    lines = _lines((name, _NAMES.get(name, "")) for name in names if name in facts.summary.stats)
    size = facts.sizes.get("memory") if unit == "bytes" else None
    return ChartSpec(title, unit, lines, _top(unit, size), size, "size") if lines else None


def _lines(found: Iterable[tuple[str, str]]) -> tuple[LineSpec, ...]:
    return tuple(
        LineSpec(name, words, number)
        for number, (name, words) in enumerate(found)
        if number < MOST_LINES
    )


def _top(unit: str, size: float | None) -> float | None:
    if unit == "share":
        return 1.0
    if unit == "c":
        return 110.0
    return None if size is None else size * 1.05


def bands_of(facts: RunFacts) -> dict[str, Band]:
    """Return the predicted range of each quantity that has one and is drawn over time."""
    predicted = predicted_of(facts.run.predicted)
    if predicted is None:
        return {}
    found = {}
    for key, quantity in _BANDS.items():
        figure = predicted.figures.get(key)
        if figure is None or figure.low is None or figure.high is None or figure.median is None:
            continue
        found[quantity] = Band(figure.low, figure.median, figure.high)
    return found
