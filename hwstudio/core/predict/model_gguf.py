"""Reads the header of a GGUF file: shape, parameters, and the exact bytes of its weights."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterable
from typing import Any

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.ai_model import AiModel

_GGUF_SCALARS = {
    0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d",
}  # fmt: skip
_GGUF_TEXT, _GGUF_LIST = 8, 9
_MOST_ENTRIES, _MOST_DIMENSIONS, _DEEPEST_LIST = 1_000_000, 8, 2
# Bits a weight of llama.cpp's tensor types, by their number in the file.
GGUF_BITS = {
    0: 32.0, 1: 16.0, 2: 4.5, 3: 5.0, 6: 5.5, 7: 6.0, 8: 8.5, 10: 2.625, 11: 3.4375, 12: 4.5,
    13: 5.5, 14: 6.5625, 15: 8.5, 16: 2.0625, 17: 2.3125, 18: 3.0625, 19: 1.5625, 20: 4.5,
    21: 3.4375, 22: 2.5625, 23: 4.25, 24: 8.0, 25: 16.0, 26: 32.0, 30: 16.0, 39: 4.25,
}  # fmt: skip


def _check(is_sound: bool) -> None:
    if not is_sound:
        raise ValueError("sizes no GGUF file has")


class _Gguf:
    """Walks a GGUF header; every step checks that the bytes are there."""

    def __init__(self, raw: bytes) -> None:
        self._raw, self._at = raw, 0

    def take(self, form: str) -> Any:
        size = struct.calcsize(f"<{form}")
        if self._at + size > len(self._raw):
            raise EOFError
        (value,) = struct.unpack_from(f"<{form}", self._raw, self._at)
        self._at += size
        return value

    def text(self) -> str:
        length = self.take("Q")
        if length > len(self._raw) - self._at:
            raise EOFError
        found = self._raw[self._at : self._at + length]
        self._at += length
        return found.decode(errors="replace")

    def value(self, kind: int, depth: int = 0) -> Any:
        if kind == _GGUF_TEXT:
            return self.text()
        if kind == _GGUF_LIST:
            _check(depth <= _DEEPEST_LIST)
            inner, count = self.take("I"), self.take("Q")
            if count > len(self._raw):
                raise EOFError
            found = [self.value(inner, depth + 1) for _ in range(count)]
            return found if count < 64 else len(found)
        return self.take(_GGUF_SCALARS[kind])


def _read(reader: _Gguf) -> tuple[dict[str, Any], tuple[int, float, int]]:
    """Return the header's words, and parameters, bytes of the weights, size of the vocabulary."""
    version, count, pairs = reader.take("I"), reader.take("Q"), reader.take("Q")
    _check(version >= 2 and max(count, pairs) <= _MOST_ENTRIES)
    words: dict[str, Any] = {}
    for _ in range(pairs):
        key = reader.text()
        words[key] = reader.value(reader.take("I"))
    total, stored, vocab = 0, 0.0, 0
    for _ in range(count):
        key, depth = reader.text(), reader.take("I")
        _check(depth <= _MOST_DIMENSIONS)
        shape = [reader.take("Q") for _ in range(depth)]
        kind, _place = reader.take("I"), reader.take("Q")
        size = math.prod(shape)
        total += size
        stored += size * GGUF_BITS.get(kind, 16.0) / 8
        if key == "token_embd.weight" and len(shape) > 1:
            vocab = shape[1]
    return words, (total, stored, vocab)


def from_gguf(head: bytes, name: str, further: Iterable[bytes] = ()) -> AiModel:
    """Return the model behind a GGUF header: shape, parameters and exact bytes of its weights.

    Args:
        further: the headers of a model's other files, where it was split into several.

    Raises:
        UserError: the bytes are no such header. ``why`` says when more of the file is needed.
    """
    words, (total, stored, vocab) = _checked(head, name)
    for each in further:
        _, more = _checked(each, name)
        total, stored, vocab = total + more[0], stored + more[1], vocab or more[2]
    kind = str(words.get("general.architecture", ""))

    def whole(word: str) -> int | None:
        value = words.get(f"{kind}.{word}")
        return int(value) if isinstance(value, (int, float)) and value > 0 else None

    heads, hidden = whole("attention.head_count"), whole("embedding_length")
    experts, used = whole("expert_count"), whole("expert_used_count")
    return AiModel(
        id=f"own:{name}",
        name=str(words.get("general.name") or name),
        family="moe" if experts else "transformer-decoder",
        task="text generation",
        params_total=total,
        params_active=_active(total, experts, used),
        layers=whole("block_count"),
        hidden=hidden,
        intermediate=whole("feed_forward_length"),
        heads=heads,
        kv_heads=whole("attention.head_count_kv") or heads,
        head_dim=whole("attention.key_length") or (hidden // heads if hidden and heads else None),
        vocab=vocab or None,
        max_context=whole("context_length"),
        weight_bytes=round(stored),
        precision="gguf",
        source=f"{name}, its header read by hwstudio",
    )


def _checked(head: bytes, name: str) -> tuple[dict[str, Any], tuple[int, float, int]]:
    if head[:4] != b"GGUF":
        raise UserError(f"{name} is no GGUF file", "it does not begin as one", "Choose another")
    try:
        return _read(_Gguf(head[4:]))
    except (EOFError, KeyError, ValueError, struct.error) as error:
        raise UserError(
            f"{name} cannot be read", "its header ends early or is damaged", "Fetch it again"
        ) from error


def _active(total: int, experts: int | None, used: int | None) -> int | None:
    """Return the parameters of one token, experts being nine tenths of all as a rule."""
    if not experts or not used:
        return None
    return round(total * (0.1 + 0.9 * used / experts))
