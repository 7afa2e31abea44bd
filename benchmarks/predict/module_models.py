"""Three models as a person would write them, for module_memory.py and for trying --module.

ResNet-50 follows the layer table of He et al. 2015 (stride in the 3x3 convolution), GPT-2 124M and
the widths of Llama 3 8B their published configurations.
"""

from __future__ import annotations

import torch
import torch.nn.functional as functional
from torch import nn


class Bottleneck(nn.Module):
    """1x1, 3x3, 1x1 convolution around a shortcut."""

    def __init__(self, wide: int, inner: int, stride: int) -> None:
        super().__init__()
        out = 4 * inner
        self.body = nn.Sequential(
            nn.Conv2d(wide, inner, 1, bias=False),
            nn.BatchNorm2d(inner),
            nn.ReLU(inplace=True),
            nn.Conv2d(inner, inner, 3, stride, 1, bias=False),
            nn.BatchNorm2d(inner),
            nn.ReLU(inplace=True),
            nn.Conv2d(inner, out, 1, bias=False),
            nn.BatchNorm2d(out),
        )
        self.shortcut = nn.Identity()
        if stride != 1 or wide != out:
            self.shortcut = nn.Sequential(
                nn.Conv2d(wide, out, 1, stride, bias=False), nn.BatchNorm2d(out)
            )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the block's output."""
        return functional.relu(self.body(x) + self.shortcut(x), inplace=True)


class ResNet50(nn.Module):
    """25.6 million parameters, 4.1 thousand million multiply-accumulates at 224 x 224."""

    def __init__(self) -> None:
        super().__init__()
        layers: list[nn.Module] = [
            nn.Conv2d(3, 64, 7, 2, 3, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1),
        ]
        wide = 64
        for inner, blocks, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
            for number in range(blocks):
                layers.append(Bottleneck(wide, inner, stride if number == 0 else 1))
                wide = 4 * inner
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(wide, 1000)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return a score for every class."""
        return self.head(self.layers(x))


class GptBlock(nn.Module):
    """Attention and a feed-forward part, both after a norm."""

    def __init__(self, wide: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm_1, self.norm_2 = nn.LayerNorm(wide), nn.LayerNorm(wide)
        self.qkv, self.out = nn.Linear(wide, 3 * wide), nn.Linear(wide, wide)
        self.up, self.down = nn.Linear(wide, 4 * wide), nn.Linear(4 * wide, wide)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the block's output."""
        batch, tokens, wide = x.shape
        parts = self.qkv(self.norm_1(x)).split(wide, dim=2)
        q, k, v = (p.view(batch, tokens, self.heads, -1).transpose(1, 2) for p in parts)
        seen = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(seen.transpose(1, 2).reshape(batch, tokens, wide))
        return x + self.down(functional.gelu(self.up(self.norm_2(x)), approximate="tanh"))


class Gpt2(nn.Module):
    """124 million parameters; the head shares the table of words."""

    def __init__(self) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(50257, 768), nn.Embedding(1024, 768)
        self.blocks = nn.ModuleList([GptBlock(768, 12) for _ in range(12)])
        self.norm = nn.LayerNorm(768)
        self.head = nn.Linear(768, 50257, bias=False)
        self.head.weight = self.words.weight

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return a score for every word at every place."""
        x = self.words(ids) + self.places(torch.arange(ids.shape[1], device=ids.device))
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x))


class LlamaBlock(nn.Module):
    """The widths of Llama 3 8B: 4096, 32 heads, 8 for keys and values, 14336."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_1, self.norm_2 = nn.RMSNorm(4096, 1e-5), nn.RMSNorm(4096, 1e-5)
        self.q, self.out = nn.Linear(4096, 4096, bias=False), nn.Linear(4096, 4096, bias=False)
        self.k, self.v = nn.Linear(4096, 1024, bias=False), nn.Linear(4096, 1024, bias=False)
        self.gate = nn.Linear(4096, 14336, bias=False)
        self.up, self.down = nn.Linear(4096, 14336, bias=False), nn.Linear(14336, 4096, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the block's output (without the turning of places, which adds little)."""
        batch, tokens, _ = x.shape
        seen = self.norm_1(x)
        q, k, v = (
            part(seen).view(batch, tokens, -1, 128).transpose(1, 2)
            for part in (self.q, self.k, self.v)
        )
        mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=True)
        x = x + self.out(mixed.transpose(1, 2).reshape(batch, tokens, 4096))
        seen = self.norm_2(x)
        return x + self.down(functional.silu(self.gate(seen)) * self.up(seen))


class LlamaStack(nn.Module):
    """Layers of Llama 3 8B without its table of words; two take 7 GB to train."""

    def __init__(self, layers: int = 2) -> None:
        super().__init__()
        self.blocks = nn.ModuleList([LlamaBlock() for _ in range(layers)])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the last layer's output."""
        for block in self.blocks:
            x = block(x)
        return x


class Llama8B(nn.Module):
    """All of Llama 3 8B: to see what a model needs that this machine could not hold."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(128256, 4096)
        self.stack = LlamaStack(32)
        self.norm = nn.RMSNorm(4096, 1e-5)
        self.head = nn.Linear(4096, 128256, bias=False)

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        """Return a score for every word at every place."""
        return self.head(self.norm(self.stack(self.words(ids))))
