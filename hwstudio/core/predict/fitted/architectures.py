"""What published language models are made of: layers, width, what a token keeps, vocabulary.

A model nobody measured is told from its relatives by these. Where a name is not in the table, its
size alone gives a usual form.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_FORM = 128 / 12  # hidden^3 over parameters, of blocks with hidden / layers of about 128
_WIDTH_A_LAYER = 128.0
_SHARED_HEADS, _USUAL_KEPT = 0.25, 1024.0  # one key for four heads; eight keys of 128
_TOLERANCE = 0.3  # a stated size may be rounded, or count a shared table twice
_USUAL_VOCABULARY = 50_000.0
_KINDS = re.compile(r"-(vl|omni|coder|math|instruct|base|chat)(?=-)")
# name, million parameters, of them used for a token, layers, width, elements kept of a token in
# a layer as keys (layers without attention counted in), vocabulary, and whether the embedding is
# looked up only (u: the head is a matrix of its own; e: no head on every token) or is the head (t).
# Counted on the architectures; below the empty line recalled.
_TABLE = """
albert-base-v2 11.222 11.222 12 768 768 30000 e
bart-base 139.42 139.42 12 768 768 50265 t
bart-large 406.29 406.29 24 1024 1024 50265 t
bert-base 109.51 109.51 12 768 768 30522 e
bert-large 335.17 335.17 24 1024 1024 30522 e
bloom-176b 1.7625e+05 1.7625e+05 70 14336 14336 250880 t
codellama-34b 33744 33744 48 8192 1024 32000 u
deberta-v3-base 183.83 183.83 12 768 768 128100 e
deepseek-r1 6.7103e+05 37552 61 7168 288 129280 u
deepseek-r1-distill-qwen-1.5b 1777.1 1777.1 28 1536 256 151936 u
deepseek-r1-distill-qwen-14b 14770 14770 48 5120 1024 152064 u
deepseek-r1-distill-qwen-32b 32764 32764 64 5120 1024 152064 u
deepseek-r1-distill-qwen-7b 7615.6 7615.6 28 3584 512 152064 u
deepseek-v3 6.7103e+05 37552 61 7168 288 129280 u
deepseek-v3.2 6.7188e+05 38404 61 7168 288 129280 u
deepseek-v4-flash 2.8433e+05 13800 43 4096 288 129280 u
deepseek-v4-pro 1.573e+06 49779 61 7168 288 129280 u
distilbert-base 66.986 66.986 6 768 768 30522 e
electra-base 109.48 109.48 12 768 768 30522 e
falcon-180b 1.7856e+05 1.7856e+05 80 14848 512 65024 t
falcon-40b 41303 41303 60 8192 512 65024 t
falcon-7b 6921.7 6921.7 32 4544 64 65024 t
falcon3-10b 10306 10306 40 3072 1024 131072 u
falcon3-1b 1669.4 1669.4 18 2048 1024 131072 u
falcon3-7b 7455.6 7455.6 28 3072 1024 131072 u
flan-t5-xl 2784 2784 48 2048 2048 32128 u
flan-t5-xxl 11004 11004 48 4096 4096 32128 u
gemma-2-27b 27227 27227 46 4608 2048 256000 t
gemma-2-2b 2614.3 2614.3 26 2304 1024 256000 t
gemma-2-9b 9241.7 9241.7 42 3584 2048 256000 t
gemma-2b 2506.2 2506.2 18 2048 256 256000 t
gemma-3-12b 12187 12187 48 3840 2048 262208 t
gemma-3-1b 999.89 999.89 26 1152 256 262144 t
gemma-3-27b 27432 27432 62 5376 2048 262208 t
gemma-3-4b 4300.1 4300.1 34 2560 1024 262208 t
gemma-4-26b-a4b 25233 3822.5 30 2816 2048 262144 t
gemma-7b 8537.7 8537.7 28 3072 4096 256000 t
glm-4.5 3.528e+05 33632 92 5120 1024 151552 u
glm-4.5-air 1.0685e+05 13424 46 4096 1024 151552 u
glm-5 7.4391e+05 41785 78 6144 288 154880 u
glm-5.3 7.4338e+05 41251 78 6144 288 154880 u
gpt-j-6b 6050.9 6050.9 28 4096 4096 50400 u
gpt-neox-20b 20555 20555 44 6144 6144 50432 u
gpt-oss-120b 1.1683e+05 5712 36 2880 512 201088 u
gpt-oss-20b 20915 4187.4 24 2880 512 201088 u
gpt2 124.44 124.44 12 768 768 50257 t
gpt2-large 774.03 774.03 36 1280 1280 50257 t
gpt2-medium 354.82 354.82 24 1024 1024 50257 t
gpt2-xl 1557.6 1557.6 48 1600 1600 50257 t
gpt3-13b 12853 12853 40 5120 5120 50257 t
gpt3-175b 1.746e+05 1.746e+05 96 12288 12288 50257 t
gpt3-2.7b 2651.6 2651.6 32 2560 2560 50257 t
gpt3-6.7b 6658.4 6658.4 32 4096 4096 50257 t
gpt3-large 760.3 760.3 24 1536 1536 50257 t
gpt3-medium 355.87 355.87 24 1024 1024 50257 t
gpt3-small 125.23 125.23 12 768 768 50257 t
gpt3-xl 1315.7 1315.7 24 2048 2048 50257 t
gpt3-xl-1.3b 1315.7 2870 24 3072 3072 50257 t
kimi-k2 1.0264e+06 32861 61 7168 288 163840 u
llama-2-13b 13016 13016 40 5120 5120 32000 u
llama-2-70b 68977 68977 80 8192 1024 32000 u
llama-2-7b 6738.4 6738.4 32 4096 4096 32000 u
llama-3-70b 70554 70554 80 8192 1024 128256 u
llama-3-8b 8030.3 8030.3 32 4096 1024 128256 u
llama-3.1-405b 4.0585e+05 4.0585e+05 126 16384 1024 128256 u
llama-3.1-70b 70554 70554 80 8192 1024 128256 u
llama-3.1-8b 8030.3 8030.3 32 4096 1024 128256 u
llama-3.2-1b 1235.8 1235.8 16 2048 512 128256 t
llama-3.2-3b 3212.7 3212.7 28 3072 1024 128256 t
llama-3.3-70b 70554 70554 80 8192 1024 128256 u
llama-4-maverick 4.0071e+05 17185 48 5120 1024 202048 u
llama-4-scout 1.0777e+05 17173 48 5120 1024 202048 u
marian-opus-mt 74.41 74.41 12 512 512 58101 t
mbert 177.97 177.97 12 768 768 119547 e
minimax-m2.5 2.2869e+05 11031 62 3072 1024 200064 u
mistral-7b 7241.7 7241.7 32 4096 1024 32000 u
mistral-large-2 1.2261e+05 1.2261e+05 88 12288 1024 32768 u
mistral-nemo-12b 12248 12248 40 5120 1024 131072 u
mistral-small-24b 23572 23572 40 5120 1024 131072 u
mixtral-8x22b 1.4062e+05 39152 56 6144 1024 32000 u
mixtral-8x7b 46703 12880 32 4096 1024 32000 u
modernbert-base 149.66 149.66 22 768 768 50368 e
nemotron-3-nano 31578 3580.1 52 2688 30 131072 u
nllb-200-600m 615.07 615.07 24 1024 1024 256206 t
olmo-1b 1176.8 1176.8 16 2048 2048 50304 t
olmo-2-13b 13716 13716 40 5120 5120 100352 u
olmo-2-7b 7298.6 7298.6 32 4096 4096 100352 u
olmo-3-32b 32234 32234 64 5120 1024 100278 u
olmo-3-7b 7298 7298 32 4096 4096 100278 u
olmo-7b 6888.1 6888.1 32 4096 4096 50304 u
openllama-3b 3426.5 3426.5 26 3200 3200 32000 u
opt-1.3b 1315.8 1315.8 24 2048 2048 50272 t
opt-125m 125.24 125.24 12 768 768 50272 t
opt-13b 12853 12853 40 5120 5120 50272 t
opt-30b 29975 29975 48 7168 7168 50272 t
opt-6.7b 6658.5 6658.5 32 4096 4096 50272 t
phi-1.5 1418.3 1418.3 24 2048 2048 51200 u
phi-2 2779.7 2779.7 32 2560 2560 51200 u
phi-3-medium 13960 13960 40 5120 1280 32064 u
phi-3-mini 3821.1 3821.1 32 3072 3072 32064 u
phi-3.5-mini 3821.1 3821.1 32 3072 3072 32064 u
phi-3.5-moe 41873 6641 32 4096 1024 32064 u
phi-4 14660 14660 40 5120 1280 100352 u
phi-4-mini 3836 3836 32 3072 1024 200064 t
pythia-1.4b 1414.6 1414.6 24 2048 2048 50304 u
pythia-12b 11846 11846 36 5120 5120 50688 u
pythia-160m 162.32 162.32 12 768 768 50304 u
pythia-2.8b 2775.2 2775.2 32 2560 2560 50304 u
pythia-410m 405.33 405.33 24 1024 1024 50304 u
pythia-6.9b 6857.3 6857.3 32 4096 4096 50432 u
qwen2.5-0.5b 494.03 494.03 24 896 128 151936 t
qwen2.5-1.5b 1543.7 1543.7 28 1536 256 151936 t
qwen2.5-14b 14770 14770 48 5120 1024 152064 u
qwen2.5-32b 32764 32764 64 5120 1024 152064 u
qwen2.5-3b 3085.9 3085.9 36 2048 256 151936 t
qwen2.5-72b 72706 72706 80 8192 1024 152064 u
qwen2.5-7b 7615.6 7615.6 28 3584 512 152064 u
qwen3-0.6b 596.05 596.05 28 1024 1024 151936 t
qwen3-1.7b 1720.6 1720.6 28 2048 1024 151936 t
qwen3-14b 14768 14768 40 5120 1024 151936 u
qwen3-235b-a22b 2.3509e+05 22191 94 4096 512 151936 u
qwen3-30b-a3b 30532 3353 48 2048 512 151936 u
qwen3-32b 32762 32762 64 5120 1024 151936 u
qwen3-4b 4022.5 4022.5 36 2560 1024 151936 t
qwen3-8b 8190.7 8190.7 36 4096 1024 151936 u
qwen3-coder-480b-a35b 4.8015e+05 35475 62 6144 1024 151936 u
qwen3.5-122b-a10b 1.2211e+05 9771.3 48 3072 128 248320 u
qwen3.5-27b 26896 26896 64 5120 256 248320 u
qwen3.5-35b-a3b 34661 3455 40 2048 128 248320 u
qwen3.5-397b-a17b 3.9635e+05 17349 60 4096 128 248320 u
qwq-32b 32764 32764 64 5120 1024 152064 u
roberta-base 124.7 124.7 12 768 768 50265 e
roberta-large 355.41 355.41 24 1024 1024 50265 e
smollm2-1.7b 1711.4 1711.4 24 2048 2048 49152 t
smollm2-135m 134.52 134.52 30 576 192 49152 t
smollm2-360m 361.82 361.82 32 960 320 49152 t
smollm3-3b 3075.1 3075.1 36 2048 512 128256 t
t5-11b 11307 11307 48 1024 16384 32128 t
t5-3b 2851.6 2851.6 48 1024 4096 32128 t
t5-base 222.9 222.9 24 768 768 32128 t
t5-large 737.67 737.67 48 1024 1024 32128 t
t5-small 60.507 60.507 12 512 512 32128 t
tinyllama-1.1b 1100 1100 22 2048 256 32000 u
transformer-base 63.085 63.085 12 512 512 37000 t
transformer-big 214.25 214.25 12 1024 1024 37000 t
xlm-r-base 278.3 278.3 12 768 768 250002 e
xlm-r-large 560.14 560.14 24 1024 1024 250002 e

