"""The fitted speed model: a Gaussian process over the ideal speed, and intervals that were tested.

It is written by ``benchmarks/predict/fit_speed.py`` into ``resources/predict/speed.npz``. The file
holds no measured value: only where its supports lie (kind of work, device, software) and the
weights fitted to them.
"""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from hwstudio.core.predict.fitted.accumulation import OFTEN, felt, is_unhalved
from hwstudio.core.predict.fitted.ceiling import ceiling
from hwstudio.core.predict.fitted.clues import (
    CLASSES,
    MEMORY,
    METRICS,
    POWER,
    baseline,
    class_of,
    is_about_power,
)
from hwstudio.core.predict.fitted.coordinates import (
    Arrays,
    Scales,
    coordinates,
    letters_of,
    unit_of,
)
from hwstudio.core.predict.fitted.kernel import LENGTHS, measured
from hwstudio.core.predict.fitted.lookup import in_parts, looked_up
from hwstudio.core.predict.fitted.measured import KeptValues, Near
from hwstudio.core.predict.fitted.need import is_about_memory
from hwstudio.core.predict.fitted.on_demand import OnDemand
from hwstudio.core.predict.fitted.processors import few_pictures
from hwstudio.core.predict.fitted.question import DeviceSheet, Question, device_of
from hwstudio.core.predict.fitted.widths import width_of
from hwstudio.core.predict.fitted.work import TEXT, work_of

if TYPE_CHECKING:
    import numpy as np

GROUPS = {
    "vision": ("vision training", "vision inference"),
    "text": (
        "transformer training", "adapter training", "prompt reading", "text generation", "serving",
    ),
    "pictures": ("picture generation",),
    "other": ("speech training", "other training"),
    "target": ("time to target",),
    "memory": tuple(MEMORY + kind for kind in CLASSES),
    "power": tuple(POWER + kind for kind in CLASSES),
}  # fmt: skip
GROUP_OF = {kind: group for group, kinds in GROUPS.items() for kind in kinds}
# What of a question nobody measured; "software": nobody measured with this framework.
CASES = ("seen", "model", "device", "both", "software")
_SAME_SIZE, _LIKE_NAME = 0.01, 0.5  # log of parameters, and the cosine of letters
_REACHED = math.log(0.95)  # nothing long reaches its ceiling; only the end of the range may
_SOFTWARE = ("class", "framework", "source")


@dataclass(frozen=True, slots=True)
class SpeedAnswer:
    """The speed of one question in its own unit; 90 % interval. ``refused`` says why there is none.

    ``support``: how much the nearest measurement has in common with the question, 0 to 1.
    ``nearest``: the measurements at the closest supports, with their value where it may be shown.
    """

    id: str
    metric: str
    median: float | None
    low: float | None
    high: float | None
    case: str
    support: float
    nearest: tuple[Near, ...]
    refused: str = ""


def np_letters(model: str) -> np.ndarray[Any, Any]:
    """Return the letters of a model's name as numpy has them."""
    import numpy as np

    return np.array(letters_of(model), dtype=np.float32)


