"""Questions for the tests, in the columns of the published tables."""

from __future__ import annotations

from hwstudio.core.predict.fitted.question import DeviceSheet, Question, device_of, question_of

CARD = {
    "device": "RTX 4090", "vendor": "NVIDIA", "kind": "consumer", "arch": "Ada", "year": "2022",
    "mem_gb": "24", "bw_gbs": "1008", "fp32_tflops": "82.6", "fp16_tflops": "165",
    "tf32_tflops": "82.6", "fp8_tflops": "330", "fp4_tflops": "0", "tdp_w": "450", "link_gbs": "32",
}  # fmt: skip
ROW = {
    "id": "a", "source": "timm", "device": "RTX 4090", "num_devices": "1", "model": "resnet50",
    "family": "cnn", "task": "infer", "precision": "amp-fp16", "metric": "images/s",
    "framework": "timm eager nchw pt2.4", "batch_per_device": "256", "global_batch": "256",
    "input_size": "224", "num_params_m": "25.6", "gmacs_per_sample": "4.11",
    "macts_per_sample": "11.11", "year": "2024",
}  # fmt: skip
TEXT = {
    **ROW, "id": "t", "source": "torchtune", "model": "llama-3.1-8b", "family": "llm",
    "task": "finetune", "method": "lora", "precision": "bf16", "metric": "tokens/s",
    "framework": "torchtune", "batch_per_device": "2", "global_batch": "", "input_size": "2048",
    "num_params_m": "8030", "gmacs_per_sample": "", "macts_per_sample": "", "act_ckpt": "1",
}  # fmt: skip


def card(**changes: str) -> DeviceSheet:
    """Return a device, some columns exchanged."""
    return device_of({**CARD, **changes})


def question(
    row: dict[str, str] = ROW, device: DeviceSheet | None = None, **changes: str
) -> Question:
    """Return a question, some columns exchanged."""
    return question_of({**row, **changes}, device or card())
