"""What a typed text means: as it stands, joined, mended, or as much of it as there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise

import numpy as np

from hwstudio.core.catalog.find.text_index import Scores, TextIndex
from hwstudio.core.catalog.find.wording import (
    OTHER_MODEL,
    SHORT_FORMS,
    has_digit,
    is_measure,
    pieces_of,
    with_units,
    words_of,
)

# A letter word this short ("ti", "xt") tells models apart and must be there when it is known.
SHORT = 3
# From this length a word that exists may still be a slip of the hand for another.
LEAST_SLIP = 4


class Closeness(IntEnum):
    """How the text had to be read, best first."""

    TYPED = 0
    JOINED = 1
    MENDED = 2
    SLIPPED = 3
    PARTLY = 4
    NOTHING = 5


@dataclass(frozen=True, slots=True)
class Meaning:
    """A score for every row, 0 = not meant, and how the text had to be read."""

    scores: Scores
    closeness: Closeness


def meaning(index: TextIndex, text: str) -> Meaning | None:
    """Return what ``text`` means among the rows of ``index``; None when it has no words.

    A number is never mended: one like nothing known means another model, so nothing is found.
    """
    words = with_units(words_of(text))
    if not words:
        return None
    typed = [_as_typed(index, word, words) for word in words]
    if (all_of := _together(typed)) is not None:
        return Meaning(_side_by_side(index, words, all_of), Closeness.TYPED)
    if (joined := _joined(index, words, typed)) is not None:
        return Meaning(joined, Closeness.JOINED)
    kept: list[tuple[str, Scores]] = []
    for word, scores in zip(words, typed, strict=True):
        found = scores if scores.any() else _mended(index, word, words)
        if found is not None and found.any():
            kept.append((word, found))
        elif found is not None or has_digit(word) or word in OTHER_MODEL:
            return _nothing(index)
    if len(kept) * 2 < len(words) or not kept:
        return _nothing(index)
    if (mended := _together([scores for _, scores in kept])) is not None:
        return Meaning(mended, Closeness.MENDED if len(kept) == len(words) else Closeness.PARTLY)
    if (slipped := _together([_slip(index, *one, words) for one in kept])) is not None:
        return Meaning(slipped, Closeness.SLIPPED)
    return _partly(index, kept, len(words))


def _nothing(index: TextIndex) -> Meaning:
    return Meaning(np.zeros(index.count, np.int32), Closeness.NOTHING)


def _as_typed(index: TextIndex, word: str, words: Sequence[str]) -> Scores:
    scores = index.score(word, words)
    meant = SHORT_FORMS.get(word)
    return scores if meant is None else np.maximum(scores, index.score(meant, words))


def _together(found: Sequence[Scores]) -> Scores | None:
    """Return the sums where every word is met, None where that is nowhere."""
    total, everywhere = found[0].copy(), found[0] > 0
    for scores in found[1:]:
        everywhere &= scores > 0
        total += scores
    if not everywhere.any():
        return None
    total[~everywhere] = 0
    return total


def _side_by_side(index: TextIndex, words: Sequence[str], found: Scores) -> Scores:
    """Prefer rows where a number and the letters after it stand together: "4 tb", "4070 ti"."""
    for word, after in pairwise(words):
        if word[-1].isdigit() and after[0].isalpha():
            found = found + np.where(found > 0, index.score(word + after, words), 0)
    return found


def _joined(index: TextIndex, words: Sequence[str], typed: Sequence[Scores]) -> Scores | None:
    """Try two neighbouring words as one: "pro art", "thread ripper"."""
    for at in range(len(words) - 1):
        one = index.score(words[at] + words[at + 1], words)
        found = _together([*typed[:at], one, *typed[at + 2 :]]) if one.any() else None
        if found is not None:
            return found
    return None


def _mended(index: TextIndex, word: str, words: Sequence[str]) -> Scores | None:
    """Return the scores of what a word nobody knows may have meant, None when it says nothing."""
    if not has_digit(word):
        return _near(index, word, words)
    pieces = pieces_of(word)
    if len(pieces) == 1 or is_measure(word):
        return _nothing(index).scores
    found: list[Scores] = []
    for piece in pieces:
        scores = _as_typed(index, piece, words)
        if not scores.any() and not has_digit(piece):
            near = _near(index, piece, words)
            if near is None and len(piece) >= SHORT:
                continue  # "6000mhz" where nobody writes the unit
            scores = scores if near is None else near
        found.append(scores)
    together = _together(found)
    return _nothing(index).scores if together is None else together


def _near(
    index: TextIndex, word: str, words: Sequence[str], *, but_itself: bool = False
) -> Scores | None:
    near = index.near(word, but_itself=but_itself)
    if not near:
        return None
    scores: Scores = np.maximum.reduce([index.score(other, words) for other in near])
    return scores


def _slip(index: TextIndex, word: str, scores: Scores, words: Sequence[str]) -> Scores:
    """Return the scores of a word and of those near it, though the word itself is known."""
    if has_digit(word) or len(word) < LEAST_SLIP:
        return scores
    near = _near(index, word, words, but_itself=True)
    return scores if near is None else np.maximum(scores, near)


def _partly(index: TextIndex, kept: Sequence[tuple[str, Scores]], count: int) -> Meaning:
    """Return the rows with most of the words, and with all that tell models apart."""
    hits = np.zeros(index.count, np.int32)
    total = np.zeros(index.count, np.int32)
    allowed = np.ones(index.count, bool)
    for word, scores in kept:
        has = scores > 0
        hits += has
        total += scores
        if has_digit(word) or len(word) <= SHORT:
            allowed &= has
    hits[~allowed] = 0
    most = int(hits.max(initial=0))
    if most * 2 < count:
        return _nothing(index)
    total[hits < most] = 0
    return Meaning(total, Closeness.PARTLY)
