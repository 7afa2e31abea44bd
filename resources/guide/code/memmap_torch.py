# title: Memory-mapped data (PyTorch)
# words: memory map large file numpy dataset out of core
# needs: torch, numpy
# tested: PyTorch 2.13.0 and NumPy on a CPU
# purpose: A memory-mapped file looks like an array, but only the rows you touch are read. The operating system keeps what it has room for. So a model can train on a data set many times larger than the memory.

"""A data set that lies in one file and is read row by row through a memory map."""

import tempfile
from pathlib import Path

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset

ROWS, WIDTH = 1000, 128


def write(file: Path) -> None:
    """Write the file in parts, so that it never has to be in memory as a whole."""
    rows = np.lib.format.open_memmap(file, mode="w+", dtype=np.float32, shape=(ROWS, WIDTH))
    source = np.random.default_rng(0)
    for begin in range(0, ROWS, 100):
        rows[begin : begin + 100] = source.standard_normal((100, WIDTH), dtype=np.float32)
    rows.flush()


class Rows(Dataset):
    def __init__(self, file: Path) -> None:
        self._file = file
        self._rows: np.ndarray | None = None

    def __len__(self) -> int:
        return ROWS

    def __getitem__(self, number: int) -> torch.Tensor:
        if self._rows is None:  # opened late: each loading process opens its own
            self._rows = np.load(self._file, mmap_mode="r")
        return torch.from_numpy(self._rows[number].copy())  # copied: the map is read-only


def main() -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "rows.npy"
        write(file)
        total = sum(len(batch) for batch in DataLoader(Rows(file), batch_size=100, shuffle=True))
        print(f"{total} rows of {file.stat().st_size / 2**20:.1f} MiB read, 100 at a time")


if __name__ == "__main__":
    main()
