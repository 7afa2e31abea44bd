# title: Time it right (PyTorch)
# words: benchmark synchronize timer measure speed asynchronous
# needs: torch
# tested: PyTorch 2.13.0 on a CPU
# purpose: A GPU works on after the call has returned, so a plain clock measures only the asking. torch.utils.benchmark waits for the device, warms up and repeats.

"""Time a matrix product so that the number means something."""

import torch
from torch.utils.benchmark import Timer

SIZE = 512


def main() -> None:
    device = "cuda" if torch.cuda.is_available() else "cpu"
    left, right = torch.randn(SIZE, SIZE, device=device), torch.randn(SIZE, SIZE, device=device)
    timer = Timer("left @ right", globals={"left": left, "right": right})
    found = timer.blocked_autorange(min_run_time=0.2)  # waits for the device by itself
    flop = 2 * SIZE**3  # a product and a sum for each of SIZE x SIZE x SIZE
    print(f"{device}: {found.median * 1e3:.3f} ms, {flop / found.median / 1e9:.0f} GFLOP/s")


if __name__ == "__main__":
    main()
