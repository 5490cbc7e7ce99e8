"""Which layers are there? One class per op, by family, in ``LAYERS``."""

from rfcalc.layers.base import Layer
from rfcalc.layers.frame import FRAMES
from rfcalc.layers.pointwise import MERGES, POINTWISE
from rfcalc.layers.resample import RESAMPLINGS
from rfcalc.layers.whole import WHOLES
from rfcalc.layers.window import WINDOWS

__all__ = ["ALIASES", "LAYERS", "PARAMETER_ALIASES", "Layer"]

_CLASSES: tuple[type[Layer], ...] = (
    *(*WINDOWS, *RESAMPLINGS, *FRAMES, *WHOLES, *MERGES, *POINTWISE),
)

LAYERS: dict[str, type[Layer]] = {layer.op: layer for layer in _CLASSES}
"""Every op by its name in a network file."""

ALIASES: dict[str, str] = {
    "deconv": "conv_transpose",
    "max_pool": "maxpool",
    "avg_pool": "avgpool",
    "batch_norm": "batchnorm",
    "layer_norm": "layernorm",
    "swish": "silu",
    "neighborhood_attention": "banded_attention",
    "neighbourhood_attention": "banded_attention",
}
"""Other names of an op."""

PARAMETER_ALIASES: dict[str, str] = {
    "kernel_size": "kernel",
    "scale_factor": "scale",
    "output_size": "output",
    "upscale_factor": "factor",
    "downscale_factor": "factor",
    "window_size": "window",
    "shift_size": "shift",
}
"""PyTorch's names of a parameter."""