class SpeedGroup:
    """The model of one group of kinds of work."""

    def __init__(
        self,
        name: str,
        arrays: Mapping[str, Any],
        words: Mapping[str, Any],
        values: KeptValues | None = None,
        sheets: Mapping[str, DeviceSheet] | None = None,
    ) -> None:
        import numpy as np

        self.name = name
        self._values = values
        self.scales = Scales(
            {block: tuple(names) for block, names in words["names"].items()},
            {block: arrays[f"mean {block}"] for block in words["names"]},
            {block: arrays[f"spread {block}"] for block in words["names"]},
            tuple(words["missing"]),
        )
        self.vocabulary = {
            code: {word: place for place, word in enumerate(found)}
            for code, found in words["vocabulary"].items()
        }
        self.vocabulary_words: Mapping[str, list[str]] = words["vocabulary"]
        self.centre: Mapping[str, float] = words["centre"]
        self.widths: Mapping[str, Sequence[Sequence[float]]] = words["widths"]
        self.hyper = {
            key.removeprefix("hyper "): value.astype(np.float32)
            for key, value in arrays.items()
            if key.startswith("hyper ")
        }
        blocks = (*self.scales.names, "missing", "letters")
        self.supports: Arrays = {block: arrays[block].astype(np.float32) for block in blocks}
        self.supports |= {k: v for k, v in arrays.items() if k.startswith("code ")}
        # Measured once: the supports stand on one side of every question.
        self.supports |= {
            f"ready {length}": measured(np, self.hyper, self.supports, block, length)
            for length, block in LENGTHS.items()
        }
        self.weights = arrays["weights"].astype(np.float32)
        self.per_own = 1 / np.sqrt(arrays["own"].astype(np.float32))  # own: each one's variance
        self._twins: dict[tuple[str, str, float], str] = {}
        self._software, self.near = cache(self._software_of), cache(self._near_at)
        self._with: dict[frozenset[tuple[str, str]], np.ndarray[Any, Any]] = {}
        self._met: dict[str, dict[tuple[str, str], tuple[list[float], set[str]]]] = {}
        self._sheets = sheets or {}
        self._unhalved: dict[tuple[str, str], tuple[frozenset[str], int]] = {}
        self.known = {
            kind: {code: frozenset(found) for code, found in each.items()}
            for kind, each in words["known"].items()
        }

    def common(self, places: Arrays) -> np.ndarray[Any, Any]:
        """Return the covariance of questions with the supports, shape (questions, supports)."""
        import numpy as np

        return np.concatenate(list(in_parts(self.hyper, places, self.supports)))

    def software_at(self, place: int) -> tuple[str, str]:
        """Return framework and publisher of a support, as questions name them."""
        return self._software(tuple(int(self.supports[f"code {c}"][place]) for c in _SOFTWARE))

    def _near_at(self, place: int) -> Near:
        """Return the measurement at a support."""
        word = {
            code: self.vocabulary_words[code][int(self.supports[f"code {code}"][place])]
            for code in ("model", "device", "unit", "precision")
        }
        framework, source = self.software_at(place)
        return Near(
            model=word["model"],
            device=word["device"],
            framework=framework,
            source=source,
            unit=word["unit"].rpartition("|")[2],
            precision=word["precision"],
            kept=None if self._values is None else self._values.at(self.name, self.weights, place),
        )

    def _software_of(self, codes: tuple[int, ...]) -> tuple[str, str]:
        kind, framework, source = (
            self.vocabulary_words[code][number]
            for code, number in zip(_SOFTWARE, codes, strict=True)
        )
        # The code joins framework and method; the framework is the longest known beginning.
        known = self.known.get(kind, {}).get("framework", frozenset())
        starts = [name for name in known if f"{framework} ".startswith(f"{name} ")]
        return max(starts, key=len, default=framework), source

    def met(self, kind: str) -> dict[tuple[str, str], tuple[list[float], set[str]]]:
        """Return the year of every support and the devices, by framework and publisher."""
        if kind not in self._met:
            self._met[kind] = self._met_in(kind)
        return self._met[kind]

    def _met_in(self, kind: str) -> dict[tuple[str, str], tuple[list[float], set[str]]]:
        column = self.scales.names["work"].index("year")
        years = self.supports["work"][:, column] * self.scales.spreads["work"][column]
        years = years + self.scales.means["work"][column]
        found: dict[tuple[str, str], tuple[list[float], set[str]]] = {}
        for place in self.places_of(kind).nonzero()[0].tolist():
            told, devices = found.setdefault(self.software_at(place), ([], set()))
            told.append(float(years[place]))
            code = int(self.supports["code device"][place])
            devices.add(self.vocabulary_words["device"][code])
        return found

    def places_of(self, kind: str) -> np.ndarray[Any, Any]:
        """Say of every support whether it is of a kind of work."""
        kinds = self.vocabulary_words["class"]
        code = kinds.index(kind) if kind in kinds else -1
        import numpy as np

        return np.asarray(self.supports["code class"] == code)

    def places_with(self, software: frozenset[tuple[str, str]]) -> np.ndarray[Any, Any]:
        """Say of every support whether it was run with one of these."""
        import numpy as np

        if software not in self._with:
            count = len(self.weights)
            self._with[software] = np.array([self.software_at(n) in software for n in range(count)])
        return self._with[software]

    def twin_of(self, kind: str, model: str, params: float) -> str:
        """Return a measured model of the same size and a like name, or the name itself.

        Llama 3 8B and Llama 3.1 8B do the same work: what was measured of one holds for the other.
        """
        asked = (kind, model, params)
        if asked not in self._twins:
            self._twins[asked] = self._twin_of(kind, model, params)
        return self._twins[asked]

    def _twin_of(self, kind: str, model: str, params: float) -> str:
        known = self.known.get(kind, {}).get("model", frozenset())
        if model in known or "params" not in self.scales.names["work"]:
            return model
        column = self.scales.names["work"].index("params")
        logs = self.supports["work"][:, column] * self.scales.spreads["work"][column]
        logs = logs + self.scales.means["work"][column]
        letters = self.supports["letters"] @ np_letters(model)
        alike = (abs(logs - math.log(params)) < _SAME_SIZE) & (letters > _LIKE_NAME)
        for place in (-letters * alike).argsort()[: int(alike.sum())]:
            name = self.vocabulary_words["model"][int(self.supports["code model"][place])]
            if name in known:
                return name
        return model

    def centre_at(self, question: Question) -> float | None:
        """Return the middle (log, over the ideal) of the question's unit, else of its kind."""
        found = self.centre.get(unit_of(question))
        if found is None and question.metric in METRICS and work_of(question).flop:
            return self.centre.get(class_of(question))
        return found

    def own_variance(self, places: Arrays) -> np.ndarray[Any, Any]:
        """Return the variance of each question by itself: everything is near and the same."""
        import numpy as np

        slopes = np.exp(self.hyper["slopes"])
        out = np.exp(self.hyper["parts"]).sum() + np.exp(self.hyper["parts"][0])
        for block, steepness in (("device", slopes[0]), ("run", slopes[1])):
            steep = places[block] * np.exp(self.hyper[f"slope {block}"])
            out = out + steepness * (steep * steep).sum(1)
        return np.asarray(out)

    def as_felt(self, question: Question) -> Question:
        """Return the question of an unmeasured card with the rates that are felt.

        Where enough of its like were measured with such work, it stays as it is.
        """
        if not is_unhalved(question.device):
            return question
        if is_about_memory(question) or is_about_power(question):
            return question
        key = class_of(question), question.family
        if key not in self._unhalved:
            self._unhalved[key] = self._unhalved_in(*key)
        seen, met = self._unhalved[key]
        if question.device.name in seen:
            return question
        return replace(question, device=felt(question.device, met))

    def _unhalved_in(self, kind: str, family: str) -> tuple[frozenset[str], int]:
        """Return the cards with the whole matrix rate that were measured with such work.

        And how many were so often enough to count.
        """
        import numpy as np

        families = self.vocabulary_words["family"]
        code = families.index(family) if family in families else -1
        places = self.places_of(kind) & (self.supports["code family"] == code)
        codes, counts = np.unique(self.supports["code device"][places], return_counts=True)
        names = [self.vocabulary_words["device"][n] for n in codes.tolist()]
        seen = {
            name: count
            for name, count in zip(names, counts.tolist(), strict=True)
            if name in self._sheets and is_unhalved(self._sheets[name])
        }
        return frozenset(seen), sum(count >= OFTEN for count in seen.values())

    def case_of(self, question: Question) -> str:
        """Return what of the question was never measured in its kind of work."""
        known = self.known.get(class_of(question))
        if known is None:
            return "both"
        has_model = question.model in known["model"]
        has_device = question.device.name in known["device"]
        if has_model:
            return "seen" if has_device else "device"
        return "model" if has_device else "both"

    def half_width(self, question: Question, case: str, support: float) -> float:
        """Return the log half-width of the interval; what nobody measured with widens it."""
        return width_of(self.widths, self.known, self._sheets, question, case, support)


