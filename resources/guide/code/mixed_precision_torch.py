# title: Mixed precision (PyTorch)
# words: amp autocast bf16 fp16 half precision gradscaler
# needs: torch
# tested: PyTorch 2.13.0 on a CPU (bf16)
# purpose: Products run in 16 bits, the weights stay in 32. Most GPUs are much faster so, and what the layers keep needs half the memory; Workload says what it brings for your job. bf16 needs no loss scaling; fp16, for GPUs without bf16, does.

"""Mixed precision with torch.amp; what older texts take from torch.cuda is deprecated."""

import torch
from torch import nn


def main() -> None:
    torch.manual_seed(0)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    has_bf16 = device == "cpu" or torch.cuda.is_bf16_supported()
    precision = torch.bfloat16 if has_bf16 else torch.float16

    model = nn.Sequential(nn.Linear(32, 256), nn.ReLU(), nn.Linear(256, 10)).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    # Small fp16 gradients would round to zero: they are scaled up first. bf16 needs none of it.
    scaler = torch.amp.GradScaler(device, enabled=precision is torch.float16)

    for step in range(10):
        inputs = torch.randn(64, 32, device=device)
        labels = torch.randint(0, 10, (64,), device=device)
        optimizer.zero_grad()
        with torch.autocast(device_type=device, dtype=precision):
            outputs = model(inputs)
            loss = loss_of(outputs, labels)
        scaler.scale(loss).backward()  # outside autocast
        scaler.step(optimizer)
        scaler.update()
        if step % 5 == 0:
            print(f"step {step}: loss {loss.item():.3f}, products in {outputs.dtype}")


if __name__ == "__main__":
    main()
