"""How much of a model LoRA trains: by the rank of its adapters and the layers that get one.

An adapter of a matrix of ``n`` x ``m`` numbers trains rank x (n + m) of them (Hu et al. 2021).
"""

from __future__ import annotations

from hwstudio.core.model.recipe import USUAL_RANK, Adapted
from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.scaling import ADAPTER_SHARE

_IN_ATTENTION, _OUTSIDE, _GATE = 4, 2, 1  # matrices of a block
_PLAIN_INNER = 4


def trained_params(workload: Workload) -> float:
    """Return the parameters that learn beside frozen weights.

    On all matrices it is the usual share of a rank of 16, which published rows were compared with,
    times the rank; in attention alone they are counted, where the shape is known.
    """
    recipe = workload.recipe
    if recipe.adapted is Adapted.ATTENTION and workload.hidden and workload.layers:
        return workload.layers * _sides_in_attention(workload) * recipe.adapter_rank
    return workload.params_total * ADAPTER_SHARE * recipe.adapter_rank / USUAL_RANK


def _sides_in_attention(workload: Workload) -> float:
    """Return the sum of both sides of the four matrices of attention."""
    width, heads = float(workload.hidden or 0), workload.heads or 1
    each = workload.head_dim or width / heads
    asked, kept = heads * each, (workload.kv_heads or heads) * each
    return 2 * (width + asked) + 2 * (width + kept)


def kept_more(workload: Workload) -> float:
    """Return the numbers a token keeps in a block beside those of the usual adapters.

    What goes through an adapter is ``rank`` wide, and kept for its gradient.
    """
    inner = workload.intermediate or 0
    is_gated = bool(inner) and inner != _PLAIN_INNER * (workload.hidden or 0)
    everywhere = _IN_ATTENTION + _OUTSIDE + (_GATE if is_gated else 0)
    is_narrow = workload.recipe.adapted is Adapted.ATTENTION
    matrices = _IN_ATTENTION if is_narrow else everywhere
    return float(workload.recipe.adapter_rank * matrices - USUAL_RANK * everywhere)