deepseek-33b 33343 33343 62 7168 1024 32256 u
internlm-7b 7321 7321 32 4096 4096 103168 u
llama-7b 6738 6738 32 4096 4096 32000 u
llama-13b 13016 13016 40 5120 5120 32000 u
vicuna-7b 6738 6738 32 4096 4096 32000 u
mixtral-46.7b 46703 12880 32 4096 1024 32000 u
mpt-30b 29975 29975 48 7168 7168 50368 t
mpt-7b 6659 6659 32 4096 4096 50368 t
nemotron-nano-12b 12310 12310 62 5120 99 131072 u
nemotron-nano-9b 8889 8889 56 4480 73 131072 u
qwen-1.8b 1837 1837 24 2048 2048 151936 u
qwen-7b 7721 7721 32 4096 4096 151936 u
qwen-14b 14167 14167 40 5120 5120 152064 u
qwen-72b 72288 72288 80 8192 8192 152064 u
qwen3.6-27b 27321 27321 64 5120 256 248320 u
qwen3.6-35b-a3b 35505 3455 40 2048 128 248320 u
stablelm-base-alpha-3b 3638 3638 16 4096 4096 50688 u
tinyllama-1b 1100 1100 22 2048 256 32000 u
small-transformer-imdb 0.658 0.658 1 32 64 20000 e
dle:transformer 214.25 214.25 12 1024 1024 37000 t
hunyuan-a13b 80393 13000 32 4096 1024 128167 t
dots.llm1 142774 14000 62 4096 4096 152064 u
switch-xl4-moe 5300 1600 24 2048 2048 50257 t
"""
# Elements of queries (and of what is gathered) of a token in a layer where they are not the width:
# wider or narrower heads, the mean over layers that look back and those that keep a state.
_LOOKED = """
deepseek-r1 20480, deepseek-v3 20480, deepseek-v3.2 20480, gemma-2-2b 2048, gemma-2-9b 4096,
gemma-2-27b 4096, gemma-7b 4096, glm-4.5 12288, glm-4.5-air 12288, gpt-oss-20b 2048,
gpt-oss-120b 2048, kimi-k2 10240, minimax-m2.5 6144, mistral-nemo-12b 4096, mistral-small-24b 4096,
nemotron-3-nano 480, nemotron-nano-9b 366, nemotron-nano-12b 496, qwen3-0.6b 2048, qwen3-4b 4096,
qwen3-32b 8192, qwen3-30b-a3b 4096, qwen3-235b-a22b 8192, qwen3-coder-480b-a35b 12288,
qwen3.5-27b 1536, qwen3.6-27b 1536, qwen3.5-35b-a3b 1024, qwen3.6-35b-a3b 1024,
qwen3.5-122b-a10b 2048, qwen3.5-397b-a17b 2048, t5-3b 4096, t5-11b 16384
"""


@dataclass(frozen=True, slots=True)
class Shape:
    """A language model by its numbers. ``is_known``: of the table, not guessed by size."""

    params: float
    active_params: float  # used for one token
    layers: float
    width: float
    kept: float  # elements of keys (and as many of values) of one token in one layer
    vocabulary: float
    looked_up: float  # parameters that are read one row a token and multiplied with nothing
    is_known: bool
    looked: float = 0.0  # elements of queries of one token in a layer; 0: as many as the width

    @property
    def looking(self) -> float:
        """Return the elements of queries of one token in a layer."""
        return self.looked or self.width


def _plain(name: str) -> str:
    """Return a name as the table has it: ``DeepSeek_V3`` and ``deepseek-v3`` are one."""
    return re.sub(r"(?<=[a-z])-", "", re.sub(r"[^a-z0-9.]+", "-", name.lower()))


_QUERIES = {
    _plain(name): float(value)
    for name, value in (each.split() for each in _LOOKED.replace("\n", " ").split(",") if each)
}


def _read(line: str) -> tuple[str, Shape]:
    name, params, active, layers, width, kept, vocabulary, tie = line.split()
    table = float(vocabulary) * float(width)
    return _plain(name), Shape(
        float(params) * 1e6, float(active) * 1e6, float(layers), float(width), float(kept),
        float(vocabulary), 0.0 if tie == "t" else table, is_known=True,
        looked=_QUERIES.get(_plain(name), 0.0),
    )  # fmt: skip


_SHAPES = dict(_read(line) for line in _TABLE.splitlines() if line)
_LONGEST_FIRST = sorted(_SHAPES, key=len, reverse=True)


def hidden_of(params: float) -> float:
    """Return the usual width of a transformer with so many parameters."""
    return float((params * _FORM) ** (1 / 3))


@lru_cache(maxsize=4096)
def known_shape(model: str) -> Shape | None:
    """Return what the table has under a name, with or without what publishers add to it."""
    name = model.lower().rsplit("/", 1)[-1]
    for told in (name, _KINDS.sub("", name)):
        plain = _plain(told)
        for key in _LONGEST_FIRST:
            place = plain.find(key)
            rest = plain[place + len(key) : place + len(key) + 1]
            if place >= 0 and not (key[-1].isdigit() and rest.isdigit()):
                return _SHAPES[key]
    return None


@lru_cache(maxsize=4096)
def shape_of(model: str, params: float | None, active: float | None) -> Shape | None:
    """Return a model's shape: by its name if its stated size agrees, else by size alone.

    None = neither is known.
    """
    known = known_shape(model)
    if known and (params is None or abs(params - known.params) <= _TOLERANCE * known.params):
        return known
    if not params:
        return None
    used = min(active or params, params)
    width = hidden_of(used)
    kept = min(_SHARED_HEADS * width, _USUAL_KEPT)
    return Shape(
        params, used, width / _WIDTH_A_LAYER, width, kept, _USUAL_VOCABULARY, 0.0, is_known=False
    )


def tables_of(model: str, params: float, vocabulary: float, width: float) -> float:
    """Return the numbers in a model's tables of words: one table, or two with a head of its own.

    Of a model that is not known two are taken.
    """
    known = known_shape(model)
    is_known = known is not None and abs(params - known.params) <= _TOLERANCE * known.params
    tables = 1.0 if is_known and known is not None and not known.looked_up else 2.0
    return tables * vocabulary * width
