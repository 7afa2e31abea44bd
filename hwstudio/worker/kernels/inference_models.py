"""The two networks of the answer time: a residual network of 50 layers and a text encoder.

Their layers are those of He and others (2015) and of Devlin and others (2018, the base size), so
that their speed can be set beside published ones. The weights are random: speed does not ask.
"""

from __future__ import annotations

from typing import Any

CLASSES = 1000
STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))  # width, blocks
EXPANSION = 4
RESNET50_MACS_224 = 4.09e9  # one picture of 224 pixels
WIDTH, DEPTH, HEADS, VOCABULARY, PLACES = 768, 12, 12, 30522, 512


def resnet50(torch: Any) -> Any:
    """Return ResNet-50 with random weights."""
    nn = torch.nn

    class Block(nn.Module):  # type: ignore[name-defined,misc]
        """Narrow, convolve, widen, and the way around."""

        def __init__(self, into: int, width: int, stride: int) -> None:
            super().__init__()
            out = width * EXPANSION
            self.inner = nn.Sequential(
                nn.Conv2d(into, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(),
                nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width),
                nn.ReLU(), nn.Conv2d(width, out, 1, bias=False), nn.BatchNorm2d(out),
            )  # fmt: skip
            self.around = nn.Identity()
            if stride != 1 or into != out:
                self.around = nn.Sequential(
                    nn.Conv2d(into, out, 1, stride, bias=False), nn.BatchNorm2d(out)
                )

        def forward(self, x: Any) -> Any:
            return torch.relu(self.inner(x) + self.around(x))

    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU()]
    layers.append(nn.MaxPool2d(3, 2, 1))
    into = 64
    for number, (width, blocks) in enumerate(STAGES):
        for place in range(blocks):
            layers.append(Block(into, width, 2 if number and not place else 1))
            into = width * EXPANSION
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(into, CLASSES))


def bert_base(torch: Any) -> Any:
    """Return an encoder of BERT's base size with random weights; it gives one vector a text."""
    nn = torch.nn

    class Layer(nn.Module):  # type: ignore[name-defined,misc]
        """Attention to the whole text, then two wide products, each with its norm behind."""

        def __init__(self) -> None:
            super().__init__()
            self.ask, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
            self.wide = nn.Sequential(
                nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH)
            )
            self.norms = nn.ModuleList([nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)])

        def forward(self, x: Any) -> Any:
            batch, length, _ = x.shape
            asked = self.ask(x).view(batch, length, 3, HEADS, WIDTH // HEADS)
            query, key, value = asked.permute(2, 0, 3, 1, 4)
            seen = nn.functional.scaled_dot_product_attention(query, key, value)
            x = self.norms[0](x + self.out(seen.transpose(1, 2).reshape(batch, length, WIDTH)))
            return self.norms[1](x + self.wide(x))

    class Encoder(nn.Module):  # type: ignore[name-defined,misc]
        """Words, places and sentence kinds; the layers; the first word's vector."""

        def __init__(self) -> None:
            super().__init__()
            self.words, self.kinds = nn.Embedding(VOCABULARY, WIDTH), nn.Embedding(2, WIDTH)
            self.places = nn.Embedding(PLACES, WIDTH)
            self.norm = nn.LayerNorm(WIDTH)
            self.layers = nn.Sequential(*(Layer() for _ in range(DEPTH)))
            self.pool = nn.Linear(WIDTH, WIDTH)

        def forward(self, words: Any) -> Any:
            where = torch.arange(words.shape[1], device=words.device)
            x = self.words(words) + self.places(where) + self.kinds.weight[0]
            return torch.tanh(self.pool(self.layers(self.norm(x))[:, 0]))

    return Encoder()


def flop_of_text(parameters: int, tokens: int) -> float:
    """Return the FLOP of one text: the layers' weights once a token, and the attention."""
    embedded = (VOCABULARY + PLACES + 2) * WIDTH
    return 2.0 * (parameters - embedded) * tokens + 4.0 * DEPTH * WIDTH * tokens**2
