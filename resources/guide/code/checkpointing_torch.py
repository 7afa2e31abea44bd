# title: Activation checkpointing (PyTorch)
# words: gradient checkpoint memory recompute activations
# needs: torch
# tested: PyTorch 2.13.0 on a CPU
# purpose: Training keeps what every layer gave until the way back. Checkpointing keeps only a few of them and works the rest out again: less memory for one more forward pass, about a third more computing. Workload > Save memory says how many GiB it saves for your job.

"""Activation checkpointing with torch.utils.checkpoint, for any PyTorch model."""

import torch
from torch import nn
from torch.utils.checkpoint import checkpoint


class Block(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
        )

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        return values + self.layers(values)


class Model(nn.Module):
    def __init__(self, width: int = 64, depth: int = 6, *, is_saving: bool) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(Block(width) for _ in range(depth))
        self.is_saving = is_saving

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        for block in self.blocks:
            if self.is_saving and self.training:
                # Only the block's input is kept; the block runs again on the way back.
                values = checkpoint(block, values, use_reentrant=False)
            else:
                values = block(values)
        return values


def kept_bytes(model: nn.Module, values: torch.Tensor) -> int:
    """Return how many bytes the forward pass keeps for the way back."""
    sizes: dict[int, int] = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        sizes[tensor.data_ptr()] = tensor.numel() * tensor.element_size()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        model(values).sum().backward()
    return sum(sizes.values())


def main() -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    for is_saving in (False, True):
        torch.manual_seed(0)
        model = Model(is_saving=is_saving).to(device)
        values = torch.randn(256, 64, device=device, requires_grad=True)
        kept = kept_bytes(model, values)
        way = "with checkpointing" if is_saving else "without"
        print(f"{way}: {kept / 2**20:.1f} MiB kept, gradient {values.grad.norm().item():.4f}")


if __name__ == "__main__":
    main()
