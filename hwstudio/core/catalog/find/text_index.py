"""Every name cut into runs of letters and digits, and where each run stands.

A typed word is looked for as a chain of neighbouring runs, so "rtx4090", "nhd15", "bequiet" and
"i914900k" are found in "RTX 4090", "NH-D15", "be quiet!" and "i9-14900K" without trying spellings.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from hwstudio.core.catalog.find.spelling import Speller
from hwstudio.core.catalog.find.wording import VARIANTS, has_digit, plain

FIELD, END = "\x01", "\x02"
WORD_LETTERS = b"abcdefghijklmnopqrstuvwxyz0123456789\x01\x02"
# Everything else parts words; a table of bytes is far faster than a pattern on millions of letters.
GAPS = bytes(letter if letter in WORD_LETTERS else 32 for letter in range(256))
RUN_OF = re.compile("[a-z]+|[0-9]+|[\x01\x02]")
LONGEST_WORD = 40
BEYOND = "{"  # sorts after every letter

Places = NDArray[np.int64]
Scores = NDArray[np.int32]

# How well a word is met: beside the name; as a beginning; as a run; as a whole word.
BESIDE, BEGINNING, RUN, WHOLE = 1, 2, 3, 4
# Room for the number of words that are not followed by a variant ("Ti") nobody typed.
QUALITY = 64


class TextIndex:
    """Answers which rows have a word, and how well."""

    def __init__(self, names: Sequence[str], beside: Sequence[str], makers: Iterable[str]) -> None:
        self.count = len(names)
        joined = "".join(
            f"{name} {FIELD} {more} {END} " for name, more in zip(names, beside, strict=True)
        )
        letters = plain(joined).encode("ascii", "replace").translate(GAPS)
        self._place(letters.decode("ascii").split())
        self._makers = {"".join(re.findall("[a-z]", plain(maker))) for maker in set(makers)}
        self._speller: Speller | None = None

    def _place(self, words: list[str]) -> None:
        """Cut each word once, though it stands in many names, and lay out the runs of all."""
        known = {word: number for number, word in enumerate(dict.fromkeys(words))}
        cut = [RUN_OF.findall(word) for word in known]
        self._words = sorted({run for runs in cut for run in runs})
        self._id = {run: number for number, run in enumerate(self._words)}
        runs_of = np.array([self._id[run] for runs in cut for run in runs], np.int32)
        length_of = np.array([len(runs) for runs in cut], np.int64)
        first_of = np.cumsum(length_of) - length_of
        at = np.fromiter(map(known.__getitem__, words), np.int64, len(words))
        lengths = length_of[at]
        ends = np.cumsum(lengths)
        firsts = ends - lengths
        places = np.arange(int(lengths.sum()))
        self._runs = runs_of[places + np.repeat(first_of[at] - firsts, lengths)]
        self._starts = np.zeros(len(places), bool)
        self._starts[firsts] = True
        self._ends = np.zeros(len(places), bool)
        self._ends[ends - 1] = True
        self._belong()

    def _belong(self) -> None:
        """Say of every run which row it belongs to, and gather the places of each run."""
        is_end = self._runs == self._id.get(END, -1)
        is_field = self._runs == self._id.get(FIELD, -1)
        rows = np.cumsum(is_end) - is_end
        self._row = rows.astype(np.int32)
        self._is_beside = np.cumsum(is_field) > rows  # the mark itself and what comes after
        self._order = np.argsort(self._runs, kind="stable").astype(np.int32)
        marks = np.arange(len(self._words) + 1)
        self._first = np.searchsorted(self._runs[self._order], marks)
        in_name = self._starts & ~self._is_beside
        self.name_words = np.bincount(self._row[in_name], minlength=self.count)
        self._variants = {self._id[word] for word in VARIANTS if word in self._id}

    @property
    def byte_count(self) -> int:
        """Return the bytes the arrays take; the words themselves come on top."""
        arrays = (self._runs, self._row, self._is_beside, self._starts, self._ends, self._order)
        return sum(array.nbytes for array in (*arrays, self._first, self.name_words))

    def near(self, word: str, *, but_itself: bool = False) -> list[str]:
        """Return the known words a misspelt one may have meant."""
        if self._speller is None:
            letters = (known for known in self._words if known.isalpha())
            self._speller = Speller({*letters, *self._makers})
        return self._speller.near(word, but_itself=but_itself)

    def score(self, word: str, typed: Iterable[str] = ()) -> Scores:
        """Return how well each row has the word, 0 = not at all.

        ``typed`` are all words of the query: a variant named there does not count against a row.
        """
        scores = np.zeros(self.count, np.int32)
        if not 0 < len(word) <= LONGEST_WORD:
            return scores
        others = self._variants - {self._id[other] for other in typed if other in self._id}
        names_model = has_digit(word) or word in VARIANTS
        found = [
            self._judged(starts, nexts, is_exact, others if names_model else set())
            for starts, nexts, is_exact in self._chains(word)
        ]
        if found:
            rows, values = (np.concatenate(column) for column in zip(*found, strict=True))
            order = np.argsort(values, kind="stable")
            scores[rows[order]] = values[order]  # the best of a row is written last
        return scores

    def _judged(
        self, starts: Places, nexts: Places, is_exact: bool, variants: set[int]
    ) -> tuple[NDArray[np.int32], Scores]:
        quality = np.full(len(starts), RUN if is_exact else BEGINNING, np.int32)
        if is_exact:
            quality[self._starts[starts] & self._ends[nexts - 1]] = WHOLE
        quality[self._is_beside[starts]] = BESIDE
        values = quality * QUALITY + 1
        if variants and is_exact:
            is_variant = np.isin(self._runs[nexts], list(variants))
            # "3060 V2" is another issue of the same model, "5600X3D" is another model.
            values -= is_variant & (self._ends[nexts] | ~self._starts[nexts])
        return self._row[starts], values

    def _postings(self, low: int, high: int) -> Places:
        return self._order[self._first[low] : self._first[high]].astype(np.int64)

    def _beginning(self, piece: str) -> tuple[int, int]:
        return bisect_left(self._words, piece), bisect_left(self._words, piece + BEYOND)

    def _chains(self, word: str) -> Iterator[tuple[Places, Places, bool]]:
        """Yield (first run, run after the last, whether the last run ends with the word)."""
        reached: list[list[tuple[Places, Places]]] = [[] for _ in word]
        for start, end, is_last in _cuts(word):
            piece = word[start:end]
            if start and not reached[start]:
                continue
            here = _merged(reached[start]) if start else None
            known = self._id.get(piece)
            if known is not None:
                exact = self._step(here, known, known + 1)
                if is_last:
                    yield (*exact, True)
                elif len(exact[0]):
                    reached[end].append(exact)
            if is_last:
                low, high = self._beginning(piece)
                low += known is not None
                if low < high:
                    yield (*self._step(here, low, high), False)

    def _step(
        self, here: tuple[Places, Places] | None, low: int, high: int
    ) -> tuple[Places, Places]:
        if here is None:
            starts = self._postings(low, high)
            return starts, starts + 1
        starts, nexts = here
        runs = self._runs[nexts]
        fits = (runs >= low) & (runs < high)
        return starts[fits], nexts[fits] + 1


def _merged(parts: list[tuple[Places, Places]]) -> tuple[Places, Places]:
    if len(parts) == 1:
        return parts[0]
    starts, nexts = zip(*parts, strict=True)
    return np.concatenate(starts), np.concatenate(nexts)


def _cuts(word: str) -> Iterator[tuple[int, int, bool]]:
    """Yield (start, end, is last) of every piece the word may be cut into, by start.

    Letters may be cut anywhere: names write "Super Flower" apart. A number is one piece, else
    "4090" would be met by "40 90"; but a single digit after letters may stand alone ("i914900k").
    """
    count = len(word)
    for start in range(count):
        is_number = word[start].isdigit()
        end = start
        while end < count and word[end].isdigit() == is_number:
            end += 1
        in_number = is_number and start and word[start - 1].isdigit()
        lone = start > 1 and word[start - 1].isdigit() and not word[start - 2].isdigit()
        if in_number and not lone:
            continue
        first = end if is_number else start + 1
        if is_number and not in_number and start and end > start + 1:
            yield start, start + 1, False
        for stop in range(first, end + 1):
            yield start, stop, stop == count
