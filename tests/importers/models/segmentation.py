"""Which models of segmentation-models-pytorch and MONAI does the list hold?"""

# A row of the list is easier to read as one line.
# ruff: noqa: E501
from collections.abc import Callable
from typing import Any

from tests.importers.models.case import HEAVY, Case

DECODERS = (
    "unet", "unetplusplus", "manet", "linknet", "fpn", "pspnet", "deeplabv3",
    "deeplabv3plus", "pan", "upernet", "segformer", "dpt",
)  # fmt: skip

UNFIT = {
    "deeplabv3plus": ("densenet121", "vgg11_bn", "xception"),
    "linknet": ("mit_b0",),
    "unetplusplus": ("mit_b0",),
}
"""Encoders that a decoder does not take."""


def smp() -> list[Case]:
    """Return every decoder with several encoders, and U-Net with all of them."""
    import segmentation_models_pytorch as smp

    found: list[Case] = []
    plain = [n for n in smp.encoders.get_encoder_names() if not HEAVY.search(n) and "-l2" not in n]
    for decoder in DECODERS:
        encoders = ("resnet18", "mobilenet_v2", "efficientnet-b0") if decoder != "unet" else plain
        if decoder == "dpt":
            encoders = ("tu-vit_tiny_patch16_224",)
        for encoder in encoders:
            size = 224 if decoder == "dpt" else 128
            found.append(
                Case(
                    f"smp.{decoder}",
                    f"{decoder}/{encoder}",
                    _decoder(decoder, encoder),
                    ((1, 3, size, size),),
                )
            )
    for encoder in (
        "resnet34",
        "resnet50",
        "timm-skresnet18",
        "densenet121",
        "vgg11_bn",
        "dpn68",
        "mit_b0",
        "xception",
    ):
        for decoder in ("fpn", "linknet", "unetplusplus", "deeplabv3plus", "upernet"):
            if encoder in UNFIT.get(decoder, ()):
                continue
            found.append(
                Case(
                    f"smp.{decoder}",
                    f"{decoder}/{encoder}",
                    _decoder(decoder, encoder),
                    ((1, 3, 128, 128),),
                )
            )
    return found


def _decoder(decoder: str, encoder: str) -> Callable[[], Any]:
    def build() -> Any:
        import segmentation_models_pytorch as smp

        extra = {"dynamic_img_size": False} if decoder == "dpt" else {}
        return smp.create_model(decoder, encoder_name=encoder, encoder_weights=None, **extra)

    return build


