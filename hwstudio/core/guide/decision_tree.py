"""Three questions that end in wishes for a build and in a cloud option to hold against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hwstudio.core.base.errors import UserError
from hwstudio.core.guide.wishes import GuideWishes


@dataclass(frozen=True, slots=True, kw_only=True)
class CloudWish:
    """What to rent instead or besides. ``kind`` is free (a free notebook) or hourly."""

    kind: str
    words: str
    min_vram_bytes: int = 0
    gpu_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeAnswer:
    """One answer: what it adds to the wishes, and the question after it ("" = the end)."""

    id: str
    words: str
    hint: str
    wishes: GuideWishes
    cloud: CloudWish | None = None
    next_id: str = ""
    read: tuple[str, ...] = ()  # ids of the pages that say why


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question with its answers."""

    id: str
    words: str
    answers: tuple[TreeAnswer, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """Where a walk ends."""

    path: tuple[TreeAnswer, ...]
    wishes: GuideWishes
    cloud: CloudWish

    @property
    def words(self) -> str:
        """Return the answers given in one line, as "a student; making pictures; most days"."""
        return "; ".join(answer.words[0].lower() + answer.words[1:] for answer in self.path)

    @property
    def read(self) -> tuple[str, ...]:
        """Return the ids of the pages that say why, each once, in the order of the answers."""
        return tuple(dict.fromkeys(page for answer in self.path for page in answer.read))


@dataclass(frozen=True, slots=True)
class DecisionTree:
    """Questions by id; the walk begins at ``root``."""

    root: str
    questions: Mapping[str, Question]

    def at(self, path: tuple[str, ...]) -> Question | Leaf:
        """Return where the answers of ``path`` lead: the next question, or the end.

        Raises:
            UserError: an answer is not one of the question's.
        """
        question = self.questions[self.root]
        taken: list[TreeAnswer] = []
        for place, answer_id in enumerate(path):
            answer = next((a for a in question.answers if a.id == answer_id), None)
            if answer is None:
                known = ", ".join(a.id for a in question.answers)
                raise UserError(
                    f'"{answer_id}" is no answer to "{question.words}"', "", f"Choose from {known}"
                )
            taken.append(answer)
            if not answer.next_id:
                if place + 1 < len(path):
                    raise UserError("There is no further question", "", "Give fewer answers")
                return _leaf(tuple(taken))
            question = self.questions[answer.next_id]
        return question

    def leaves(self) -> Iterator[tuple[tuple[str, ...], Leaf]]:
        """Yield every way through the tree with its end."""
        waiting: list[tuple[str, ...]] = [()]
        while waiting:
            path = waiting.pop()
            here = self.at(path)
            if isinstance(here, Leaf):
                yield path, here
            else:
                waiting += [(*path, answer.id) for answer in here.answers]


def _leaf(path: tuple[TreeAnswer, ...]) -> Leaf:
    wishes = GuideWishes()
    cloud = None
    for answer in path:
        wishes = wishes.with_more(answer.wishes)
        cloud = answer.cloud or cloud
    if cloud is None:
        raise UserError("A way through the tree names no cloud option", "", "Mend the text")
    return Leaf(path, wishes, cloud)
