"""Which formats of weights and which hardware a piece of software runs: one table of facts.

Each row rests on what the project's own pages say (``source``, read ``READ``). What no row speaks
of is not claimed either way. Measured names hold a project and how it was built ("llama.cpp
llama.cpp-hip"), so every row whose pattern occurs in a name has to allow the job.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from hwstudio.core.model.part import Gpu
from hwstudio.core.model.workload import Mode, Workload
from hwstudio.core.predict.weight_formats import FORMATS, GGUF, SHORT

READ = "2026-11-29"
NVIDIA, AMD, INTEL, APPLE = "NVIDIA", "AMD", "Intel", "Apple"
CPU, TPU, GAUDI = "CPU", "Google", "Gaudi"
KIND_WORDS = {
    NVIDIA: "NVIDIA GPUs", AMD: "AMD GPUs", INTEL: "Intel GPUs", APPLE: "Apple chips",
    CPU: "processors", TPU: "Google TPUs", GAUDI: "Gaudi accelerators",
}  # fmt: skip
ANY = tuple(KIND_WORDS)
_GENERATIONS = {5.0: "Maxwell", 6.0: "Pascal", 7.0: "Volta", 7.5: "Turing", 8.0: "Ampere",
                8.9: "Ada"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """Kinds of hardware; ``least``: the lowest compute capability of an NVIDIA GPU (0: any)."""

    kinds: tuple[str, ...] = ANY
    least: float = 0.0


@dataclass(frozen=True, slots=True)
class Fact:
    """What one project, or one build of it, runs.

    ``pattern``: found in the measured name, small letters. ``formats``: of weights to write text
    with; empty = not told. ``limits``: formats that run on less hardware. ``rarely``: formats it
    runs though hardly anyone chooses it for them.
    """

    words: str
    pattern: str
    where: Where
    source: str
    formats: tuple[str, ...] = ()
    limits: Mapping[str, Where] = field(default_factory=dict)
    rarely: tuple[str, ...] = ()


_PLAIN = Where((NVIDIA, AMD, INTEL, APPLE, CPU))
_GPUS = (NVIDIA, AMD, INTEL)
_LLAMA = (*dict.fromkeys((*SHORT, *GGUF)),)
FACTS = (
    Fact("llama.cpp", r"llama\.cpp", _PLAIN,
         "github.com/ggml-org/llama.cpp, README: supported backends", _LLAMA),
    Fact("Ollama", "ollama", Where((NVIDIA, AMD, INTEL, APPLE, CPU), 5.0),
         "github.com/ollama/ollama, docs/gpu.mdx", _LLAMA),
    Fact("software built for ROCm", r"-hip\b|rocm|rocwmma|hipblas", Where((AMD,)),
         "github.com/ggml-org/llama.cpp, README: HIP is for AMD GPUs"),
    Fact("an AMD driver for Vulkan", "radv|amdvlk", Where((AMD,)),
         "github.com/ggml-org/llama.cpp, README: supported backends"),
    Fact("software built for Vulkan", "vulkan", Where(_GPUS),
         "github.com/ggml-org/llama.cpp, README: supported backends"),
    Fact("software run on a processor", r"\bcpu\b", Where((CPU,)), "how it was measured"),
    Fact("software run on a GPU", r"\bgpu\b", Where((*_GPUS, APPLE)), "how it was measured"),
    Fact("software built for Apple's GPUs", r"\bmps\b", Where((APPLE,)), "how it was measured"),
    Fact("software built for CUDA", r"\bcuda\b", Where((NVIDIA,)), "how it was measured"),
    Fact("NVIDIA's container", r"\bngc\b|nvidia|nemo|megatron-bridge|hugectr", Where((NVIDIA,)),
         "docs.nvidia.com/deeplearning/frameworks: support matrix"),
    Fact("TensorRT-LLM", "tensorrt-llm", Where((NVIDIA,), 8.0),
         "nvidia.github.io/TensorRT-LLM: support matrix",
         (*SHORT, "fp8", "awq", "gptq"), {"fp8": Where((NVIDIA,), 8.9)}),
    Fact("TensorRT", r"tensorrt(?!-llm)", Where((NVIDIA,)),
         "docs.nvidia.com/deeplearning/tensorrt: support matrix"),
    Fact("vLLM", "vllm", Where(), "docs.vllm.ai, version 0.15: quantization, supported hardware",
         (*SHORT, "fp8", "awq", "gptq", "nf4"),
         {"awq": Where((NVIDIA, INTEL, CPU), 7.5), "gptq": Where((NVIDIA, INTEL, CPU), 7.0),
          "fp8": Where((NVIDIA, AMD), 7.5), "nf4": Where((NVIDIA,), 7.0)}),
    Fact("SGLang", "sglang", Where(), "github.com/sgl-project/sglang, docs: quantization",
         (*SHORT, "fp8", "awq", "gptq", "nf4")),
    Fact("ExLlamaV2", "exllama", Where((NVIDIA, AMD)),
         "github.com/turboderp-org/exllamav2, README", (*SHORT, "gptq")),
    Fact("gpt-fast", "gpt-fast", Where((NVIDIA, AMD)), "github.com/pytorch-labs/gpt-fast, README",
         SHORT),
    Fact("AutoAWQ", "autoawq", Where((NVIDIA, AMD, INTEL, CPU), 7.5),
         "github.com/casper-hansen/AutoAWQ, README", ("int4", "awq")),
    Fact("LitGPT", "litgpt|lit-gpt", Where(), "github.com/Lightning-AI/litgpt, README",
         (*SHORT, "nf4")),
    Fact("Hugging Face Transformers", r"transformers|\bhf\b", Where(),
         "huggingface.co/docs/transformers: quantization, overview",
         (*SHORT, "awq", "gptq", "nf4", "fp8"), {"awq": Where((NVIDIA, AMD, INTEL, CPU))},
         rarely=("fp8",)),
    Fact("FlashAttention 2", "flash-attn2", Where((NVIDIA, AMD), 8.0),
         "github.com/Dao-AILab/flash-attention, README"),
    Fact("MaxText", "maxtext|maxdiffusion", Where((TPU, NVIDIA)),
         "github.com/AI-Hypercomputer/maxtext, README"),
)  # fmt: skip
# Four-bit weights that adapters are trained over, whatever trains them.
BITSANDBYTES = Fact(
    "bitsandbytes, which holds the weights of QLoRA in four bits,", "",
    Where((NVIDIA, AMD, INTEL, APPLE, CPU, GAUDI), 6.0),
    "huggingface.co/docs/bitsandbytes, version 0.50: installation",
)  # fmt: skip


def kind_of(gpu: Gpu) -> str:
    """Return which kind of hardware a device is, as the facts name them."""
    return GAUDI if gpu.maker == INTEL and GAUDI in (gpu.architecture or "") else gpu.maker


@lru_cache(maxsize=1024)
def _facts_of(framework: str) -> tuple[Fact, ...]:
    name = framework.lower()
    return tuple(fact for fact in FACTS if re.search(fact.pattern, name))


def runs(name: str, framework: str) -> bool:
    """Say whether software runs a format of weights somewhere; what no fact speaks of, does."""
    return all(
        not fact.formats or name not in FORMATS or name in fact.formats
        for fact in _facts_of(framework)
    )


def usually_runs(name: str, framework: str) -> bool:
    """Say whether software is an ordinary choice for a format."""
    return runs(name, framework) and all(name not in fact.rarely for fact in _facts_of(framework))


def format_words(name: str) -> str:
    """Return a format as a sentence has it: ``AWQ weights``."""
    return f"{FORMATS[name].published_as if name in SHORT else name.upper()} weights"


def why_not(workload: Workload, framework: str, gpu: Gpu) -> str:
    """Return why software does not run a job on a device; empty = nothing says it does not."""
    return _why_not_on(workload, framework, gpu)[0]


def source_of(workload: Workload, framework: str, gpu: Gpu) -> str:
    """Return where it stands that software does not run a job on a device, and when it was read."""
    source = _why_not_on(workload, framework, gpu)[1]
    return f"{source}, read {READ}" if source else ""


def _why_not_on(workload: Workload, framework: str, gpu: Gpu) -> tuple[str, str]:
    held = workload.precision if workload.writes_text else ""
    is_qlora = workload.mode is Mode.QLORA
    return _why_not(held, framework, kind_of(gpu), gpu.compute_capability or "", is_qlora=is_qlora)


@lru_cache(maxsize=4096)
def _why_not(
    held: str, framework: str, kind: str, capability: str, *, is_qlora: bool
) -> tuple[str, str]:
    """Return the reason and where it stands."""
    for fact in _facts_of(framework):
        if fact.formats and held in FORMATS and held not in fact.formats:
            return f"{fact.words} does not run {format_words(held)}", fact.source
    facts = (BITSANDBYTES, *_facts_of(framework)) if is_qlora else _facts_of(framework)
    for fact in facts:
        why = _why_not_there(f"{fact.words} runs", fact.where, kind, capability)
        limit = fact.limits.get(held)
        if not why and limit is not None:
            what = f"{fact.words} runs {format_words(held)}"
            why = _why_not_there(what, limit, kind, capability)
        if why:
            return why, fact.source
    return "", ""


def _why_not_there(what: str, where: Where, kind: str, capability: str) -> str:
    """Return why not; ``what``: who runs what, as a sentence begins."""
    kinds = [KIND_WORDS[each] for each in where.kinds]
    if kind in KIND_WORDS and kind not in where.kinds:
        listed = f"{', '.join(kinds[:-1])} and {kinds[-1]}" if len(kinds) > 1 else kinds[0]
        return f"{what} only on {listed}, as far as is known"
    if kind == NVIDIA and capability and float(capability) < where.least:
        since = _GENERATIONS[where.least]
        return f"{what} on NVIDIA GPUs of {since} or later (compute capability {where.least})"
    return ""
