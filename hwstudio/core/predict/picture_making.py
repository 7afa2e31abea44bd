"""What making a picture holds beside the denoiser: encoders of the words, and the decoder.

Counted on the modules of diffusers 0.42.1 with tensors that have a size and no data (2026-11-29):
the most bytes alive in one call, fused attention, two bytes a value. Of a U-Net that is 2 to 3 % of
all it writes (SDXL 0.17 GB a picture, SD 1.5 0.07 GB), of a decoder 768 values for every pixel of
the picture (1.6 GB at 1024 x 1024), which is then the peak of the whole.
"""

from __future__ import annotations

from hwstudio.core.model.workload import Workload
from hwstudio.core.predict.held import Item, Part

UNET_ALIVE = 0.035  # of what one call writes; counted 0.016 to 0.034
DECODED_VALUES = 768.0  # alive at once for every pixel
BESIDE_LABEL = "text encoders and decoder, unless moved out"
_HALF_BYTES, _FULL_BYTES = 2.0, 4.0
_DECODER = 83.7e6  # of Stable Diffusion, and as large in its successors
_CLIP_L, _CLIP_H, _CLIP_G, _T5 = 123.1e6, 340.4e6, 694.7e6, 4.762e9
_QWEN_VL, _MISTRAL = 8.29e9, 24.0e9
# Parameters that stand beside the denoiser, by the beginning of its name; as its makers name them.
_BESIDE = (
    ("sd15", _CLIP_L + _DECODER),
    ("sd21", _CLIP_H + _DECODER),
    ("sdxl", _CLIP_L + _CLIP_G + _DECODER),
    ("sd3", _CLIP_L + _CLIP_G + _T5 + _DECODER),
    ("flux1", _CLIP_L + _T5 + _DECODER),
    ("flux2", _MISTRAL + _DECODER),
    ("pixart", _T5 + _DECODER),
    ("qwen-image", _QWEN_VL + _DECODER),
    ("dit-xl", _DECODER),
)
# Its decoder overflows in 16 bits: programs run it in 32.
_IN_FULL = "sdxl"


def beside(workload: Workload) -> Item | None:
    """Return the encoders and the decoder of a known denoiser; None = not known, or none."""
    params = next((n for start, n in _BESIDE if workload.model_id.startswith(start)), None)
    return None if params is None else Item(BESIDE_LABEL, params * _HALF_BYTES, Part.BESIDE)


def decoding_bytes(workload: Workload) -> float:
    """Return what is alive while the finished pictures of a batch are decoded; 0 = not known."""
    if beside(workload) is None or not workload.image_px:
        return 0.0
    each = _FULL_BYTES if workload.model_id.startswith(_IN_FULL) else _HALF_BYTES
    return DECODED_VALUES * each * workload.image_px**2 * workload.batch
