"""Names and typed text cut into words, the same way for both."""

from __future__ import annotations

import re
import unicodedata

SPLIT = re.compile(r"[^0-9a-z]+")
PIECES = re.compile(r"[a-z]+|[0-9]+")
# Signs that stand at the end of a word and are never typed.
SIGNS = re.compile("[™®©]")
COMBINING = re.compile("[\u0300-\u036f]")
# Short forms people type beside the word itself.
SHORT_FORMS = {
    "fe": "founders",
    "tr": "threadripper",
    "wd": "westerndigital",
    "cm": "coolermaster",
    "gig": "gb",
    "gigs": "gb",
}
# A word after a model's number that makes it another model.
VARIANTS = frozenset(
    {
        *("ti", "super", "d", "xt", "xtx", "gre", "k", "kf", "ks", "f", "x", "xe", "wx", "p", "t"),
        *("g", "ge", "gt", "e", "s", "xs", "u", "v", "se", "xl", "pro", "plus", "max", "mini"),
        *("server", "nvl"),
    }
)
# Words that make it another product, so that they are never passed over.
OTHER_MODEL = frozenset({"laptop", "mobile", "notebook"})
# Units that are typed after a number, together or apart; the two say one thing.
UNITS = frozenset({"gb", "tb", "mb", "w", "mm"})


def plain(text: str) -> str:
    """Return the text in lower case, without accents and trade mark signs."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", SIGNS.sub(" ", text).lower())
    return COMBINING.sub("", apart)


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text."""
    return [word for word in SPLIT.split(plain(text)) if word]


def with_units(words: list[str]) -> list[str]:
    """Return the words with each number and the unit after it as one: "2", "tb" is "2tb"."""
    found: list[str] = []
    for word in words:
        meant = SHORT_FORMS.get(word, word)
        if found and meant in UNITS and found[-1].isdigit():
            found[-1] += meant
        else:
            found.append(word)
    return found


def is_measure(word: str) -> bool:
    """Say whether the word is a number with its unit; it is never taken apart."""
    pieces = pieces_of(word)
    return len(pieces) == 2 and pieces[0].isdigit() and pieces[1] in UNITS


def pieces_of(word: str) -> list[str]:
    """Return a word's runs of letters and of digits: "14900k" is "14900", "k"."""
    return PIECES.findall(word)


def has_digit(word: str) -> bool:
    """Say whether a number is in the word; such words name models and are never mended."""
    return any("0" <= letter <= "9" for letter in word)