def monai() -> list[Case]:
    """Return the networks for images and for volumes."""
    import monai.networks.nets as nets

    flat, deep = (1, 1, 64, 64), (1, 1, 32, 32, 32)
    steps = {"channels": (4, 8, 16), "strides": (2, 2)}
    io = {"in_channels": 1, "out_channels": 2}
    rows: list[tuple[str, Callable[[], Any], tuple[int, ...]]] = []
    for dims, shape in ((2, flat), (3, deep)):
        at = {"spatial_dims": dims}
        rows += [
            (f"UNet{dims}d", lambda a=at: nets.UNet(**a, **io, **steps), shape),
            (f"UNet{dims}d-res", lambda a=at: nets.UNet(**a, **io, **steps, num_res_units=2), shape),
            (f"UNet{dims}d-batch", lambda a=at: nets.UNet(**a, **io, **steps, norm="batch", kernel_size=5), shape),
            (f"BasicUNet{dims}d", lambda a=at: nets.BasicUNet(**a, **io, features=(4, 4, 8, 8, 8, 4)), shape),
            (f"BasicUNet{dims}d-batch", lambda a=at: nets.BasicUNet(**a, **io, features=(4, 4, 8, 8, 8, 4), norm="batch", upsample="nontrainable"), shape),
            (f"BasicUNetPlusPlus{dims}d", lambda a=at: nets.BasicUNetPlusPlus(**a, **io, features=(4, 4, 8, 8, 8, 4)), shape),
            (f"BasicUNetPlusPlus{dims}d-pixelshuffle", lambda a=at: nets.BasicUNetPlusPlus(**a, **io, features=(8, 8, 8, 8, 8, 8), upsample="pixelshuffle", norm="batch"), shape),
            (f"AttentionUnet{dims}d", lambda a=at: nets.AttentionUnet(**a, **io, **steps), shape),
            (f"SegResNet{dims}d", lambda a=at: nets.SegResNet(**a, **io), shape),
            (f"SegResNet{dims}d-pixelshuffle", lambda a=at: nets.SegResNet(**a, **io, upsample_mode="pixelshuffle", norm="batch"), shape),
            (f"SegResNetDS{dims}d", lambda a=at: nets.SegResNetDS(**a, **io), shape),
            (f"DynUNet{dims}d", lambda a=at: nets.DynUNet(**a, **io, kernel_size=[3, 3, 3], strides=[1, 2, 2], upsample_kernel_size=[2, 2]), shape),
            (f"VNet{dims}d", lambda a=at: nets.VNet(**a, **io), shape),
            (f"DenseNet121-{dims}d", lambda a=at: nets.DenseNet121(**a, **io), shape),
            (f"SEResNet50-{dims}d", lambda a=at: nets.SEResNet50(**a, in_channels=1, num_classes=2), (1, 1, *([64] * dims))),
            (f"HighResNet{dims}d", lambda a=at: nets.HighResNet(**a, **io), shape),
            (f"EfficientNetBN-{dims}d", lambda a=at: nets.EfficientNetBN("efficientnet-b0", **a, in_channels=1, pretrained=False), (1, 1, *([64] * dims))),
            (f"AutoEncoder{dims}d", lambda a=at: nets.AutoEncoder(**a, **io, channels=(4, 8, 16), strides=(2, 2, 2)), shape),
            (f"RegUNet{dims}d", lambda a=at: nets.RegUNet(**a, in_channels=1, num_channel_initial=4, depth=2), shape),
            (f"VoxelMorphUNet{dims}d", lambda a=at: nets.VoxelMorphUNet(**a, in_channels=2, unet_out_channels=2, channels=(4, 4, 8, 8, 8, 4), final_conv_channels=(4, 4)), (1, 2, *shape[2:])),
            (f"ViT{dims}d", lambda a=at, s=shape: nets.ViT(in_channels=1, img_size=s[2:], patch_size=8, hidden_size=48, mlp_dim=64, num_layers=2, num_heads=4, **a), shape),
            (f"UNETR{dims}d", lambda a=at, s=shape: nets.UNETR(in_channels=1, out_channels=2, img_size=s[2:], hidden_size=48, mlp_dim=64, num_heads=4, feature_size=8, **a), shape),
            (f"SwinUNETR{dims}d", lambda a=at: nets.SwinUNETR(**io, feature_size=12, depths=(1, 1, 1, 1), num_heads=(1, 2, 2, 2), window_size=4, patch_size=2, **a), (1, 1, *([64] * dims))),
            (f"ResNet10-{dims}d", lambda a=at: nets.resnet10(**a, n_input_channels=1, num_classes=2), (1, 1, *([64] * dims))),
            (f"ResNet50-{dims}d", lambda a=at: nets.resnet50(**a, n_input_channels=1, num_classes=2), (1, 1, *([64] * dims))),
            (f"MedNeXtS-{dims}d", lambda a=at: nets.MedNeXtSmall(**a, **io), (1, 1, *([64] * dims))),
            (f"QuickNAT-like-FlexibleUNet{dims}d", lambda a=at: nets.FlexibleUNet(**io, backbone="efficientnet-b0", **a), (1, 1, *([64] * dims))),
            (f"PatchDiscriminator{dims}d", lambda a=at: nets.PatchDiscriminator(**a, num_layers_d=3, channels=8, in_channels=1), shape),
            (f"AHNet{dims}d", lambda a=at: nets.AHNet(**a, **io, layers=(1, 1, 1, 1), upsample_mode="transpose"), (1, 1, *([128] * 2), *([32] * (dims - 2)))),
            (f"GlobalNet{dims}d", lambda a=at, s=shape: nets.GlobalNet(image_size=s[2:], **a, in_channels=1, num_channel_initial=4, depth=2), shape),
            (f"LocalNet{dims}d", lambda a=at: nets.LocalNet(**a, in_channels=1, num_channel_initial=4, extract_levels=(0, 1, 2)), shape),
            (f"VQVAE{dims}d", lambda a=at: nets.VQVAE(**a, **io, channels=(8, 8), num_res_layers=1, num_res_channels=(8, 8), downsample_parameters=((2, 4, 1, 1),) * 2, upsample_parameters=((2, 4, 1, 1, 0),) * 2), shape),
            (f"AutoencoderKL{dims}d", lambda a=at: nets.AutoencoderKL(**a, **io, num_res_blocks=(1, 1), channels=(8, 8), attention_levels=(False, False), latent_channels=2, norm_num_groups=4, with_encoder_nonlocal_attn=False, with_decoder_nonlocal_attn=False), shape),
        ]  # fmt: skip
    rows += [
        ("HoVerNet", lambda: nets.HoVerNet(mode="fast"), (1, 3, 256, 256)),
        ("SegResNetVAE", lambda: nets.SegResNetVAE(input_image_size=(32, 32, 32), in_channels=1, out_channels=2), deep),
        ("QuickNAT", lambda: nets.Quicknat(num_classes=2, num_channels=1, num_filters=8, se_block="None"), flat),
        ("DAF3D", lambda: nets.DAF3D(in_channels=1, out_channels=2), (1, 1, 64, 64, 64)),
        ("TorchVisionFC", lambda: nets.TorchVisionFCModel("resnet18", num_classes=2, pretrained=False), (1, 3, 224, 224)),
        ("DiNTS", lambda: nets.DiNTS(dints_space=nets.TopologyInstance(spatial_dims=2, device="cpu"), in_channels=1, num_classes=2, spatial_dims=2), flat),
    ]  # fmt: skip
    return [Case("monai", name, build, (shape,)) for name, build, shape in rows]
