"""Jobs by name: those of the library by their id, any model's by a text that says all of it.

A project, a command and a link hold a job as one line, so that it can be asked again years later:

    model:meta-llama/Llama-3.1-8B?mode=qlora&batch=4&sequence_tokens=4096

What is left out is what is usual for that model and mode (``job_maker.usual_wish``). How several
GPUs share the job is not part of it: a planner tries several numbers of GPUs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields, replace
from enum import StrEnum
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, urlencode

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.model.recipe import Adapted, Around, Cache, Optimiser, Recipe
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.job_maker import JobWish, job_of, modes_of, precisions_of, usual_wish
from hwstudio.core.predict.picture_size import LEAST_SIDE, MOST_SIDE

PREFIX = "model:"
MOST = 1e15
_EXAMPLE = "model:ID?mode=qlora&batch=4"
_WISHED = ("precision", "batch", "sequence_tokens", "steps", "image_px", "samples", "epochs")
_RECIPE = (
    "optimiser", "is_checkpointed", "has_fused_attention", "accumulation", "cache",
    "adapter_rank", "adapted",
)  # fmt: skip
_AROUND = tuple(field.name for field in fields(Around))
_WORDS: dict[str, type[StrEnum]] = {"optimiser": Optimiser, "cache": Cache, "adapted": Adapted}
_YES_NO = ("is_checkpointed", "has_fused_attention")
_WHOLE = (
    "batch", "sequence_tokens", "steps", "image_px", "accumulation", "runs", "adapter_rank",
)  # fmt: skip


class Library(Protocol):
    """What jobs are looked up in."""

    def workload(self, workload_id: str) -> Workload: ...
    def ai_models(self) -> tuple[AiModel, ...]: ...


def job_text(model: AiModel, wish: JobWish) -> str:
    """Return the line that stands for a model's job."""
    usual = usual_wish(model, wish.mode)
    said = [("mode", wish.mode.value)]
    for mine, theirs, names in (
        (wish, usual, _WISHED),
        (wish.recipe, usual.recipe, _RECIPE),
        (wish.around, usual.around, _AROUND),
    ):
        for name in names:
            value = getattr(mine, name)
            if value != getattr(theirs, name):
                said.append((name, _written(value)))
    return f"{PREFIX}{quote(model.id, safe='/')}?{urlencode(said)}"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, StrEnum):
        return value.value
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def find_job(library: Library, text: str) -> Workload:
    """Return the job behind an id or a line.

    Raises:
        UserError: no such job or model, or a line that says something impossible.
    """
    if not text.startswith(PREFIX):
        return library.workload(text)
    model, wish = read_job(library.ai_models(), text)
    return replace(job_of(model, wish), id=job_text(model, wish))


def read_job(models: Iterable[AiModel], text: str) -> tuple[AiModel, JobWish]:
    """Return the model and the wish behind a line.

    Raises:
        UserError: no such model, or a line that says something impossible.
    """
    name, _, rest = text.removeprefix(PREFIX).partition("?")
    wanted = _unquoted(name)
    model = next((m for m in models if m.id == wanted), None)
    if model is None:
        raise UserError(
            f"There is no model '{wanted}'", "the catalogue may have lost it", "Choose another job"
        )
    return model, _wish(model, rest, text)


def _unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name)


def _wish(model: AiModel, rest: str, text: str) -> JobWish:
    """Read what is said after the question mark."""
    try:
        said = dict(parse_qsl(rest, keep_blank_values=True, strict_parsing=bool(rest)))
    except ValueError:
        raise _refused(text, "it cannot be read") from None
    modes = modes_of(model)
    asked = said.pop("mode", modes[0].value if modes else "")
    if asked not in {mode.value for mode in modes}:
        raise _refused(text, f"{model.name} cannot be asked for '{asked}'")
    wish = usual_wish(model, Mode(asked))
    known = {*_WISHED, *_RECIPE, *_AROUND}
    strange = sorted(set(said) - known)
    if strange:
        raise _refused(text, f"'{strange[0]}' is not known")
    wish = replace(wish, **dict(_values(said, _WISHED, text)))
    if wish.precision not in precisions_of(model, wish.mode):
        raise _refused(text, f"the precision cannot be '{wish.precision}'")
    recipe = replace(Recipe(), **dict(_values(said, _RECIPE, text)))
    around = replace(Around(), **dict(_values(said, _AROUND, text)))
    return replace(wish, recipe=recipe, around=around)


def _values(said: dict[str, str], names: tuple[str, ...], text: str) -> Iterator[tuple[str, Any]]:
    for name in names:
        if name in said:
            yield name, _read(name, said[name], text)


def _read(name: str, value: str, text: str) -> Any:
    if name == "precision":
        return value
    if name in _WORDS:
        return _one_of(name, value, _WORDS[name], text)
    if name in _YES_NO:
        if value not in ("yes", "no"):
            raise _refused(text, f"'{name}' must be yes or no")
        return value == "yes"
    if value == "None" and name in _AROUND:
        return None
    number: Callable[[str], float] = int if name in _WHOLE else float
    try:
        found = number(value)
    except ValueError:
        raise _refused(text, f"'{name}' must be a number") from None
    least = 0 if name in _AROUND and name != "runs" else 1e-9
    is_side = name != "image_px" or LEAST_SIDE <= found <= MOST_SIDE
    if not least <= found < MOST or not is_side:
        raise _refused(text, f"'{name}' is out of range")
    return found


def _one_of(name: str, value: str, words: type[StrEnum], text: str) -> StrEnum:
    try:
        return words(value)
    except ValueError:
        can = ", ".join(word.value for word in words if word.value)
        raise _refused(text, f"'{name}' must be one of {can}") from None


def _refused(text: str, why: str) -> UserError:
    return UserError(f"The job '{text}' cannot be used", why, f"Write it like {_EXAMPLE}")
