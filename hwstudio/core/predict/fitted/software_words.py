"""Software in words a person knows: what it is, its version, and who measured with it.

Publishers write their software as they like ("NGC pytorch 20.01-20.10", "llama.cpp llama.cpp-hip
fa"), and long names were cut at thirty letters. The names stay keys; these words are shown.
"""

from __future__ import annotations

import re
from functools import cache

NOT_STATED = "not stated"
CONTAINER = " (NVIDIA's container)"
UNLICENSED = frozenset({"lambda", "ml.energy", "xiongjiedai", "kyuz0-strix", "mac-ml-speed",
                        "qwen3"})  # fmt: skip
_PUBLISHERS = {  # as the published tables' list of sources names them
    "autoawq": "AutoAWQ",
    "bigscience": "BigScience",
    "detectron2": "Detectron2",
    "diffusers-docs": "Hugging Face",
    "dle": "NVIDIA DeepLearningExamples",
    "dlperf": "OneFlow DLPerf",
    "exllamav2": "ExLlamaV2",
    "geerlingguy": "Jeff Geerling",
    "gpt-fast": "the gpt-fast project",
    "internevo": "InternLM",
    "kecam": "keras_cv_attention_models",
    "kyuz0-strix": "kyuz0",
    "lambda": "Lambda",
    "lhl-strix": "lhl",
    "litgpt": "Lightning AI",
    "llm-foundry": "MosaicML",
    "mac-ml-speed": "mrdbourke",
    "maxtext": "the MaxText project",
    "megatron-bridge": "NVIDIA Megatron-Bridge",
    "ml.energy": "ML.ENERGY",
    "mmdetection": "OpenMMLab",
    "mmsegmentation": "OpenMMLab",
    "neusight": "NeuSight",
    "qwen1": "Qwen",
    "qwen3": "Qwen",
    "ryujaehun": "ryujaehun",
    "timm": "Hugging Face",
    "torchao": "the torchao project",
    "torchtitan": "the torchtitan project",
    "torchtune": "the torchtune project",
    "trt-llm": "NVIDIA",
    "xiongjiedai": "XiongjieDai",
}
_MLPERF = re.compile(r"mlperf-v(\d+\.\d+)")
_FRAMEWORKS = (  # in a submitter's or publisher's own words: how it is found, and its name
    ("pytorch|, py(?:tor)?$", "PyTorch"),
    ("nemo", "NeMo"),
    ("mxnet", "MXNet"),
    ("tensorflow|tensorflo$|^tf|-tf$", "TensorFlow"),
    ("hugectr|hugec", "HugeCTR"),
    ("maxtext", "MaxText"),
    ("maxdiffusion", "MaxDiffusion"),
    ("tinygrad", "tinygrad"),
    ("llmboost", "LLMBoost"),
    ("paddlepaddle", "PaddlePaddle"),
    ("mindspore", "MindSpore"),
    ("oneflow", "OneFlow"),
    ("dgl", "DGL"),
    ("^cuda", "CUDA"),
)
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?(?:-\d+\.\d+)?")
_ROCM = re.compile(r",? ROCm (\d+(?:\.\d+)+)", re.IGNORECASE)
_CONTAINER = re.compile(r"\bngc|nvidia|release", re.IGNORECASE)
_CUT = 30  # letters after which publishers' names were cut: a version at the end is half a one
_OWN_WORDS = {  # whole names
    "HF+DeepSpeed": "Hugging Face Transformers with DeepSpeed",
    "HF transformers+flash-attn2": "Hugging Face Transformers with FlashAttention 2",
    "HF transformers 4.51": "Hugging Face Transformers 4.51",
    "HF transformers pytorch": "Hugging Face Transformers (PyTorch)",
    "HF transformers pytorch fused": "Hugging Face Transformers (PyTorch, fused)",
    "torchtitan+torchao": "torchtitan with torchao",
    "TensorRT trtexec (ONNX)": "TensorRT (ONNX files)",
    "Megatron/DeepSpeed 2021": "Megatron-DeepSpeed, version of 2021",
    "Megatron-DeepSpeed 2022": "Megatron-DeepSpeed, version of 2022",
    "DLPerf NVIDIADeepLearningExamples": "NVIDIA's example programs",
    "NGC MLPerf v2.1/2.0": "NVIDIA's MLPerf containers 2.0 and 2.1",
    "NGC MLPerf v4.0": "NVIDIA's MLPerf container 4.0",
    "torchvision pytorch 1.x DataParallel": "PyTorch 1.x, torchvision (DataParallel)",
    "llm-foundry FSDP torch1.13-2.0": "LLM Foundry (FSDP, PyTorch 1.13-2.0)",
    "mmdet 2.x": "MMDetection 2.x",
    "mmseg": "MMSegmentation",
    "detectron2 pt1.3": "Detectron2 (PyTorch 1.3)",
    "gpt-fast compile": "gpt-fast (PyTorch, compiled)",
    "exllamav2": "ExLlamaV2",
    "LitGPT pt2.1": "LitGPT (PyTorch 2.1)",
    "pytorch mps": "PyTorch on Apple GPUs",
    "pytorch cuda": "PyTorch on NVIDIA GPUs",
    "tensorflow mps": "TensorFlow on Apple GPUs",
    "tensorflow cuda": "TensorFlow on NVIDIA GPUs",
    "TensorFlow XLA": "TensorFlow (XLA)",
    "TensorFlow2": "TensorFlow 2",
}
_FIRST = (("llama.cpp", "llama.cpp"), ("ollama", "Ollama"), ("vLLM", "vLLM"), ("xDiT", "xDiT"),
          ("diffusers", "Diffusers"),
          ("Megatron-Bridge", "Megatron-Bridge"))  # fmt: skip
