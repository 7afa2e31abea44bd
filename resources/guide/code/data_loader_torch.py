# title: DataLoader and pinned memory (PyTorch)
# words: dataloader workers pin_memory prefetch non_blocking preprocessing threads
# needs: torch
# tested: PyTorch 2.13.0 on a CPU, two loading processes
# purpose: Loading processes prepare the next batches while the GPU computes. Pinned memory lets the copy to the GPU run beside the computing. How many processes are enough for your processor is measured by Benchmark > Data loading.

"""A DataLoader with processes of its own, pinned memory and copies that do not wait."""

import os

import torch
from torch.utils.data import DataLoader, Dataset


class Pictures(Dataset):
    """Stands for your pictures: replace __getitem__ by reading and cutting a file."""

    def __len__(self) -> int:
        return 256

    def __getitem__(self, number: int) -> tuple[torch.Tensor, int]:
        source = torch.Generator().manual_seed(number)
        return torch.rand(3, 32, 32, generator=source), number % 10


def main() -> None:
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loader = DataLoader(
        Pictures(),
        batch_size=64,
        shuffle=True,
        num_workers=min(2, os.cpu_count() or 1),  # try 1, 2, 4 and so on up to your cores
        pin_memory=device.type == "cuda",  # memory the GPU can fetch from by itself
        persistent_workers=True,  # keep the processes from one epoch to the next
        prefetch_factor=2,  # batches each process keeps ready
    )
    seen = 0
    for _epoch in range(2):
        for pictures, labels in loader:
            # From pinned memory this returns at once; the copy runs beside the computing.
            pictures = pictures.to(device, non_blocking=True)
            labels = labels.to(device, non_blocking=True)
            seen += len(labels)  # your training step stands here
    print(f"{seen} pictures reached {device}")


# Needed on Windows and macOS: there every loading process reads this file again.
if __name__ == "__main__":
    main()
