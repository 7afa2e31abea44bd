"""`hwstudio predict memory --module`: the exact memory of a step of a module of one's own."""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from hwstudio.cli.output import Output
from hwstudio.core.base.errors import HostError, UserError
from hwstudio.core.base.units import GIB, gib, significant
from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.predict.fitted.job import sheet_of
from hwstudio.core.predict.fitted.question import DeviceSheet
from hwstudio.core.predict.memory import Fit
from hwstudio.core.predict.module import answer
from hwstudio.core.predict.module.largest import (
    Largest,
    Probe,
    by_formula,
    card_of,
    largest_of,
)
from hwstudio.core.predict.module.result import (
    OPTIMISERS,
    PRECISIONS,
    ModuleMemory,
    ModuleQuestion,
)
from hwstudio.core.project.module_run import WARNING, ModuleRunner

_ONLY_HERE = ("name", "input", "batch", "inference", "optimiser", "precision", "device",
              "fit_vram_gb")  # fmt: skip


def add_module(verb: argparse.ArgumentParser, asked: Any) -> None:
    """Add ``--module`` and what goes with it."""
    asked.add_argument(
        "--module", metavar="FILE.py[:NAME]", help="a PyTorch module; the file's code will run"
    )
    verb.add_argument(
        "--input", metavar="SHAPE", help="of one sample: 3x224x224, tokens:512, or both with a ,"
    )
    verb.add_argument("--batch", type=int, metavar="N", help="samples at once (1)")
    verb.add_argument(
        "--inference", action="store_true", default=None, help="run it, do not train it"
    )
    verb.add_argument("--optimiser", choices=OPTIMISERS, help="of the training step (adamw)")
    verb.add_argument("--precision", choices=PRECISIONS, help="of the step (fp32)")
    verb.add_argument(
        "--device", action="append", metavar="ID", help="a GPU to judge, may be given often"
    )
    verb.add_argument(
        "--fit-vram-gb", type=float, metavar="GB", help="find the largest batch a card holds"
    )
    verb.add_argument("--interpreter", metavar="PY", help="a Python that has PyTorch")


def refuse_without_module(args: argparse.Namespace) -> None:
    """Refuse options that say something of a module when there is none.

    Raises:
        UserError: one of them is given.
    """
    given = [name for name in _ONLY_HERE if getattr(args, name, None) is not None]
    if given:
        raise UserError(
            f"--{given[0].replace('_', '-')} goes with --module",
            "a table says such things in its rows",
            "",
        )


def question_of(args: argparse.Namespace) -> ModuleQuestion:
    """Return what is asked.

    Raises:
        UserError: a value cannot be used.
    """
    file, name = split(args.module)
    return ModuleQuestion(
        file=file,
        name=name,
        input=args.input or "",
        batch=1 if args.batch is None else args.batch,
        is_inference=bool(args.inference),
        optimiser=args.optimiser or "adamw",
        precision=args.precision or "fp32",
    ).checked()


def split(text: str) -> tuple[str, str]:
    """Return file and name of FILE.py:NAME; a Windows drive's colon parts nothing."""
    file, colon, name = text.rpartition(":")
    if colon and name.isidentifier() and file.lower().endswith(".py"):
        return file, name
    return text, ""


def run_module(args: argparse.Namespace, out: Output) -> int:
    """Print the answer; 1 when it runs on none of the devices named."""
    if args.devices is not None:
        raise UserError("--devices goes with --cases", "it describes devices of a table", "")
    question = question_of(args)
    if args.fit_vram_gb is not None:
        card_of(args.fit_vram_gb)
    sheets = _sheets(args, out)
    studio = out.studio
    found_python = choose_interpreter(args.interpreter or "", studio.settings.interpreter)
    out.note(f"{WARNING} ({found_python.path})")
    runner = ModuleRunner(found_python, studio.home.log_dir)
    if args.fit_vram_gb is None:
        found = _run(runner, lambda: runner.run(question, out.progress), out)
        return _say(_checked(found), sheets, out)
    vram_gb = args.fit_vram_gb
    largest = _largest(runner, question, vram_gb, out)
    if largest.found is None:
        _say_none(largest, vram_gb, out)
        return 1
    return _say(largest.found, sheets, out, (largest, vram_gb))


def _largest(
    runner: ModuleRunner, question: ModuleQuestion, vram_gb: float, out: Output
) -> Largest:
    """Reckon batch after batch until the edge is known on both sides."""

    def ask(batch: int) -> ModuleMemory | None:
        return runner.run(replace(question, batch=batch), out.progress)

    def told(probe: Probe) -> None:
        out.note(probe.words())

    card = card_of(vram_gb)
    found = _run(runner, lambda: largest_of(ask, card, question.batch, told), out)
    if not isinstance(found, Largest):
        raise HostError("It was stopped", "nobody knows the answer", "Run it again")
    if found.probes:
        found = replace(found, formula=by_formula(question, found.probes[0].found, vram_gb))
    return found


def _run(runner: ModuleRunner, ask: Callable[[], Any], out: Output) -> Any:
    """Run it in a thread, so that Ctrl+C reaches us and ends the worker with its children."""
    got: list[Any] = []

    def work() -> None:
        try:
            got.append(ask())
        except Exception as error:  # noqa: BLE001 - carried over to the calling thread
            got.append(error)

    thread = threading.Thread(target=work, name="module")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.2)
    except KeyboardInterrupt:
        runner.cancel.set()
        thread.join()
        raise
    out.progress("")
    if isinstance(got[0], Exception):
        raise got[0]
    return got[0]


