"""Which op is a layer that bears PyTorch's name? It is named, not read: defaults differ."""

import re

__all__ = ["in_torch"]

_CLASS = re.compile(r"(?:torch\.)?(?:nn\.)?([A-Z][A-Za-z]+?)([123]d)?")
_WINDOWS = {
    "Conv": "conv",
    "ConvTranspose": "conv_transpose",
    "MaxPool": "maxpool",
    "AvgPool": "avgpool",
}
_OTHERS = {
    "AdaptiveAvgPool": "adaptive_pool",
    "AdaptiveMaxPool": "adaptive_pool",
    "BatchNorm": "batchnorm",
    "InstanceNorm": "instance_norm",
    "LayerNorm": "layernorm",
    "GroupNorm": "group_norm",
    "Upsample": "upsample",
    "UpsamplingNearest": "upsample",
    "UpsamplingBilinear": "upsample",
    "PixelShuffle": "pixel_shuffle",
    "PixelUnshuffle": "pixel_unshuffle",
    "Dropout": "dropout",
    "Identity": "identity",
    "Linear": "linear",
    "Flatten": "flatten",
    "MultiheadAttention": "attention",
    "ZeroPad": "pad",
    "ReflectionPad": "pad",
    "Sequential": "",
    "ReLU": "relu",
    "GELU": "gelu",
    "SiLU": "silu",
    "Sigmoid": "sigmoid",
    "Tanh": "tanh",
    "LeakyReLU": "leaky_relu",
}


def in_torch(word: str) -> str:
    """Return the help for a layer by PyTorch's name, empty for any other word.

    >>> in_torch("nn.Conv2d")
    "write 'conv'; padding that is left out keeps the grid centred, PyTorch's is 'padding: 0'"
    >>> in_torch("torch.nn.ReLU"), in_torch("conv")
    ("write 'relu'", '')
    """
    from rfcalc.layers import LAYERS

    named = _CLASS.fullmatch(word)
    if named is None:
        return ""
    if named[1] in _WINDOWS:
        centred = "padding that is left out keeps the grid centred, PyTorch's is 'padding: 0'"
        return f"write '{_WINDOWS[named[1]]}'; {centred}"
    if named[1] == "Sequential":
        return "write its layers one below the other"
    op = _OTHERS.get(named[1], "")
    return f"write '{op}'" if op in LAYERS else ""
