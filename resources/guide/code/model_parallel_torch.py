# title: One model over two devices (PyTorch)
# words: model parallel pipeline split layers cuda:1 multi gpu
# needs: torch
# devices: 2
# tested: PyTorch 2.13.0 on a CPU, where both halves share it
# purpose: For a model too large for one GPU: the first layers live on one device, the rest on another, and what the first half gives is moved over. Only one device works at a time, so this saves memory, not time.

"""Model parallelism: layers on two devices, activations moved between them."""

import warnings

import torch
from torch import nn


def two_devices() -> tuple[torch.device, torch.device]:
    if torch.cuda.device_count() >= 2:
        return torch.device("cuda", 0), torch.device("cuda", 1)
    warnings.warn("Fewer than 2 GPUs: both halves run on one device.", stacklevel=2)
    one = torch.device("cuda", 0) if torch.cuda.is_available() else torch.device("cpu")
    return one, one


class SplitModel(nn.Module):
    def __init__(self, first: torch.device, second: torch.device) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.front = nn.Sequential(nn.Linear(32, 256), nn.ReLU()).to(first)
        self.back = nn.Sequential(nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)).to(second)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        middle = self.front(inputs.to(self.first))
        return self.back(middle.to(self.second))  # the move between the devices


def main() -> None:
    torch.manual_seed(0)
    first, second = two_devices()
    model = SplitModel(first, second)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    for step in range(10):
        inputs, labels = torch.randn(64, 32), torch.randint(0, 10, (64,))
        optimizer.zero_grad()
        loss = loss_of(model(inputs), labels.to(second))  # labels live where the model ends
        loss.backward()  # gradients go back over the same way by themselves
        optimizer.step()
        if step % 5 == 0:
            print(f"step {step}: loss {loss.item():.3f} on {first} and {second}")


if __name__ == "__main__":
    main()
