"""How is a model of the census made? By its package's own function, without weights."""

from typing import Any

from tests.importers.models import declare_torchvision_operators

__all__ = ["monai", "smp", "timm", "torchvision"]


def torchvision(name: str, **given: Any) -> Any:
    """Return a model of torchvision by the name under which it is registered."""
    declare_torchvision_operators()
    from torchvision.models import get_model

    extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
    return get_model(name, weights=None, **given, **extra)


def timm(name: str, meta: bool = False) -> Any:
    """Return a model of timm; on the meta device it has shapes alone, and takes no memory."""
    declare_torchvision_operators()
    import torch
    from timm import create_model

    with torch.device("meta" if meta else "cpu"):
        return create_model(name, pretrained=False)


def smp(name: str) -> Any:
    """Return a model of segmentation-models-pytorch, ``decoder/encoder``."""
    declare_torchvision_operators()
    from segmentation_models_pytorch import create_model

    decoder, _, encoder = name.partition("/")
    extra = {"dynamic_img_size": False} if decoder == "dpt" else {}
    return create_model(decoder, encoder_name=encoder, encoder_weights=None, **extra)


def monai(name: str) -> Any:
    """Return a network of MONAI by its name in the list of the tests, which says its sizes."""
    declare_torchvision_operators()
    from tests.importers.models.segmentation import monai

    return next(case for case in monai() if case.name == name).build()


def nnunet(name: str, dims: int = 3) -> Any:
    """Return a U-Net of nnU-Net with the sizes of its default plans."""
    from dynamic_network_architectures.architectures import unet
    from torch import nn

    conv = {2: nn.Conv2d, 3: nn.Conv3d}[dims]
    norm = {2: nn.InstanceNorm2d, 3: nn.InstanceNorm3d}[dims]
    blocks = {"n_blocks_per_stage": 2} if "Residual" in name else {"n_conv_per_stage": 2}
    return getattr(unet, name)(
        input_channels=1,
        n_stages=5,
        features_per_stage=(8, 16, 32, 64, 64),
        conv_op=conv,
        kernel_sizes=3,
        strides=(1, 2, 2, 2, 2),
        num_classes=2,
        n_conv_per_stage_decoder=2,
        conv_bias=True,
        norm_op=norm,
        nonlin=nn.LeakyReLU,
        **blocks,
    )
