"""The known words nearest to a misspelt one, all compared at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

SHORTEST, LONGEST = 3, 20
# Typed letters from which a beginning of a longer word is compared too.
LEAST_BEGINNING = 5
FAR = 99


def most_mistakes(length: int) -> int:
    """Return how many letters of a word of that length may be wrong."""
    if length < SHORTEST or length > LONGEST:
        return 0
    return 1 if length < 7 else 2


class Speller:
    """Knows words of letters only."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = sorted({word for word in words if SHORTEST <= len(word) <= LONGEST})
        self._lengths = np.array([len(word) for word in self._words], np.int64)
        letters = np.zeros((LONGEST, len(self._words)), np.uint8)
        for place, word in enumerate(self._words):
            letters[: len(word), place] = np.frombuffer(word.encode("ascii"), np.uint8)
        self._letters = letters

    def near(self, typed: str, *, but_itself: bool = False) -> list[str]:
        """Return the words with the fewest mistakes to ``typed``, none if all are too far.

        A missing, extra or wrong letter is one mistake, and so are two swapped letters. Of words
        equally far those with the same first letter are taken: it is rarely the wrong one.
        """
        most = most_mistakes(len(typed))
        if not most or not self._words:
            return []
        close = self._lengths >= len(typed) - most
        distance = self._distance(typed, close, most)
        if but_itself:
            distance[distance == 0] = FAR
        if len(typed) == SHORTEST:
            distance = np.where(self._is_swapped(typed), distance, FAR)
        least = int(distance.min())
        if least > most:
            return []
        best = np.flatnonzero(distance == least)
        same = best[self._letters[0, best] == ord(typed[0])]
        return [self._words[place] for place in (same if len(same) else best)]

    def _is_swapped(self, typed: str) -> NDArray[np.bool_]:
        """Three letters allow nothing but a swap: "rxt" is rtx, "msi" is not "nsi"."""
        wanted = sorted(typed.encode("ascii"))
        same = np.sort(self._letters[:SHORTEST], axis=0) == np.array(wanted)[:, None]
        found: NDArray[np.bool_] = same.all(axis=0) & (self._lengths == SHORTEST)
        return found

    def _distance(self, typed: str, close: NDArray[np.bool_], most: int) -> NDArray[Any]:
        """Return the mistakes (optimal string alignment distance), FAR where not close."""
        count = len(typed)
        places = np.flatnonzero(close)
        lengths = self._lengths[places]
        columns = min(LONGEST, count + most)
        letters = self._letters[:columns, places]
        before: list[NDArray[Any]] = []
        row = [np.full(len(places), place, np.uint8) for place in range(columns + 1)]
        for at, letter in enumerate(typed.encode("ascii"), 1):
            above, before = before, row
            row = [np.full(len(places), at, np.uint8)]
            for column in range(1, columns + 1):
                best = before[column - 1] + (letters[column - 1] != letter)
                best = np.minimum(best, np.minimum(before[column], row[column - 1]) + 1)
                if at > 1 and column > 1:
                    earlier = ord(typed[at - 2])
                    swap = (letters[column - 2] == letter) & (letters[column - 1] == earlier)
                    best = np.where(swap, np.minimum(best, above[column - 2] + 1), best)
                row.append(best)
        table = np.stack(row)
        reach = np.minimum(lengths, columns)
        whole = table[reach, np.arange(len(places))] + (lengths - reach)
        found = np.full(len(close), FAR, np.int64)
        found[places] = whole
        if count >= LEAST_BEGINNING and not (found <= most).any():
            beginning = table.min(axis=0)
            found[places] = np.where((lengths > count) & (beginning <= 1), beginning, FAR)
        return found
