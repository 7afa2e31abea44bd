"""What the codes of the catalogue mean, as people say them."""

from __future__ import annotations

# The same codes stand in several columns.
_PRECISIONS = {
    "fp32": "FP32",
    "tf32": "TF32",
    "fp16": "FP16",
    "bf16": "BF16",
    "fp8": "FP8",
    "fp8_e4m3fn": "FP8 (E4M3)",
    "mxfp4": "MXFP4",
    "int8": "INT8",
    "int4": "INT4",
    "q4": "4 bit",
    "amp_fp16": "FP16 mixed",
    "fp16_amp": "FP16 mixed",
}
_OFFERS = {
    "on-demand": "on demand",
    "spot-only": "spot only",
    "secure": "in a data centre",
    "community": "community hosts",
    "prototyping": "for trying out",
    "production": "for production",
}
_CHECKS = {"seen": "read in the source", "recalled": "from memory", "derived": "worked out"}
_BY_COLUMN: dict[str, dict[str, str]] = {
    "cooling": {
        "open_air": "open fans",
        "blower": "blower",
        "passive": "passive, needs the case's airflow",
        "liquid": "liquid",
        "system": "part of a system",
    },
    "weights_public": {
        "yes": "yes, free to load",
        "gated": "after accepting terms",
        "no": "no: cannot run locally",
    },
    "cooler_type": {"air": "Air", "AIO": "Liquid"},
    "verdict": {
        "ok": "plausible",
        "impossible": "impossible",
        "suspect_high": "suspiciously high",
        "suspect_low": "suspiciously low",
        "no_hardware": "no such unit on the chip",
        "above_wire_but_real": "above the wire, but real",
    },
    "kind": {
        "asic": "special chip (ASIC)",
        "edge": "edge module",
        "fpga": "FPGA",
        "npu": "NPU",
        "sbc": "single-board computer",
        "soc": "system on a chip",
        "tpu": "TPU",
        "mini": "mini PC",
        "kit": "developer kit",
        "rack": "whole rack",
        "gpu-addon": "GPU added to a server",
        "virtual": "virtual machine",
    },
    "category": {
        "gpu": "GPU",
        "cpu": "processor",
        "soc": "system on a chip",
        "bus": "link between parts",
    },
    "segment": {
        "consumer": "home users",
        "workstation": "workstations",
        "datacenter": "data centres",
        "system": "a complete system",
    },
    "memory_kind": {
        "unified": "shared by processor and GPU",
        "separate": "separate for processor and GPU",
    },
    "modular": {"Full": "all", "Semi-Modular": "some", "Non-Modular": "none"},
    "state": {
        "available": "sold now",
        "old": "an older one",
        "sold earlier": "no longer sold",
        "legacy": "old branch",
        "development": "in development",
    },
    "precision": _PRECISIONS,
    "dtype": _PRECISIONS,
    "native_dtype": _PRECISIONS,
    "mode": {
        "train": "train from scratch",
        "finetune": "fine-tune in full",
        "qlora": "QLoRA",
        "lora": "LoRA",
        "inference": "use the model",
        "generate": "generate images",
    },
    "family": {
        "cnn": "CNN",
        "vit": "vision transformer",
        "moe": "mixture of experts",
        "gan": "GAN",
        "rnn": "RNN",
        "rl": "reinforcement learning",
        "recsys": "recommendation",
        "transformer-decoder": "transformer (decoder)",
        "transformer-encoder": "transformer (encoder)",
        "encoder-decoder": "transformer (both)",
    },
    "test": {
        "llm_generate": "generate text (LLM)",
        "matmul": "matrix product",
        "infer_resnet50_v1.5": "run ResNet-50",
        "train_resnet50_v1.5": "train ResNet-50",
        "train_ssd300": "train SSD300",
        "memory_bandwidth": "memory bandwidth",
        "pretrain_bert_large_seq512": "train BERT large, 512",
        "pretrain_bert_large_seq128": "train BERT large, 128",
        "all_reduce": "sum over all GPUs",
        "p2p_bidirectional": "GPU to GPU, both ways",
        "host_to_device_memcpy_sm": "copy to the GPU",
        "device_to_host_memcpy_sm": "copy from the GPU",
    },
    "metric": {
        "mean": "average",
        "sustained_60s": "held for 60 s",
        "mean_of_100_at_best_shape": "average of 100 at the best shape",
        "busbw": "bus bandwidth",
    },
    "offer_type": _OFFERS,
    "price_kind": _OFFERS,
    "spot_kind": {"listed": "listed by the provider", "derived": "worked out"},
    "region": {"unspecified": "region not named", "global": "everywhere"},
    "scope": {"cloud region gcp": "Google Cloud region"},
    "persistence": {
        "network block": "network disk",
        "object": "object storage",
        "shared file": "shared file system",
        "ephemeral, attached": "local disk, lost at stop",
        "dedicated": "disk of a rented server",
    },
    "sector": {"household": "households", "business": "companies", "industrial": "industry"},
    "vat": {"excluded": "not included"},
    "accelerator": {"none": "no accelerator"},
    "vendor_psu_check": _CHECKS,
    "msrp_check": _CHECKS,
    "nvlink_check": _CHECKS,
    "slot_modes_check": _CHECKS,
}
WORDS = {
    (column, code): words for column, codes in _BY_COLUMN.items() for code, words in codes.items()
}


def choice_words(name: str, word: str) -> str:
    """Return a word of a column as people say it; a list ("ATX|SFX") reads with commas."""
    return ", ".join(_said(name, one) for one in word.split("|"))


def _said(name: str, word: str) -> str:
    """Return the words of a code; only codes lose their underscores, names keep them."""
    known = WORDS.get((name, word))
    return known or (word.replace("_", " ") if _is_code(name, word) else word)


def _is_code(name: str, word: str) -> bool:
    return name not in _AS_WRITTEN and word == word.lower()


# Names others gave; "bench_x.py" is one, and changing it would be wrong.
_AS_WRITTEN = {"id", "row_id", "name", "instance", "part_number", "framework", "software", "target"}
