"""The U-Net of the training step: it names every pixel of a picture, as Ronneberger (2015) did.

Its widths are those of the paper; edges are padded and norms added, as everybody does today.
"""

from __future__ import annotations

from typing import Any

WIDTHS = (64, 128, 256, 512, 1024)
KINDS = 2  # of pixels
SIDE_PX = 128


def unet(torch: Any) -> Any:
    """Return a U-Net with random weights."""
    nn = torch.nn

    def twice(into: int, out: int) -> Any:
        return nn.Sequential(
            nn.Conv2d(into, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU(),
            nn.Conv2d(out, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.ReLU(),
        )  # fmt: skip

    class UNet(nn.Module):  # type: ignore[name-defined,misc]
        """Down to the widest and up again, with what was seen on the way down."""

        def __init__(self) -> None:
            super().__init__()
            into = (3, *WIDTHS[:-1])
            self.down = nn.ModuleList(twice(a, b) for a, b in zip(into, WIDTHS, strict=True))
            pairs = list(zip(WIDTHS[1:], WIDTHS[:-1], strict=True))[::-1]
            self.grow = nn.ModuleList(nn.ConvTranspose2d(a, b, 2, 2) for a, b in pairs)
            self.up = nn.ModuleList(twice(a, b) for a, b in pairs)
            self.head = nn.Conv2d(WIDTHS[0], KINDS, 1)

        def forward(self, x: Any) -> Any:
            seen = []
            for number, part in enumerate(self.down):
                x = part(nn.functional.max_pool2d(x, 2) if number else x)
                seen.append(x)
            seen.pop()
            for grow, up in zip(self.grow, self.up, strict=True):
                x = up(torch.cat((seen.pop(), grow(x)), 1))
            return self.head(x)

    return UNet()


def macs_of_picture(side_px: int) -> float:
    """Return the multiplications of one forward pass of one picture."""
    total, into = 0.0, 3
    for number, out in enumerate(WIDTHS):
        pixels = (side_px / 2**number) ** 2
        total += 9.0 * pixels * (into * out + out * out)
        into = out
    for number, out in enumerate(WIDTHS[:-1]):
        wide, pixels = WIDTHS[number + 1], (side_px / 2**number) ** 2
        total += pixels * wide * out  # each pixel of the larger picture comes from one
        total += 9.0 * pixels * (2 * out * out + out * out)
    return total + side_px**2 * WIDTHS[0] * KINDS
