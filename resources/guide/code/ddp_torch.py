# title: Data parallel: DDP (PyTorch)
# words: data parallel distributed torchrun nccl gloo multi gpu
# needs: torch
# tested: PyTorch 2.13.0, two processes on a CPU
# purpose: Each process holds the whole model and sees its own part of the data; after every step they average what they learned. Works on one GPU, several GPUs, or a CPU. Start it with torchrun, one process for each GPU.

"""Data parallel training. Start: torchrun --standalone --nproc-per-node=2 ddp_torch.py

Started with plain Python it runs as one process, so that it can be tried at once.
"""

import os

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler, TensorDataset


def main() -> None:
    # torchrun sets these; the values here are for one process without it.
    for name, value in (("RANK", "0"), ("LOCAL_RANK", "0"), ("WORLD_SIZE", "1")):
        os.environ.setdefault(name, value)
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "0")  # any free one

    local_rank = int(os.environ["LOCAL_RANK"])
    has_gpu = local_rank < torch.cuda.device_count()
    device = torch.device("cuda", local_rank) if has_gpu else torch.device("cpu")
    if has_gpu:
        torch.cuda.set_device(device)
    # nccl talks between NVIDIA GPUs, gloo between processes on CPUs.
    dist.init_process_group(backend="nccl" if has_gpu else "gloo")
    try:
        train(device)
    finally:
        dist.destroy_process_group()  # without this, processes can hang or complain at the end


def train(device: torch.device) -> None:
    torch.manual_seed(0)
    data = TensorDataset(torch.randn(512, 32), torch.randint(0, 10, (512,)))
    sampler = DistributedSampler(data, shuffle=True)  # gives every process another part
    loader = DataLoader(data, batch_size=64, sampler=sampler)

    model = nn.Sequential(nn.Linear(32, 64), nn.ReLU(), nn.Linear(64, 10)).to(device)
    parallel = DistributedDataParallel(
        model, device_ids=[device.index] if device.type == "cuda" else None
    )
    # One step learns from 64 rows times the number of processes.
    optimizer = torch.optim.AdamW(parallel.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()

    for epoch in range(2):
        sampler.set_epoch(epoch)  # else every epoch has the same order
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = loss_of(parallel(inputs.to(device)), labels.to(device))
            loss.backward()  # the gradients are averaged over all processes here
            optimizer.step()
        if dist.get_rank() == 0:  # only one process prints and saves
            print(f"epoch {epoch}: loss {loss.item():.3f}, {dist.get_world_size()} process(es)")


if __name__ == "__main__":
    main()