def _checked(found: object) -> ModuleMemory:
    if not isinstance(found, ModuleMemory):
        raise HostError("It was stopped", "nobody knows the answer", "Run it again")
    return found


def _sheets(args: argparse.Namespace, out: Output) -> list[tuple[str, DeviceSheet]]:
    """Return id and data sheet of every device named.

    Raises:
        UserError: one of them is not known.
    """
    from hwstudio.cli.predict import device_of

    catalog = out.studio.catalog
    gpus = [device_of(catalog, text) for text in args.device or ()]
    return [(gpu.id, sheet_of(gpu, ())) for gpu in gpus]


def _say_none(largest: Largest, vram_gb: float, out: Output) -> None:
    if out.is_json:
        out.document({"largest_batch": _largest_document(largest, vram_gb)})
    else:
        out.line(largest.words(vram_gb))


def _largest_document(largest: Largest, vram_gb: float) -> dict[str, Any]:
    return {
        "vram_gb": vram_gb,
        "batch": largest.batch,
        "next_batch": largest.next_batch,
        "by_formula": largest.formula,
        "evidence": answer.PROVENANCE,
        "reckoned": [
            {"batch": p.batch, "live_gib": p.found.peak_bytes / GIB, "fits": p.fits}
            for p in largest.probes
        ],
    }


def _say(
    found: ModuleMemory,
    sheets: list[tuple[str, DeviceSheet]],
    out: Output,
    largest: tuple[Largest, float] | None = None,
) -> int:
    judged = [(name, answer.runs_on(found, sheet)) for name, sheet in sheets]
    known = [sheet_of(gpu, ()) for gpu in out.studio.catalog.gpus()]
    least = answer.smallest(found, known)
    if out.is_json:
        about = {} if largest is None else {"largest_batch": _largest_document(*largest)}
        out.document(_document(found, judged, least) | about)
    else:
        if largest is not None:
            out.line(largest[0].words(largest[1]))
        _show(found, judged, least, out)
    return int(bool(judged) and all(each.verdict is Fit.NO for _, each in judged))


def _document(
    found: ModuleMemory, judged: list[tuple[str, answer.Runs]], least: answer.Runs | None
) -> dict[str, Any]:
    shown, asked = answer.expected(found), found.question
    return {
        "module": found.name,
        "file": Path(asked.file).name,
        "input": asked.input,
        "batch": asked.batch,
        "mode": "inference" if asked.is_inference else "train",
        "optimiser": "" if asked.is_inference else asked.optimiser,
        "precision": asked.precision,
        "loss": found.loss,
        "live_bytes": found.peak_bytes,
        "live_gib": found.peak_bytes / GIB,
        "peak_at": found.peak_phase,
        "items": [{"label": i.label, "gib": i.bytes / GIB} for i in found.items],
        "expected_gib": shown.median / GIB,
        "expected_low_gib": shown.low / GIB,
        "expected_high_gib": shown.high / GIB,
        "need_gib": answer.need_of(found).median / GIB,
        "smallest_card": None
        if least is None
        else {"name": least.sheet.name, "room_gib": least.room_bytes / GIB},
        "devices": [
            {
                "id": name,
                "name": runs.sheet.name,
                "verdict": runs.verdict,
                "room_gib": runs.room_bytes / GIB,
            }
            for name, runs in judged
        ],
        "parameters": found.params_total,
        "parameters_trained": found.params_trained,
        "macs_per_sample": found.macs_per_sample,
        "activations_per_sample": found.activations_per_sample,
        "evidence": answer.PROVENANCE,
        "torch": found.torch,
    }


def _show(
    found: ModuleMemory,
    judged: list[tuple[str, answer.Runs]],
    least: answer.Runs | None,
    out: Output,
) -> None:
    asked, shown = found.question, answer.expected(found)
    what = "one forward pass" if asked.is_inference else f"a training step ({asked.optimiser})"
    out.line(f"{found.name}, {what}, batch {asked.batch}, {asked.precision}")
    out.line(f"Live tensors    {gib(found.peak_bytes)}, exact, at the peak in: {found.peak_phase}")
    for item in found.items:
        out.line(f"                {gib(item.bytes)} {item.label}")
    out.line(
        f"Driver shows    about {gib(shown.median)} ({gib(shown.low)} to {gib(shown.high)}): "
        "PyTorch's cache grows into what is free"
    )
    need = gib(round(answer.need_of(found).median))
    if least is None:
        out.line(f"Smallest card   none of the catalogue: it needs {need}")
    else:
        out.line(f"Smallest card   {least.sheet.name}: it needs {need}")
    for _, runs in judged:
        out.line(f"{runs.sheet.name}: {runs.verdict.value}, room {gib(runs.room_bytes)}")
    out.line(
        f"Model           {found.params_total:,} parameters, "
        f"{significant(found.macs_per_sample / 1e9, 3)} GMAC and "
        f"{significant(found.activations_per_sample / 1e6, 3)} M activations a sample"
    )
    if found.loss:
        out.line(f"Loss            {found.loss}")
