"""How fast this computer multiplies, loads and reads, by the user's own runs."""

from __future__ import annotations

from collections.abc import Iterable

from hwstudio.core.base.units import percent, si, significant
from hwstudio.core.guide.page import markdown_table
from hwstudio.core.model.machine import CANNOT_TELL
from hwstudio.core.project.learn.own import (
    Measured,
    Own,
    about_device,
    is_on_gpu,
    not_measured,
    usable,
)

PRODUCTS = ("torch_matmul", "numpy_matmul")
_KNEE = 'The row marked "enough" is the knee: more processes bring next to nothing and take memory.'
_DRIVE_TESTS = {
    "sequential_read": "Reading large files",
    "sequential_write": "Writing large files",
    "random_read": "Reading small pieces",
    "random_write": "Writing small pieces",
    "cached_read": "Reading again, from memory",
}


def products_here(own: Own) -> str:
    """Return the best product of each device and number format, and what small ones lose."""
    series = _series(own)
    if not series:
        return f"How fast this computer multiplies is {not_measured(own, PRODUCTS[0])}."
    rows, lost = [], []
    for (device, precision), points in series.items():
        best = max(points, key=_median)
        speed = si(best.metric.median, best.metric.unit)
        source = best.words + _disturbed(best, precision)
        rows.append((device, precision, speed, _size(best), source))
        smallest = min(points, key=lambda point: int(_size(point)))
        share = smallest.metric.median / best.metric.median
        if smallest is not best and share < 0.9:
            lost.append(
                f"- {device}, {precision}: at size {_size(smallest)} it reached "
                f"{percent(share)} of that."
            )
    head = ("Device", "Format", "Best", "At size", "Where that is from")
    told = [markdown_table(head, rows), _times(series)]
    if lost:
        told.append("Small products show the cost of starting, not the device:")
        told.append("\n".join(lost))
    return "\n\n".join(part for part in told if part)


def _series(own: Own) -> dict[tuple[str, str], list[Measured]]:
    """Return the points of the newest run for each device and format; PyTorch before NumPy."""
    found: dict[tuple[str, str], list[Measured]] = {}
    for bench in PRODUCTS:
        for point in usable(own, bench, ""):
            precision = point.metric.name.partition(" ")[0]
            points = found.setdefault((point.result.device, precision), [])
            if _size(point).isdigit() and (not points or points[0].result is point.result):
                points.append(point)
    return {key: points for key, points in found.items() if points}


def _disturbed(point: Measured, precision: str) -> str:
    """Return which sizes of the same run gave no number: the best may be among them."""
    each = point.result.conditions.get("verdicts")
    there = {metric.name for metric in point.result.metrics}
    names = each if isinstance(each, dict) else {}
    gone = [name for name in names if name.startswith(f"{precision} ") and name not in there]
    sizes = ", ".join(name.partition(" ")[2] for name in gone)
    return f"; without a number: size {sizes}" if sizes else ""


def _size(point: Measured) -> str:
    return point.metric.name.partition(" ")[2]


def _median(point: Measured) -> float:
    return point.metric.median


def _times(series: dict[tuple[str, str], list[Measured]]) -> str:
    """Return how many times as fast the GPU is in the same format."""
    best = {key: max(points, key=_median) for key, points in series.items()}
    told = []
    for (device, precision), fast in best.items():
        if not is_on_gpu(fast.result):
            continue
        for (other, same), slow in best.items():
            if same == precision and not is_on_gpu(slow.result):
                times = fast.metric.median / slow.metric.median
                told.append(f"In {precision} {device} is {times:,.0f} times as fast as {other}.")
    return " ".join(told)


def loading_here(own: Own) -> str:
    """Return pictures a second by the number of loading processes, with the knee marked."""
    points = _of_one_run(usable(own, "data_loading", "workers "))
    if not points:
        return f"How fast this computer loads pictures is {not_measured(own, 'data_loading')}."
    enough = points[0].result.conditions.get("enough_workers")
    rows = []
    for point in sorted(points, key=lambda each: int(_size(each))):
        mark = "enough" if _size(point) == str(enough) else ""
        rows.append((_size(point), significant(point.metric.median), mark))
    table = markdown_table(("Loading processes", "Pictures a second", ""), rows)
    first = points[0]
    place = about_device(first.result).get("drive", "")
    source = first.result.params.get("source", "memory")
    where = f"pictures from the drive ({place})" if source == "drive" else "pictures from memory"
    knee = _KNEE if enough is not None else "Where it stops growing was not found."
    return f"{table}\n\nData loading, {where}, {first.words}. {knee}"


def _of_one_run(points: Iterable[Measured]) -> list[Measured]:
    kept: list[Measured] = []
    for point in points:
        if kept and kept[0].result is not point.result:
            break
        kept.append(point)
    return kept


def drive_here(own: Own) -> str:
    """Return the newest reliable number of each point of Drive speed, for the drive last tested."""
    points = [each for each in usable(own, "storage", "") if each.metric.name in _DRIVE_TESTS]
    if not points:
        return f"How fast your drive is: {not_measured(own, 'storage')}."
    drive = points[0].result.device
    newest: dict[str, Measured] = {}
    for point in points:
        if point.result.device == drive:
            newest.setdefault(point.metric.name, point)
    rows = []
    for name, title in _DRIVE_TESTS.items():
        if name in newest:
            metric = newest[name].metric
            is_count = metric.unit == "IOPS"
            per_s = f"{significant(metric.median)} a second"
            speed = per_s if is_count else si(metric.median, "B/s")
            rows.append((title, speed, newest[name].words))
    return f"{drive}:\n\n{markdown_table(('What', 'Speed', 'Where that is from'), rows)}"


def gpus_here(own: Own) -> str:
    """Return how many GPUs are here."""
    gpus = own.machine.gpus
    if not gpus:
        cannot = any(CANNOT_TELL in words for words in own.machine.gpus_looked)
        return "Whether there is a GPU could not be told." if cannot else "No GPU was found here."
    names = ", ".join(gpu.name.value or "a GPU without a name" for gpu in gpus)
    return f"Found here: {len(gpus)} GPU{'s' if len(gpus) > 1 else ''} ({names})."


def devices_warning(own: Own, wanted: int) -> str:
    """Return what code for several devices cannot show here; "" where there are enough."""
    count = len(own.machine.gpus)
    if count >= wanted:
        return ""
    found = gpus_here(own).rstrip(".")
    return (
        f"{found}, and this needs {wanted} GPUs to show what it is for. It runs all the same: "
        "both parts then share one device, and nothing is saved."
    )
