"""Predicted against real: the peak memory of a training step on this computer's processor.

For three models (module_models.py) the peak reckoned on tensors without data is set beside the
peak of a real step: what lived when torch's profiler began, and the running sum of its events.
Needs torch and about 9 GB of free memory:

    python benchmarks/predict/module_memory.py [resnet50] [gpt2] [llama]
"""

from __future__ import annotations

import gc
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import module_models
import torch
import torch.nn.functional as functional

from hwstudio.core.bench.launch import choose_interpreter
from hwstudio.core.predict.module.result import ModuleMemory, ModuleQuestion
from hwstudio.core.project.module_run import ModuleRunner

MODELS = Path(module_models.__file__)
CASES = {
    "resnet50": ("ResNet50", "3x224x224", 8, "sgd-momentum"),
    "gpt2": ("Gpt2", "tokens:512", 2, "adamw"),
    "llama": ("LlamaStack", "512x4096", 1, "adamw"),
}


def predicted(case: str, log_dir: Path) -> ModuleMemory:
    """Return what the worker reckons for the step as a processor runs it."""
    name, shape, batch, optimiser = CASES[case]
    question = ModuleQuestion(
        file=str(MODELS), name=name, input=shape, batch=batch, optimiser=optimiser, target="cpu"
    )
    found = ModuleRunner(choose_interpreter(sys.executable), log_dir).run(question)
    assert found is not None
    return found


def measured_bytes(case: str) -> int:
    """Return the peak of a real second step, as the profiler saw it."""
    name, shape, batch, optimiser_name = CASES[case]
    torch.manual_seed(0)
    model = getattr(module_models, name)()
    inputs = made_inputs(shape, batch)
    if optimiser_name == "sgd-momentum":
        optimiser: Any = torch.optim.SGD(model.parameters(), lr=1e-3, momentum=0.9)
    else:
        optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    step(model, optimiser, inputs)  # the optimiser makes its states
    model.zero_grad(set_to_none=True)
    gc.collect()
    resident = resident_bytes(model, optimiser, inputs)
    activities = [torch.profiler.ProfilerActivity.CPU]
    with torch.profiler.profile(activities=activities, profile_memory=True) as profiler:
        step(model, optimiser, inputs)
    return resident + highest(profiler)


def made_inputs(shape: str, batch: int) -> Any:
    """Return real inputs of the shape."""
    sizes = [batch, *(int(size) for size in shape.removeprefix("tokens:").split("x"))]
    return torch.zeros(sizes, dtype=torch.int64) if "tokens" in shape else torch.randn(sizes)


def step(model: Any, optimiser: Any, inputs: Any) -> None:
    """Run one training step, with the loss the worker takes."""
    model.zero_grad(set_to_none=True)
    out = model(inputs)
    if out.dim() == 2 or inputs.dtype == torch.int64:
        rows = out.reshape(-1, out.shape[-1])
        loss = functional.cross_entropy(rows, torch.zeros(rows.shape[0], dtype=torch.int64))
    else:
        loss = (out**2).mean()
    loss.backward()
    optimiser.step()


def resident_bytes(model: Any, optimiser: Any, inputs: Any) -> int:
    """Return the bytes of what lives between two steps."""
    states = [v for s in optimiser.state.values() for v in s.values() if torch.is_tensor(v)]
    tensors = [*model.parameters(), *model.buffers(), *states, inputs]
    storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}
    return sum(storages.values())


def highest(profiler: Any) -> int:
    """Return the highest running sum of what was taken and given back."""
    events = [e for e in profiler.profiler.kineto_results.events() if e.name() == "[memory]"]
    total = most = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        total += event.nbytes()
        most = max(most, total)
    return most


def main() -> None:
    """Print one line for every model."""
    torch.set_num_threads(1)
    wanted = [case for case in sys.argv[1:] if case in CASES] or list(CASES)
    print(f"torch {torch.__version__}; GiB of live tensors at the peak of one training step, FP32")
    with tempfile.TemporaryDirectory() as folder:
        for case in wanted:
            found = predicted(case, Path(folder))
            begin_s = time.monotonic()
            real = measured_bytes(case)
            print(
                f"{case}: predicted {found.peak_bytes / 2**30:.3f} ({found.seconds:.1f} s), "
                f"measured {real / 2**30:.3f} ({time.monotonic() - begin_s:.1f} s), "
                f"ratio {found.peak_bytes / real:.4f}",
                flush=True,
            )
            gc.collect()


if __name__ == "__main__":
    main()
