"""Which implementations of a shipped network do other packages have? The table, one line each.

``pairs`` says which layer of the zoo is which module of the implementation ('' is its output).
A line that is not ``aligned`` pads as TensorFlow does where the zoo's file does not, or the other
way round: same field, jump and cells, another start. Where ``gates`` is false, squeeze-excite
gates are left out on both sides, so that the fields of the convolutions are seen. ``cut`` is
where the zoo's file ends when a package has its trunk alone; ``filters`` is for models that
split their channels.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.published.packages import (
    aspp,
    encoder,
    googlenet,
    keras,
    monai,
    timm,
    torchvision,
)


class Implementation(NamedTuple):
    """A network of the zoo, a package, what makes the model there, and which parts are which."""

    zoo: str
    package: str
    build: Callable[[], Any]
    pairs: Mapping[str, str]
    aligned: bool = True
    gates: bool = True
    size: tuple[int, ...] | None = None
    cut: str = ""
    filters: bool = False

    @property
    def name(self) -> str:
        """``zoo-package``, as the tests are called."""
        return f"{self.zoo}-{self.package}"


def _vgg(*pools: int) -> dict[str, str]:
    names = ("pool1", "pool2", "pool3", "pool4", "features")
    return {name: f"features.{n}" for name, n in zip(names, pools, strict=True)}


RESNET = {"conv1": "conv1", **{f"layer{n}": f"layer{n}" for n in (1, 2, 3, 4)}}
DENSE = {
    "pool0": "features.pool0",
    "denseblock1": "features.denseblock1",
    "transition2": "features.transition2",
    "denseblock3": "features.denseblock3",
    "features": "features.denseblock4",
}
KERAS_DENSE = {
    "pool0": "pool1",
    "denseblock1": "conv2_block6_concat",
    "transition2": "pool3_pool",
    "features": "conv5_block16_concat",
}
TRUNK = {f"layer{n}": f"backbone.layer{n}" for n in (1, 2, 3, 4)}
VGG11, VGG13 = _vgg(2, 5, 10, 15, 20), _vgg(4, 9, 14, 19, 24)
VGG16, VGG19 = _vgg(4, 9, 16, 23, 30), _vgg(4, 9, 18, 27, 36)
KERAS_VGG = {f"pool{n}": f"block{n}_pool" for n in (1, 2, 3, 4)} | {"features": "block5_pool"}
INCEPTION3 = {
    "conv4a": "Conv2d_4a_3x3",
    "mixed_5b": "Mixed_5b",
    "mixed_6a": "Mixed_6a",
    "mixed_6e": "Mixed_6e",
    "features": "Mixed_7c",
}
INCEPTION_RESNET = {
    "pool5a": "maxpool_5a",
    "mixed_5b": "mixed_5b",
    "mixed_5": "repeat",
    "mixed_6a": "mixed_6a",
    "mixed_6": "repeat_1",
    "mixed_7a": "mixed_7a",
    "features": "conv2d_7b",
}
INCEPTION4 = {
    "conv2b": "features.2",
    "mixed_3a": "features.3",
    "mixed_4a": "features.4",
    "mixed_5a": "features.5",
    "mixed_5e": "features.9",
    "mixed_6a": "features.10",
    "mixed_6h": "features.17",
    "features": "features.21",
}
MOBILE2 = {"stage1": "blocks.0", "stage2": "blocks.1", "stage3": "blocks.2", "stage4": "blocks.3"}
MOBILE2 |= {"stage5": "blocks.4", "stage6": "blocks.5", "stage7": "blocks.6"}
EFFICIENT = {f"stage{n}": f"blocks.{n - 1}" for n in range(1, 8)} | {"features": "conv_head"}
UNET = {"enc1": "conv_0", "enc2": "down_1", "enc3": "down_2", "enc4": "down_3", "bottom": "down_4"}
UNET |= {"dec4": "upcat_4", "dec3": "upcat_3", "dec2": "upcat_2", "dec1": "upcat_1", "score": ""}

IMPLEMENTATIONS = (
    Implementation("alexnet", "torchvision", torchvision("alexnet"), {
        "conv1": "features.0", "pool1": "features.2", "pool2": "features.5",
        "conv5": "features.10", "features": "features.12"}),
    Implementation("aspp-module", "monai", aspp, {
        "conv1": "convs.0", "conv2": "convs.1", "conv5": "convs.4", "aspp": ""}, size=(128, 128)),
    Implementation("convnext-t", "torchvision", torchvision("convnext_tiny"), {
        "stem": "features.0", "stage1": "features.1", "stage2": "features.3",
        "stage3": "features.5", "features": "features.7"}),
    Implementation("convnext-t", "timm", timm("convnext_tiny"), {
        "stem": "stem", "stage1": "stages.0", "stage2": "stages.1", "stage3": "stages.2",
        "features": "stages.3"}),
    Implementation("convnext-t", "keras", keras("ConvNeXtTiny"), {"features": ""}),
    Implementation("darknet53", "timm", timm("darknet53"), {
        "conv1": "stem.conv1", "stage1": "stages.0", "stage2": "stages.1", "stage3": "stages.2",
        "stage4": "stages.3", "features": "stages.4"}),
    Implementation("deeplabv3-resnet50", "torchvision",
        torchvision("deeplabv3_resnet50", weights_backbone=None),
        TRUNK | {"aspp12": "classifier.0.convs.1", "aspp24": "classifier.0.convs.2",
        "aspp36": "classifier.0.convs.3", "aspp": "classifier.0.project", "": ""},
        size=(520, 520)),
    Implementation("deeplabv3plus-xception65", "timm", timm("xception65", output_stride=16), {
        "stem": "stem", "low_level": "blocks.1.stack.conv2", "entry1": "blocks.0",
        "entry2": "blocks.1", "entry3": "blocks.2", "middle": "blocks.18", "exit1": "blocks.19",
        "exit2": "blocks.20"}, cut="  - parallel:"),
    Implementation("densenet121", "torchvision", torchvision("densenet121"), DENSE),
    Implementation("densenet121", "timm", timm("densenet121"), DENSE),
    Implementation("densenet121", "smp", encoder("densenet121"),
        {**DENSE, "transition2": "features.transition2.pool"}),
    Implementation("densenet121", "monai",
        monai("DenseNet121", spatial_dims=2, in_channels=3, out_channels=2), DENSE),
    Implementation("densenet121", "keras", keras("DenseNet121"), KERAS_DENSE),
    Implementation("densenet264", "monai",
        monai("DenseNet264", spatial_dims=2, in_channels=3, out_channels=2), DENSE),
    Implementation("efficientnet-b0", "torchvision", torchvision("efficientnet_b0"),
        {"stem": "features.0", "features": "features.8"}
        | {f"stage{n}": f"features.{n}" for n in range(1, 8)}, gates=False),
    Implementation("efficientnet-b0", "timm", timm("efficientnet_b0"), EFFICIENT, gates=False),
    Implementation("efficientnet-b0", "smp", encoder("efficientnet-b0"), {
        "stem": "_conv_stem", "stage1": "_blocks.0", "stage4": "_blocks.7",
        "stage7": "_blocks.15"}, aligned=False, gates=False),
    Implementation("efficientnet-b0", "monai",
        monai("EfficientNetBN", model_name="efficientnet-b0", pretrained=False),
        {"stem": "_conv_stem", "stage1": "_blocks.0", "stage4": "_blocks.3",
        "stage7": "_blocks.6", "features": "_conv_head"}, aligned=False, gates=False),
    Implementation("efficientnet-b0", "keras", keras("EfficientNetB0"), {
        "stem": "stem_conv", "stage2": "block2b_add", "stage4": "block4c_add",
        "features": ""}, aligned=False, gates=False),
    Implementation("fcn-resnet50", "torchvision",
        torchvision("fcn_resnet50", weights_backbone=None),
        TRUNK | {"classifier": "classifier", "": ""}, size=(520, 520)),
    Implementation("googlenet", "torchvision", googlenet, {
        "conv1": "conv1", "conv2_3x3": "conv3", "inception_3a": "inception3a",
        "inception_3b": "inception3b", "inception_4a": "inception4a",
        "inception_4e": "inception4e", "inception_5a": "inception5a", "features": "inception5b"}),
    Implementation("highres3dnet", "monai",
        monai("HighResNet", spatial_dims=3, in_channels=1, out_channels=2), {
        "conv0": "blocks.0", "scale1": "blocks.3", "scale2": "blocks.6", "scale4": "blocks.9",
        "score": ""}),
    Implementation("hrnet", "timm", timm("hrnet_w18"), {
        "layer1": "layer1", "m21y8": "stage2.0", "m31y16": "stage3.0", "m34y16": "stage3.3",
        "m41y32": "stage4.0", "m43y32": "stage4.2"}),
    Implementation("inceptionnext-atto", "timm", timm("inception_next_atto"), {
        "stem": "stem", "stage1": "stages.0", "stage2": "stages.1", "stage3": "stages.2",
        "features": "stages.3"}, filters=True),
    Implementation("inception-resnet-v2", "timm", timm("inception_resnet_v2"), INCEPTION_RESNET),
    Implementation("inception-resnet-v2", "keras", keras("InceptionResNetV2"), {
        "mixed_5b": "mixed_5b", "mixed_6a": "mixed_6a", "mixed_7a": "mixed_7a",
        "features": "conv_7b"}),
    Implementation("inception-resnet-v2", "smp", encoder("inceptionresnetv2"),
        INCEPTION_RESNET, aligned=False),
    Implementation("inception-v3", "torchvision",
        torchvision("inception_v3", init_weights=False), INCEPTION3),
    Implementation("inception-v3", "timm", timm("inception_v3"), INCEPTION3),
    Implementation("inception-v3", "keras", keras("InceptionV3"), {
        "mixed_5b": "mixed0", "mixed_6a": "mixed3", "mixed_6e": "mixed7", "features": "mixed10"}),
    Implementation("inception-v4", "timm", timm("inception_v4"), INCEPTION4),
    Implementation("inception-v4", "smp", encoder("inceptionv4"), INCEPTION4, aligned=False),
    Implementation("mobilenet-v1", "keras", keras("MobileNet"), {
        "conv1": "conv1", "conv5": "conv_pw_2", "conv9": "conv_pw_4", "features": "conv_pw_13"}),
    Implementation("mobilenet-v1", "timm", timm("mobilenetv1_100"), {
        "conv1": "conv_stem", "conv5": "blocks.1.0", "features": "blocks.4"}, aligned=False),
    Implementation("mobilenet-v2", "torchvision", torchvision("mobilenet_v2"), {
        "stage1": "features.1", "stage2": "features.3", "stage3": "features.6",
        "stage4": "features.10", "stage5": "features.13", "stage6": "features.16",
        "features": "features.18"}),
    Implementation("mobilenet-v2", "timm", timm("mobilenetv2_100"),
        {**MOBILE2, "features": "conv_head"}),
    Implementation("mobilenet-v2", "smp", encoder("mobilenet_v2"), {
        "stage1": "features.1", "stage5": "features.13", "features": "features.18"}),
    Implementation("mobilenet-v2", "keras", keras("MobileNetV2"), {
        "stage2": "block_2_add", "stage4": "block_9_add", "features": ""}, aligned=False),
    Implementation("mobilenet-v3", "torchvision", torchvision("mobilenet_v3_large"), {
        "bneck3": "features.3", "bneck6": "features.6", "bneck10": "features.10",
        "bneck12": "features.12", "bneck15": "features.15", "features": "features.16"},
        gates=False),
    Implementation("mobilenet-v3", "timm", timm("mobilenetv3_large_100"), {
        "bneck3": "blocks.1", "bneck6": "blocks.2", "bneck10": "blocks.3", "bneck12": "blocks.4",
        "bneck15": "blocks.5", "features": "blocks.6"}, gates=False),
    Implementation("mobilenet-v3", "keras", keras("MobileNetV3Large"), {
        "bneck3": "expanded_conv_2_add", "bneck10": "expanded_conv_9_add",
        "bneck15": "expanded_conv_14_add", "features": "conv_1"}, aligned=False, gates=False),
    Implementation("patchgan70", "monai",
        monai("PatchDiscriminator", spatial_dims=2, channels=64, in_channels=3), {
        "conv1": "initial_conv", "conv2": "0", "conv3": "1", "conv4": "2",
        "verdict": "final_conv"}),
    *(
        Implementation(f"resnet{n}", package, build(f"resnet{n}"), RESNET)
        for n in (18, 34, 50, 101, 152)
        for package, build in (("torchvision", torchvision), ("timm", timm), ("smp", encoder))
    ),
    *(
        Implementation(f"resnet{n}", "monai",
            monai(f"resnet{n}", pretrained=False, spatial_dims=2, n_input_channels=3,
            conv1_t_stride=2, shortcut_type="B"), RESNET)
        for n in (18, 34, 50, 101, 152)
    ),
    *(
        Implementation("resnext50", package, build("resnext50_32x4d"), RESNET)
        for package, build in (("torchvision", torchvision), ("timm", timm), ("smp", encoder))
    ),
    Implementation("unetpp", "monai", monai("BasicUNetPlusPlus",
        spatial_dims=2, in_channels=3, out_channels=2, norm="batch", deep_supervision=True),
        {f"x{i}_0": f"conv_{i}_0" for i in range(5)}
        | {f"x{i}_{j}": f"upcat_{i}_{j}" for j in range(1, 5) for i in range(5 - j)}
        | {f"score{j}": f"final_conv_0_{j}" for j in range(1, 5)}, size=(256, 256)),
    Implementation("unet-same", "monai", monai("BasicUNet",
        spatial_dims=2, in_channels=3, out_channels=2, norm="batch"), UNET),
    *(
        Implementation(f"vgg{n}", package, build(f"vgg{n}"), pairs)
        for n, pairs in ((11, VGG11), (13, VGG13), (16, VGG16), (19, VGG19))
        for package, build in (("torchvision", torchvision), ("timm", timm), ("smp", encoder))
    ),
    Implementation("vgg16", "keras", keras("VGG16"), KERAS_VGG),
    Implementation("vgg19", "keras", keras("VGG19"), KERAS_VGG),
)  # fmt: skip
"""Every network of the zoo that another package has, final and intermediate maps."""
