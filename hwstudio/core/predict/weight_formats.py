"""The formats in which the weights of a language model are run, and the bytes they take.

Bits of GGUF types are llama.cpp's own figures for Llama 3.1 8B with its tables of words
(``tools/quantize``: the table of its README, read 2026-11-29; Q4_0 and Q3_K_M from the sizes its
help gives). A small model with a large vocabulary takes a little more, since those tables keep more
bits. The others keep their tables of words in 16 bits and give every weight of the layers ``bits``.
"""

from __future__ import annotations

from dataclasses import dataclass

from hwstudio.core.predict.fitted.architectures import tables_of
from hwstudio.core.predict.held import packed_bytes

WHOLE = 16.0


@dataclass(frozen=True, slots=True)
class WeightFormat:
    """One format. ``published_as``: its name in published tables of speed; ``bits`` a weight.

    What runs it stands in ``predict.runs_on``.
    """

    words: str
    published_as: str
    bits: float
    keeps_tables: bool = False
    is_gguf: bool = False


def _gguf(words: str, name: str, bits: float) -> WeightFormat:
    return WeightFormat(words, name, bits, is_gguf=True)


FORMATS = {  # the short names first: what most people choose among
    "bf16": WeightFormat("16-bit weights, as published", "F16", WHOLE),
    "int8": WeightFormat("8-bit weights (Q8_0 or its like)", "Q8_0", 8.5008),
    "int4": WeightFormat("4-bit weights (Q4_K_M or its like)", "Q4_K_M", 4.8944),
    "fp8": WeightFormat("8-bit, FP8 for servers", "fp8", 8.0, True),
    "awq": WeightFormat("4-bit, AWQ for servers", "awq-int4-g128", 4.25, True),
    "gptq": WeightFormat("4-bit, GPTQ", "gptq-4b-g128", 4.25, True),
    "nf4": WeightFormat("4-bit, NF4 (bitsandbytes)", "bnb.nf4", 4.5, True),
    "q6_k": _gguf("6-bit, GGUF Q6_K", "Q6_K", 6.5633),
    "q5_k_m": _gguf("5-bit, GGUF Q5_K_M", "Q5_K_M", 5.7036),
    "q4_0": _gguf("4-bit, GGUF Q4_0 (older)", "Q4_0", 4.642),
    "iq4_xs": _gguf("4-bit, GGUF IQ4_XS", "IQ4_XS", 4.4597),
    "q3_k_m": _gguf("3-bit, GGUF Q3_K_M", "Q3_K_M", 4.001),
    "iq3_xxs": _gguf("3-bit, GGUF IQ3_XXS", "IQ3_XXS", 3.2548),
    "q2_k": _gguf("2-bit, GGUF Q2_K", "Q2_K", 3.1593),
    "iq2_xxs": _gguf("2-bit, GGUF IQ2_XXS", "IQ2_XXS", 2.3824),
    "iq1_s": _gguf("1-bit, GGUF IQ1_S", "IQ1_S", 2.0042),
}
SHORT = ("bf16", "int8", "int4")
GGUF = tuple(name for name, each in FORMATS.items() if each.is_gguf)
_BY_NAME = {"q8_0": "int8", "q4_k_m": "int4", "f16": "bf16", "fp16": "bf16"}


def format_named(text: str) -> str:
    """Return the name a format goes by here: ``Q4_K_M`` is ``int4``; others in small letters."""
    name = text.strip().lower()
    return _BY_NAME.get(name, name)


def run_bytes(model_id: str, params: int, vocab: int | None, hidden: int | None, name: str) -> int:
    """Return the bytes of a model's weights in a format.

    Raises:
        KeyError: there is no such format.
    """
    told = FORMATS[name]
    if not told.keeps_tables:
        return round(params * told.bits / 8)
    tables = tables_of(model_id, params, vocab or 0, hidden or 0)
    return round(packed_bytes(params, tables, told.bits))
