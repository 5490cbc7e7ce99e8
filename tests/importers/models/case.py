"""What is a model of the list? Where it comes from, how it is made, what it is asked with."""

import re
from collections.abc import Callable
from typing import Any, NamedTuple

HEAVY = re.compile(
    r"vit_h_14|_xl$|efficientnetv2_[lx]|_xl_|giant|huge|gigantic|x?xlarge|efficientnet_l2|_b8|x64"
    r"|resnext101_32x(16|32|48)d|regnet_?[xyz]_?(128|256)|regnet[xyz]_(640|1280|2560)|nfnet_f[3-7]"
    r"|resnetv2_(101x3|152x4|152x2)|101_64x4d|regnet_y_128|vit_[lh]|convnextv2_huge|maxxvitv2"
    r"|maxvit_.*(384|512)|swin.*_large|swinv2.*(384|12to|_cr_base)|mvitv2_(base|large)|vitamin_.*large"
    r"|(se|rs|blur|aa|eca|_v2_)[a-z]*(101|152|200|201|269)|resnest(200|269)|pnasnet|nasnetalarge"
)
"""Models that need more memory than a check is worth; smaller ones of the same family are in."""

LARGE = re.compile(
    r"vgg|alexnet|vit|swin|maxvit|nfnet|[1-9]{2}0?gf|[4-9]gf|x[34]|3d|volume"
    r"|(resnet|wide|resnext|densenet|dpn|ecaresnet).*(101|152|161|169|200|201|264|269|270)"
    r"|([_-]|V2|Net)(large|base|B[3-8]|b[3-8]|huge|[lx]l?|L|M|Base|X?Large)\b"
)
"""Models whose check takes tens of seconds: drawn neither for CI nor to be exported as files."""


class Case(NamedTuple):
    """A model: ``way`` is what reads it, ``torch``, ``keras`` or ``onnx``.

    ``build`` gives a module, a Keras model (with the arguments of its maker), or what makes an
    ONNX file; ``shapes`` has one shape per input, batch and channels included.
    """

    family: str
    name: str
    build: Callable[..., Any]
    shapes: tuple[tuple[int, ...], ...]
    way: str = "torch"