class SpeedModel:
    """All groups. ``answer`` takes any number of questions at once."""

    def __init__(self, groups: Mapping[str, SpeedGroup], about: Mapping[str, Any]) -> None:
        self.groups = groups
        self.about = about
        self.devices: dict[str, DeviceSheet] = {
            row["device"]: device_of(row) for row in about["devices"]
        }

    @classmethod
    def from_bytes(cls, raw: bytes, values: KeptValues | None = None) -> SpeedModel:
        """Return the model of the file's bytes. ``values``: published ones at its supports.

        Raises:
            ValueError, KeyError, OSError: they are no such file.
        """
        import numpy as np

        if not zipfile.is_zipfile(io.BytesIO(raw)):
            raise ValueError("the speed model's file is damaged")
        stored = np.load(io.BytesIO(raw), allow_pickle=False)  # of bytes: nothing to close
        about = json.loads(bytes(stored["about"]).decode())
        words = about["groups"]
        sheets = {row["device"]: device_of(row) for row in about["devices"]}

        def group(name: str) -> SpeedGroup:
            own = {
                key.removeprefix(f"{name}/"): stored[key]
                for key in stored.files
                if key.startswith(f"{name}/")
            }
            return SpeedGroup(name, own, words[name], values, sheets)

        return cls(OnDemand(tuple(words), group), about)

    def answer(self, questions: Sequence[Question]) -> list[SpeedAnswer]:
        """Return an answer to each question, in their order."""
        answers: list[SpeedAnswer | None] = [None] * len(questions)
        places: dict[str, list[int]] = {}
        for place, question in enumerate(questions):
            refused = self._refused(question)
            if refused:
                answers[place] = _none(question, refused)
            else:
                places.setdefault(GROUP_OF[class_of(question)], []).append(place)
        for name, chosen in places.items():
            group = self.groups[name]
            for start in range(0, len(chosen), _AT_ONCE):
                part = chosen[start : start + _AT_ONCE]
                asked = [questions[n] for n in part]
                found = _answers(group, asked)
                found = few_pictures(group, self.devices, asked, found, partial(_answers, group))
                for place, each in zip(part, found, strict=True):
                    answers[place] = each
        return [each for each in answers if each is not None]

    def twin(self, question: Question) -> Question:
        """Return the question about a measured twin: a model of the same size and a like name."""
        kind = class_of(question)
        group = self.groups.get(GROUP_OF[kind])
        if group is None or not question.params:
            return question
        return replace(question, model=group.twin_of(kind, question.model, question.params))

    def software_like(
        self, questions: Sequence[Question], among: frozenset[tuple[str, str]] | None = None
    ) -> list[tuple[str, str]]:
        """Return framework and publisher of the measurement nearest to each; else empty.

        The questions are of one kind of work. ``among``: nothing else is looked at.
        """
        import numpy as np

        kind = class_of(questions[0]) if questions else ""
        group = self.groups.get(GROUP_OF.get(kind, ""))
        if group is None:
            return [("", "")] * len(questions)
        likeness = group.common(coordinates(questions, group.scales, group.vocabulary))
        likeness = likeness * group.per_own
        is_kin = group.places_of(kind)
        if among is not None:
            is_kin = is_kin & group.places_with(among)
        if not is_kin.any():
            return [("", "")] * len(questions)
        nearest = np.where(is_kin[None], likeness, -np.inf).argmax(axis=1)
        return [group.software_at(int(place)) for place in nearest]

    def _refused(self, question: Question) -> str:
        kind = class_of(question)
        group = self.groups.get(GROUP_OF[kind])
        if group is None or group.centre_at(question) is None:
            return f"Nobody measured {question.metric} of this kind of work ({kind})"
        is_new = group.case_of(question) in ("model", "both")
        if is_new and is_untold(question):
            if question.params and question.family in TEXT:
                return (
                    f"How much work {question.model} is cannot be told: its words' table is larger "
                    "than all its parameters allow, so its layers share weights"
                )
            return (
                f"How much work {question.model} is cannot be told: neither its parameters nor its "
                "operations are known. Give its parameters"
            )
        return ""


