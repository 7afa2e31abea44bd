# title: Gradient accumulation (PyTorch)
# words: accumulate gradients batch size memory effective
# needs: torch
# tested: PyTorch 2.13.0 on a CPU
# purpose: Several small batches count as one large one: their gradients add up before the weights move. The loss of each is divided by their number, else the step would be that many times too large.

"""Gradient accumulation: the same step as one large batch, in the memory of a small one."""

import torch
from torch import nn

SMALL_BATCH, PARTS = 16, 4


def gradient(model: nn.Module, batches: list[tuple[torch.Tensor, torch.Tensor]]) -> torch.Tensor:
    """Return the gradient of all weights after these batches."""
    model.zero_grad()
    loss_of = nn.CrossEntropyLoss()
    for inputs, labels in batches:
        loss = loss_of(model(inputs), labels) / len(batches)  # the mean over all of them
        loss.backward()  # adds to the gradients that are there
    return torch.cat([weights.grad.flatten() for weights in model.parameters()])


def main() -> None:
    torch.manual_seed(0)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10)).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    inputs = torch.randn(SMALL_BATCH * PARTS, 32, device=device)
    labels = torch.randint(0, 10, (SMALL_BATCH * PARTS,), device=device)

    small = list(zip(inputs.split(SMALL_BATCH), labels.split(SMALL_BATCH), strict=True))
    at_once = gradient(model, [(inputs, labels)])
    in_parts = gradient(model, small)
    torch.testing.assert_close(in_parts, at_once, rtol=1e-4, atol=1e-6)
    optimizer.step()  # once for all parts
    print(f"{PARTS} batches of {SMALL_BATCH} gave the gradient of one of {len(labels)}")


if __name__ == "__main__":
    main()