_PARTS = {  # of a name that begins with one of the above
    "fa": "flash attention",
    "fa1": "flash attention",
    "hip": "ROCm",
    "rocwmma": "ROCm with rocWMMA",
    "hipblaslt": "hipBLASLt",
    "vulkan": "Vulkan",
    "vulkan_radv": "Vulkan, RADV driver",
    "vulkan-radv": "Vulkan, RADV driver",
    "vulkan-radv-performance": "Vulkan, RADV driver, performance mode",
    "vulkan_amdvlk": "Vulkan, AMDVLK driver",
    "compile": "compiled",
    "eager": "not compiled",
    "nhwc": "channels last",
    "nchw": "channels first",
    "cpu": "on a processor",
    "CPU": "on a processor",
    "GPU": "on the GPU",
    "lm-arena-chat": "chat",
    "gpqa": "long reasoning",
    "image-chat": "chat about pictures",
    "video-chat": "chat about films",
    "sourcegraph-fim": "filling in code",
    "text-to-image": "pictures",
    "text-to-video": "films",
    "NeMo": "NVIDIA's container",
}


@cache
def publisher_words(source: str) -> str:
    """Return who published a measurement."""
    round_of = _MLPERF.fullmatch(source)
    if round_of:
        return f"MLPerf Training {round_of[1]}"
    return _PUBLISHERS.get(source, source)


@cache
def framework_words(framework: str) -> str:
    """Return the software with its version: ``PyTorch 22.09 (NVIDIA's container)``."""
    name = framework.strip()
    if name in _OWN_WORDS:
        return _OWN_WORDS[name]
    if name.startswith("timm "):
        *parts, version = name.split()
        return _with_parts(f"PyTorch {version.removeprefix('pt')}", parts)
    for start, words in _FIRST:
        if name == start or name.startswith(f"{start} "):
            return _with_parts(words, name.removeprefix(start).split())
    return _listed(name) or name or NOT_STATED


def _listed(name: str) -> str:
    """Return the frameworks a submitter lists; the version stands at the one before it."""
    hits = [(re.search(sought, name, re.IGNORECASE), words) for sought, words in _FRAMEWORKS]
    found = sorted((hit.start(), words) for hit, words in hits if hit)
    if not found:
        return ""
    rocm, version = _ROCM.search(name), _VERSION.search(_ROCM.sub("", name))
    if version and len(name) >= _CUT and version.end() == len(name):
        version = None
    said = [words for _, words in found]
    if version:
        before = [n for n, (start, _) in enumerate(found) if start < version.start()]
        said[before[-1] if before else 0] += f" {version[0]}"
    words = " or ".join(said)
    is_container = version is not None and _CONTAINER.search(name) is not None
    if is_container:
        return words + CONTAINER
    return f"{words} (ROCm {rocm[1]})" if rocm else words


def _with_parts(words: str, parts: list[str]) -> str:
    """Return the software with its version and, in brackets, how it was built or used."""
    about = []
    while parts:
        part = parts.pop(0).removeprefix("llama.cpp-")
        if part == "Container":
            continue
        if part == "-b" and parts:
            about.append(f"batch {parts.pop(0)}")
        elif re.fullmatch(r"\d+(\.\d+)*", part):
            words = f"{words} {part}"
        elif re.fullmatch(r"(pt|torch)\d+\.\d+", part):
            about.append(f"PyTorch {re.sub('[a-z]', '', part)}")
        elif part.startswith("rocm-"):
            about.append(f"ROCm {part.removeprefix('rocm-').replace('-pr', ', change ')}")
        else:
            about.append(_PARTS.get(part, part))
    return f"{words} ({', '.join(about)})" if about else words


def software_words(framework: str, source: str, year: int | None = None) -> str:
    """Return it as a list shows it: ``PyTorch, as run by NVIDIA DeepLearningExamples, 2021``.

    Args:
        framework: as its publisher names it; empty = not stated.
        source: the publisher's key; empty = nobody in particular.
        year: of the measurements; None = not known.
    """
    if not framework:
        return NOT_STATED
    words = framework_words(framework)
    if source:
        by = "in" if _MLPERF.fullmatch(source) else "by"
        words += f", as run {by} {publisher_words(source)}"
    return f"{words}, {year}" if year else words
