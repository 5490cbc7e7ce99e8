"""Which models bear the name of a shipped network and are another one? With the field they have."""

from collections.abc import Callable
from typing import Any, NamedTuple

from tests.published.packages import keras, monai, retinanet, smp, timm, torchvision


class Namesake(NamedTuple):
    """A model that a package calls by a zoo network's name, with the other field it has."""

    zoo: str
    layer: str
    package: str
    build: Callable[[], Any]
    path: str
    rf: int
    why: str


NAMESAKES = (
    *(
        Namesake(f"resnet{n}", "features", "keras", keras(f"ResNet{n}"), "", rf,
            "Keras strides on the first 1x1 of a stage, torchvision on its 3x3")
        for n, rf in ((50, 483), (101, 1027), (152, 1507))
    ),
    Namesake("deeplabv3-resnet50", "layer3", "smp",
        smp("deeplabv3", encoder_name="resnet50"), "encoder.layer3", 283,
        "every unit of a stage is dilated, torchvision leaves the first as it was"),
    Namesake("deeplabv3-resnet50", "layer4", "smp",
        smp("deeplabv3", encoder_name="resnet50"), "encoder.layer4", 475, "as above"),
    Namesake("deeplabv3plus", "block4", "smp",
        smp("deeplabv3plus", encoder_name="resnet101"), "encoder.layer4", 1003,
        "no multi-grid, one 7x7 as stem, strides as in torchvision"),
    Namesake("deeplabv3plus", "block4", "timm",
        timm("resnet101", output_stride=16), "layer4", 971,
        "rates 1, 2, 2 are what a ResNet of stride 16 has there"),
    Namesake("densenet264", "features", "timm", timm("densenet264d"), "features.denseblock4",
        5403, "three 3x3 convolutions as stem"),
    Namesake("googlenet", "features", "torchvision",
        torchvision("googlenet", init_weights=False), "inception5b", 379,
        "3x3 in place of the paper's 5x5, and a 2x2 last pooling"),
    Namesake("pspnet", "layer2", "smp", smp("pspnet", encoder_name="resnet50"), "encoder.layer2",
        91, "one 7x7 as stem; the trunk ends here, undilated"),
    Namesake("retinanet", "c5", "torchvision", retinanet, "body.layer4", 427,
        "strides on the 3x3 of a stage's first unit; P6 is made of P5"),
    Namesake("unet", "bottom", "monai", monai("UNet", spatial_dims=2, in_channels=3,
        out_channels=2, channels=(8, 16, 32, 64, 128), strides=(2, 2, 2, 2), norm="batch"),
        "model.1.submodule.1.submodule.1.submodule.1.submodule", 63,
        "strided convolutions in place of poolings"),
    Namesake("unet", "bottom", "smp", smp("unet", encoder_name="resnet34"), "encoder.layer4",
        899, "a ResNet as encoder, all padded"),
    Namesake("unet-same", "bottom", "smp", smp("unet", encoder_name="vgg13", encoder_depth=4,
        decoder_channels=(64, 32, 16, 8)), "decoder.center", 204,
        "two more convolutions at the bottom of a VGG"),
    Namesake("vnet", "bottom", "monai", monai("VNet", spatial_dims=2), "down_tr256", 284,
        "1, 1, 2, 3, 2 convolutions on the way down, the paper has 1, 2, 3, 3, 3"),
)  # fmt: skip
"""What is no implementation, though it has the name."""
