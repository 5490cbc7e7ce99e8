"""How are models of other packages made? Without weights, by functions that import them late."""

import os
from collections.abc import Callable
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

MODULES = {"smp": "segmentation_models_pytorch"}
"""What a package of the table is imported as, where that is another name."""


def torchvision(name: str, **given: Any) -> Callable[[], Any]:
    """Return what makes a model of torchvision."""

    def build() -> Any:
        import torchvision.models as models

        return models.get_model(name, weights=None, **given)

    return build


def timm(name: str, **given: Any) -> Callable[[], Any]:
    """Return what makes a model of timm."""

    def build() -> Any:
        from timm import create_model

        return create_model(name, pretrained=False, **given)

    return build


def encoder(name: str) -> Callable[[], Any]:
    """Return what makes an encoder of segmentation-models-pytorch."""

    def build() -> Any:
        from segmentation_models_pytorch.encoders import get_encoder

        return get_encoder(name, weights=None)

    return build


def smp(name: str, **given: Any) -> Callable[[], Any]:
    """Return what makes a whole model of segmentation-models-pytorch."""

    def build() -> Any:
        from segmentation_models_pytorch import create_model

        return create_model(name, encoder_weights=None, **given)

    return build


def monai(name: str, **given: Any) -> Callable[[], Any]:
    """Return what makes a network of MONAI."""

    def build() -> Any:
        from monai.networks import nets

        return getattr(nets, name)(**given)

    return build


def keras(name: str) -> Callable[[], Any]:
    """Return what makes a model of keras.applications, without its head, for images of any size."""

    def build() -> Any:
        from keras import applications

        make = getattr(applications, name)
        return make(weights=None, include_top=False, input_shape=(None, None, 3))

    return build


def aspp() -> Any:
    """Return MONAI's ASPP, which has no image pooling, with the rates of DeepLab v2."""
    from monai.networks.blocks.aspp import SimpleASPP

    return SimpleASPP(2, 8, 8, kernel_sizes=(1, 3, 3, 3, 3), dilations=(1, 6, 12, 18, 24))


def googlenet() -> Any:
    """Return torchvision's GoogLeNet with the paper's 5x5 convolutions and last 3x3 pooling."""
    import torch

    model = torchvision("googlenet", init_weights=False)()
    for part in model.modules():
        if hasattr(part, "branch3"):
            part.branch3[1].conv = torch.nn.Conv2d(1, 1, 5, padding=2)
    model.maxpool4 = torch.nn.MaxPool2d(3, 2, ceil_mode=True)
    return model


def retinanet() -> Any:
    """Return the trunk and pyramid of torchvision's RetinaNet."""
    from torchvision.models.detection import retinanet_resnet50_fpn

    return retinanet_resnet50_fpn(weights=None, weights_backbone=None).backbone