_AT_ONCE = 256
# Relatives are found by name there, or the range covers whatever its kind of work can be.
_NAMED_WORK = (
    "vision training", "vision inference", "speech training", "other training", "time to target",
)  # fmt: skip


def is_untold(question: Question) -> bool:
    """Say whether nothing but its own measurements could tell how much work a question is."""
    if is_about_memory(question) or is_about_power(question):
        return False
    work = work_of(question)
    return not (work.flop or work.traffic_bytes) and class_of(question) not in _NAMED_WORK


def _none(question: Question, why: str) -> SpeedAnswer:
    return SpeedAnswer(question.id, question.metric, None, None, None, "both", 0.0, (), why)


def _answers(group: SpeedGroup, questions: Sequence[Question]) -> list[SpeedAnswer]:
    import numpy as np

    seen = [group.as_felt(question) for question in questions]
    where = coordinates(seen, group.scales, group.vocabulary)
    corrections, closest, nearness = looked_up(group, where)
    centre = np.array([group.centre_at(question) or 0.0 for question in questions])
    works = [work_of(question) for question in questions]
    felt_works = (works[n] if s is questions[n] else work_of(s) for n, s in enumerate(seen))
    ideal = np.array(list(map(baseline, seen, felt_works)))
    most = np.array(list(map(ceiling, questions, works)))
    logs = np.minimum(ideal + centre + corrections, most + _REACHED)
    own = np.sqrt(np.maximum(group.own_variance(where), 1e-9))
    found = []
    for n, question in enumerate(questions):
        support = float(min(1.0, nearness[n] / own[n]))
        case = group.case_of(question)
        half = group.half_width(question, case, support)
        middle = float(logs[n])
        found.append(
            SpeedAnswer(
                id=question.id,
                metric=question.metric,
                median=math.exp(middle),
                low=math.exp(middle - half),
                high=math.exp(min(middle + half, float(most[n]))),
                case=case,
                support=support,
                nearest=tuple(group.near(int(place)) for place in closest[n]),
            )
        )
    return found
