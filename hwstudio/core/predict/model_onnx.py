"""An ONNX file as a model: exact parameters and bytes of its weights, its work where shapes say it.

Only the header is read; weights are passed over, also where they lie in files beside it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import BinaryIO

from hwstudio.core.base.errors import UserError
from hwstudio.core.model.ai_model import AiModel
from hwstudio.core.predict.job_maker import COUNTED_TOKENS
from hwstudio.core.predict.onnx.graph import Graph, Tensor, read_graph
from hwstudio.core.predict.onnx.wire import Damaged, Wire
from hwstudio.core.predict.onnx.work import ATTENTION, Work, work_of

# TensorProto.DataType -> name, bytes an element; those that can be weights.
_WEIGHTS = {
    1: ("fp32", 4.0), 2: ("uint8", 1.0), 3: ("int8", 1.0), 10: ("fp16", 2.0), 11: ("fp64", 8.0),
    16: ("bf16", 2.0), 17: ("fp8", 1.0), 18: ("fp8", 1.0), 19: ("fp8", 1.0), 20: ("fp8", 1.0),
    21: ("uint4", 0.5), 22: ("int4", 0.5), 23: ("fp4", 0.5),
}  # fmt: skip
_INDICES = {4: 2.0, 5: 2.0, 6: 4.0, 7: 8.0, 9: 1.0, 12: 4.0, 13: 8.0}  # counted as bytes alone
_IDS = (6, 7)  # int32 and int64: the numbers of words


@dataclass(frozen=True, slots=True)
class OnnxModel:
    """The model, the bytes of its weights by type, and what the file does not say ("" = all)."""

    model: AiModel
    bytes_by_type: dict[str, int]
    missing: str


def from_onnx(file: BinaryIO, size: int, name: str) -> OnnxModel:
    """Return what a file of ``size`` bytes says of its model; ``name`` is shown.

    Raises:
        UserError: it is no ONNX file, damaged, or holds no weights.
    """
    try:
        graph = read_graph(Wire(file, size))
    except Damaged as error:
        raise UserError(
            f"{name} cannot be read as ONNX", str(error), "Fetch or export it again"
        ) from error
    weights = [w for w in graph.weights.values() if w.kind in _WEIGHTS]
    total = sum(w.elements for w in weights)
    if total <= 0:
        raise UserError(f"{name} holds no weights", "its graph lists none", "Choose another file")
    work = work_of(graph)
    missing = _missing(graph, work)
    stored = _stored(graph)
    return OnnxModel(_model(graph, work, total, name, is_whole=not missing), stored, missing)


def _stored(graph: Graph) -> dict[str, int]:
    found: Counter[str] = Counter()
    for weight in graph.weights.values():
        name, each = _WEIGHTS.get(weight.kind, ("indices", _INDICES.get(weight.kind, 0.0)))
        found[name] += round(weight.elements * each)
    return {name: size for name, size in found.items() if size}


def _missing(graph: Graph, work: Work) -> str:
    if work.unknown:
        return (
            f"the shapes of {work.unknown} of its {work.unknown + work.counted} products are not "
            f"in the file (the first: {work.example[:60]})"
        )
    if not work.counted:
        return "it has no convolution or matrix product that can be counted"
    return "it has branches, whose work is not counted" if graph.has_subgraphs else ""


def _model(graph: Graph, work: Work, total: int, name: str, *, is_whole: bool) -> AiModel:
    kinds = Counter(node.kind for node in graph.nodes)
    table = _table(graph)
    has_ids = any(graph.kinds.get(each) in _IDS for each in graph.inputs) and table is not None
    attentions = sum(kinds[each] for each in ATTENTION)
    tokens = _tokens(graph) if has_ids else None
    scale = COUNTED_TOKENS / tokens if tokens else 1.0
    is_counted = is_whole and (tokens is not None or not has_ids)
    stored = _stored(graph)
    return AiModel(
        id=f"own:{name}",
        name=name,
        family=_family(graph, kinds, table if has_ids else None),
        task="text" if has_ids else "",
        params_total=total,
        layers=attentions or None if has_ids else None,
        hidden=table.shape[1] if has_ids and table else None,
        vocab=table.shape[0] if has_ids and table else None,
        macs_per_sample=work.macs * scale if is_counted else None,
        activations_per_sample=work.outputs * scale if is_counted else None,
        weight_bytes=sum(stored.values()),
        precision=max(stored, key=lambda each: stored[each], default=""),
        source=f"{name}, its header read by hwstudio",
    )


def _family(graph: Graph, kinds: Counter[str], table: Tensor | None) -> str:
    has_attention = any(kinds[each] for each in ATTENTION)
    has_convolution = any("Conv" in kind for kind in kinds)
    if table is not None:
        words = table.shape[0]
        writes = any(w.shape and words in w.shape for w in graph.weights.values() if w != table)
        if not has_attention:
            return "other"
        return "transformer-decoder" if writes else "transformer-encoder"
    # A classifier may end in a softmax; attention multiplies what no weight is.
    products = [n for n in graph.nodes if n.kind == "MatMul" and len(n.inputs) > 1]
    if has_attention and any(n.inputs[1] not in graph.weights for n in products):
        return "vit"
    return "cnn" if has_convolution else "other"


def _table(graph: Graph) -> Tensor | None:
    """Return the largest table that words are looked up in."""
    looked = (n.inputs[0] for n in graph.nodes if n.kind == "Gather" and n.inputs)
    tables = [graph.weights[name] for name in looked if name in graph.weights]
    tables = [t for t in tables if len(t.shape) == 2 and t.kind in _WEIGHTS]
    return max(tables, key=lambda t: t.elements, default=None)


def _tokens(graph: Graph) -> int | None:
    shapes = [graph.shapes.get(name) for name in graph.inputs if graph.kinds.get(name) in _IDS]
    return next((shape[1] for shape in shapes if shape and len(shape) == 2), None)
