"""The two small networks of the training step: a residual network for pictures, a decoder for text.

ResNet-18 has the layers of He and others (2015), so that its speed can be set beside published
ones; the decoder is of the GPT-2 kind (pre-norm, tied embedding) with a width that fits anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

CLASSES = 1000
STAGES = (64, 128, 256, 512)
BLOCKS = 2  # in each stage
WIDTH, DEPTH, HEADS, VOCABULARY = 512, 6, 8, 8192
RESNET18_MACS_224 = 1.814e9  # one forward pass of one picture of 224 pixels, convolutions and head
RESNET18_ACTIVATIONS_224 = 2.485e6  # elements its convolutions and its head put out


def resnet18(torch: Any) -> Any:
    """Return ResNet-18 with random weights."""
    nn = torch.nn

    class Block(nn.Module):  # type: ignore[name-defined,misc]
        """Two 3 x 3 convolutions and the way around them."""

        def __init__(self, into: int, out: int, stride: int) -> None:
            super().__init__()
            self.first = nn.Conv2d(into, out, 3, stride, 1, bias=False)
            self.second = nn.Conv2d(out, out, 3, 1, 1, bias=False)
            self.norms = nn.ModuleList([nn.BatchNorm2d(out), nn.BatchNorm2d(out)])
            self.around = nn.Identity()
            if stride != 1 or into != out:
                self.around = nn.Sequential(
                    nn.Conv2d(into, out, 1, stride, bias=False), nn.BatchNorm2d(out)
                )

        def forward(self, x: Any) -> Any:
            kept = torch.relu(self.norms[0](self.first(x)))
            return torch.relu(self.norms[1](self.second(kept)) + self.around(x))

    layers = [
        nn.Conv2d(3, STAGES[0], 7, 2, 3, bias=False),
        nn.BatchNorm2d(STAGES[0]),
        nn.ReLU(),
        nn.MaxPool2d(3, 2, 1),
    ]
    into = STAGES[0]
    for number, out in enumerate(STAGES):
        for place in range(BLOCKS):
            layers.append(Block(into, out, 2 if number and not place else 1))
            into = out
    layers += [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(into, CLASSES)]
    return nn.Sequential(*layers)


@dataclass(frozen=True)
class Size:
    """How large a decoder is."""

    width: int
    depth: int
    heads: int
    vocabulary: int


SMALL = Size(WIDTH, DEPTH, HEADS, VOCABULARY)
GPT2 = Size(768, 12, 12, 50257)


def small_gpt(torch: Any, tokens: int) -> Any:
    """Return a decoder for texts of ``tokens`` tokens with random weights."""
    return decoder(torch, tokens, SMALL)


def _decoder_layer(torch: Any, size: Size) -> Any:
    """Return the kind of layer that a decoder of this size is made of."""
    nn, width = torch.nn, size.width

    class Layer(nn.Module):  # type: ignore[name-defined,misc]
        """Attention to what came before, then two wide products."""

        def __init__(self) -> None:
            super().__init__()
            self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
            self.ask, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.wide = nn.Sequential(
                nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width)
            )

        def forward(self, x: Any) -> Any:
            batch, length, _ = x.shape
            asked = self.ask(self.norms[0](x)).view(batch, length, 3, size.heads, -1)
            query, key, value = asked.permute(2, 0, 3, 1, 4)
            seen = nn.functional.scaled_dot_product_attention(query, key, value, is_causal=True)
            x = x + self.out(seen.transpose(1, 2).reshape(batch, length, width))
            return x + self.wide(self.norms[1](x))

    return Layer


def decoder(torch: Any, tokens: int, size: Size) -> Any:
    """Return a decoder of a size; its scores are of every word after every place."""
    nn = torch.nn
    new_layer = _decoder_layer(torch, size)

    class Decoder(nn.Module):  # type: ignore[name-defined,misc]
        """Embedding, layers, and the embedding again as the head."""

        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(size.vocabulary, size.width)
            nn.init.normal_(self.words.weight, std=0.02)  # also the head: begins undecided
            self.places = nn.Parameter(torch.randn(tokens, size.width) * 0.02)
            self.layers = nn.Sequential(*(new_layer() for _ in range(size.depth)))
            self.norm = nn.LayerNorm(size.width)

        def forward(self, x: Any) -> Any:
            kept = self.norm(self.layers(self.words(x) + self.places))
            return kept @ self.words.weight.T

    return Decoder()


def parameters_of(network: Any) -> int:
    """Return how many numbers are trained."""
    return sum(int(each.numel()) for each in network.parameters())


def flop_of_picture(side_px: int) -> float:
    """Return the FLOP of one training step for one picture: forward once, backward twice."""
    return 2.0 * RESNET18_MACS_224 * (side_px / 224) ** 2 * 3.0


def flop_of_token(parameters: int, tokens: int, size: Size = SMALL) -> float:
    """Return the FLOP of one training step for one token; attention sees half the text."""
    return 3.0 * (2.0 * parameters + 2.0 * size.depth * size.width * tokens)
