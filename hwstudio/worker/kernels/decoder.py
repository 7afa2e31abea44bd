"""A decoder of GPT-2's kind that keeps the keys and values of what it has read.

Its smallest size has the layers of GPT-2 small (124 million weights); weights are random, since
speed does not ask what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

VOCABULARY = 50257


@dataclass(frozen=True)
class Size:
    """How large the network is."""

    width: int
    depth: int
    heads: int


SIZES = {
    "tiny": Size(256, 4, 4),
    "small": Size(768, 12, 12),  # GPT-2 small
    "large": Size(1600, 48, 25),  # GPT-2 XL
}


def _layer_of(torch: Any, size: Size) -> Any:
    """Return the kind of layer that a network of this size is made of."""
    nn, width = torch.nn, size.width

    class Layer(nn.Module):  # type: ignore[name-defined,misc]
        """Attention to what is kept, then two wide products."""

        def __init__(self) -> None:
            super().__init__()
            self.norms = nn.ModuleList([nn.LayerNorm(width), nn.LayerNorm(width)])
            self.ask, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.wide = nn.Sequential(
                nn.Linear(width, 4 * width), nn.GELU("tanh"), nn.Linear(4 * width, width)
            )

        def forward(self, x: Any, kept: Any, at: int) -> Any:
            batch, length, _ = x.shape
            asked = self.ask(self.norms[0](x)).view(batch, length, 3, size.heads, -1)
            query, key, value = asked.permute(2, 0, 3, 1, 4)
            kept[0][:, :, at : at + length] = key
            kept[1][:, :, at : at + length] = value
            seen = nn.functional.scaled_dot_product_attention(
                query,
                kept[0][:, :, : at + length],
                kept[1][:, :, : at + length],
                is_causal=length > 1,  # a prompt begins at place 0; one word sees all before it
            )
            x = x + self.out(seen.transpose(1, 2).reshape(batch, length, width))
            return x + self.wide(self.norms[1](x))

    return Layer


def build(torch: Any, size: Size, places: int) -> Any:
    """Return the network for texts of at most ``places`` tokens.

    ``network(words, kept, at)`` reads ``words`` that stand at place ``at`` and after, adds them to
    ``kept`` (from ``empty_cache``) and returns the scores of the next word.
    """
    nn, width = torch.nn, size.width
    new_layer = _layer_of(torch, size)

    class Decoder(nn.Module):  # type: ignore[name-defined,misc]
        """Embedding, layers, and the embedding again as the head."""

        def __init__(self) -> None:
            super().__init__()
            self.words = nn.Embedding(VOCABULARY, width)
            self.places = nn.Embedding(places, width)
            self.layers = nn.ModuleList([new_layer() for _ in range(size.depth)])
            self.norm = nn.LayerNorm(width)
            nn.init.normal_(self.words.weight, std=0.02)

        def forward(self, words: Any, kept: Any, at: int) -> Any:
            where = torch.arange(at, at + words.shape[1], device=words.device)
            x = self.words(words) + self.places(where)
            for number, layer in enumerate(self.layers):
                x = layer(x, kept[number], at)
            return self.norm(x[:, -1]) @ self.words.weight.T

    return Decoder()


def empty_cache(torch: Any, size: Size, batch: int, places: int, like: Any) -> Any:
    """Return the room for keys and values of every layer, of the kind of ``like``."""
    shape = (size.depth, 2, batch, size.heads, places, size.width // size.heads)
    return torch.zeros(shape, device=like.device, dtype=like.dtype)
