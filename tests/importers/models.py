"""Which models that nobody here wrote are read, and with what result?

``python -m tests.importers.models --sample 40 --seed 1`` reads a sample and prints a table:
exact, unbounded (with the cause), refused (with the operator) or wrong, and the times. Without
``--sample`` the whole list is read. ``--check`` also compares masks with input gradients.
``--keep FOLDER`` keeps what other people's code gave, the exported programs and the gradients,
so that a later run holds a changed reader against them in minutes. Models are built without
weights.
"""

# A row of the list is easier to read as one line, and this is a program.
# ruff: noqa: E501, PERF401, T201
import argparse
import gzip
import itertools
import json
import pickle
import random
import re
import signal
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

LEFT_OUT = {
    "beit",
    "cait",
    "deit",
    "eva",
    "vision_transformer",
    "vision_transformer_sam",
    "vision_transformer_relpos",
    "naflexvit",
    "gemma4_vit",
    "qwen3_vit",
    "deepseek_vit",
    "xcit",
    "volo",
    "tnt",
    "crossvit",
    "convit",
    "mlp_mixer",
    "pit",
    "hiera",
    "hieradet_sam2",
    "mobilenetv5",
}
"""timm families without a convolution beyond the patch, left out of the list."""

HEAVY = re.compile(
    r"vit_h_14|_xl$|efficientnetv2_[lx]|_xl_|giant|huge|gigantic|xxlarge|efficientnet_l2|_b8|resnext101_32x(16|32|48)d|x64|regnet_?[xyz]_?(128|256)|regnet[xyz]_(640|1280|2560)|nfnet_f[4-7]|resnetv2_(101x3|152x4|152x2)|101_64x4d|regnet_y_128|vit_[lh]|convnextv2_huge"
)


class Case(NamedTuple):
    """A model: where it comes from, how it is made, the shapes of its inputs."""

    family: str
    name: str
    build: Callable[[], Any]
    shapes: tuple[tuple[int, ...], ...]


def declare_torchvision_operators() -> None:
    """Let torchvision be imported beside a PyTorch without its compiled operators."""
    import torch

    global _library
    if "_library" not in globals():
        _library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            _library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


def cases() -> list[Case]:
    """Return every model of the list whose package is installed."""
    found: list[Case] = []
    for family in (_torchvision, _timm, _smp, _monai):
        try:
            declare_torchvision_operators()
            found += family()
        except ImportError as fault:
            print(f"left out: {fault}", file=sys.stderr)
    return found


def _torchvision() -> list[Case]:
    import torchvision as tv

    found: list[Case] = []
    for name in tv.models.list_models(tv.models):
        size = 224 if re.match(r"vit|maxvit|swin", name) else 128
        size = 518 if name == "vit_h_14" else size
        found.append(Case("torchvision", name, _tv(name), ((1, 3, size, size),)))
    for name in tv.models.list_models(tv.models.segmentation):
        found.append(
            Case(
                "torchvision.segmentation",
                name,
                _tv(name, weights_backbone=None),
                ((1, 3, 97, 97),),
            )
        )
    for name in tv.models.list_models(tv.models.video):
        shape = (
            (1, 3, 16, 224, 224) if "mvit" in name else (1, 3, 8 if name != "s3d" else 16, 64, 64)
        )
        shape = (1, 3, 14, 224, 224) if name == "s3d" else shape
        found.append(Case("torchvision.video", name, _tv(name), (shape,)))
    for name in ("raft_small",):
        found.append(Case("torchvision.flow", name, _tv(name), ((1, 3, 128, 128),) * 2))
    return found


def _tv(name: str, **kwargs: Any) -> Callable[[], Any]:
    def build() -> Any:
        import torchvision as tv

        extra = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        return tv.models.get_model(name, weights=None, **kwargs, **extra)

    return build


def _timm() -> list[Case]:
    from timm.models import get_pretrained_cfg, list_models, list_modules

    found: list[Case] = []
    for module in list_modules():
        if module in LEFT_OUT:
            continue
        for name in list_models(module=module):
            if HEAVY.search(name):
                continue
            cfg = get_pretrained_cfg(name, allow_unregistered=True)
            shape = tuple(cfg.input_size) if cfg is not None else (3, 224, 224)
            fixed = cfg is not None and cfg.fixed_input_size
            size = shape[-1] if fixed or module in NEED_SIZE else 128
            found.append(Case(f"timm.{module}", name, _made(name), ((1, shape[0], size, size),)))
    return found


NEED_SIZE = {
    "maxxvit",
    "swin_transformer",
    "swin_transformer_v2",
    "swin_transformer_v2_cr",
    "gcvit",
    "byoanet",
    "nest",
    "levit",
    "coat",
    "mvitv2",
    "efficientformer",
    "efficientformer_v2",
    "iformer",
    "tiny_vit",
    "twins",
    "visformer",
    "vision_transformer_hybrid",
    "vitamin",
    "sequencer",
    "efficientvit_msra",
}


def _made(name: str) -> Callable[[], Any]:
    def build() -> Any:
        import timm

        return timm.create_model(name, pretrained=False)

    return build


DECODERS = (
    "unet",
    "unetplusplus",
    "manet",
    "linknet",
    "fpn",
    "pspnet",
    "deeplabv3",
    "deeplabv3plus",
    "pan",
    "upernet",
    "segformer",
    "dpt",
)


def _smp() -> list[Case]:
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


def _monai() -> list[Case]:
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
            (f"AutoEncoder{dims}d", lambda a=at: nets.AutoEncoder(**a, **io, **steps), shape),
            (f"RegUNet{dims}d", lambda a=at: nets.RegUNet(**a, in_channels=1, num_channel_initial=4, depth=2), shape),
            (f"VoxelMorphUNet{dims}d", lambda a=at: nets.VoxelMorphUNet(**a, in_channels=1, unet_out_channels=2), shape),
            (f"ViT{dims}d", lambda a=at, s=shape: nets.ViT(in_channels=1, img_size=s[2:], patch_size=8, hidden_size=48, mlp_dim=64, num_layers=2, num_heads=4, **a), shape),
            (f"UNETR{dims}d", lambda a=at, s=shape: nets.UNETR(in_channels=1, out_channels=2, img_size=s[2:], hidden_size=48, mlp_dim=64, num_heads=4, feature_size=8, **a), shape),
            (f"SwinUNETR{dims}d", lambda a=at: nets.SwinUNETR(**io, feature_size=12, depths=(1, 1, 1, 1), num_heads=(1, 2, 2, 2), window_size=4, patch_size=2, **a), (1, 1, *([64] * dims))),
            (f"ResNet10-{dims}d", lambda a=at: nets.resnet10(**a, n_input_channels=1, num_classes=2), (1, 1, *([64] * dims))),
            (f"ResNet50-{dims}d", lambda a=at: nets.resnet50(**a, n_input_channels=1, num_classes=2), (1, 1, *([64] * dims))),
            (f"MedNeXtS-{dims}d", lambda a=at: nets.MedNeXtS(**a, **io, init_filters=8) if False else nets.MedNeXtSmall(**a, **io), (1, 1, *([64] * dims))),
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


class Row(NamedTuple):
    """What came of one model."""

    family: str
    name: str
    status: str
    detail: str
    nodes: int
    build_s: float
    export_s: float
    read_ms: float
    growth_ms: float
    check: str
    check_s: float


class _TooLong(BaseException):
    """The model took longer than its time."""


def _ring(*_: Any) -> None:
    raise _TooLong


class Kept(NamedTuple):
    """What does not depend on the reader: the exported program, and the gradients."""

    program: Any
    measured: Any
    build_s: float
    export_s: float


def run(case: Case, check: bool, seconds: int = 90, keep: Path | None = None) -> Row:
    """Read one model and say what came of it."""
    import torch

    from rfcalc.errors import RfcalcError
    from rfcalc.growth import growth
    from rfcalc.importers.torch.exported import exported
    from rfcalc.importers.torch.reader import read_program

    t = [time.perf_counter()] * 6
    nodes, said, status, detail = 0, "", "", ""
    file = keep / f"{case.family}-{case.name}.pickle.gz".replace("/", "-") if keep else None
    kept = _kept(file)
    signal.signal(signal.SIGALRM, _ring)
    signal.alarm(seconds)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            args = tuple(torch.zeros(shape) for shape in case.shapes)
            model = None if kept else case.build().eval()
            t[1] = time.perf_counter()
            program = kept.program if kept else exported(model, args)
            t[2] = time.perf_counter()
            if file is not None and kept is None:
                kept = Kept(program, None, t[1] - t[0], t[2] - t[1])
                _write(file, kept)
            network = read_program(program)
            t[3] = time.perf_counter()
            rows = growth(network).rows
            t[4] = time.perf_counter()
            nodes = len(network.nodes)
            last = {row.name: row for row in rows}
            cause = next(
                (
                    c
                    for i in network.outputs
                    if (r := last.get(network.nodes[i].name)) and (c := r.unbounded)
                ),
                None,
            )
            status = "exact" if cause is None else "unbounded"
            if network.assumed:
                status = "assumed"
            detail = cause or (str(network.assumed[0]) if network.assumed else "")
            if check:
                from tests.importers.oracle import judge, measure

                measured = kept.measured if kept else None
                if measured is None:
                    measured = measure(model or case.build().eval(), args, network, targets=1)
                    if file is not None and kept is not None:
                        _write(file, kept._replace(measured=measured))
                verdict = judge(network, measured)
                said = f"{verdict.equal}/{verdict.wide}/{verdict.wrong} {verdict.first}"
                if verdict.wrong or (verdict.wide and not network.assumed):
                    status, detail = "wrong" if verdict.wrong else "wide", verdict.first
    except _TooLong:
        status, detail = (status if status else "slow"), f"more than {seconds} s"
    except RfcalcError as fault:
        first = fault.diagnostics[0]
        status = {"RF507": "their error", "RF508": "not exported"}.get(first.code, "refused")
        detail = f"{first.code} {first.message}"
    except Exception as fault:
        status = "their error" if t[1] == t[0] else "crash"
        detail = f"{type(fault).__name__}: {str(fault)[:200]}"
    finally:
        signal.alarm(0)
    t[5] = time.perf_counter()
    gaps = [max(0.0, b - a) for a, b in itertools.pairwise(t)]
    if kept is not None:
        gaps[:2] = kept.build_s, kept.export_s
    return Row(
        case.family,
        case.name,
        status,
        detail[:300],
        nodes,
        round(gaps[0], 2),
        round(gaps[1], 2),
        round(gaps[2] * 1e3, 1),
        round(gaps[3] * 1e3, 1),
        said[:200],
        round(gaps[4], 1),
    )


def _kept(file: Path | None) -> Kept | None:
    if file is None or not file.exists():
        return None
    return pickle.loads(gzip.decompress(file.read_bytes()))


def _write(file: Path, kept: Kept) -> None:
    file.write_bytes(gzip.compress(pickle.dumps(kept), 1))


def table(rows: list[Row]) -> str:
    """Return the summary of many models."""
    lines = ["family | models | exact | unbounded | assumed | refused | wrong or wide | other"]
    groups = sorted({r.family for r in rows})
    for family in [*groups, "all"]:
        mine = [r for r in rows if family in (r.family, "all")]
        count = Counter(r.status for r in mine)
        bad = count["wrong"] + count["wide"] + count["crash"]
        known = count["exact"] + count["unbounded"] + count["assumed"] + count["refused"] + bad
        lines.append(
            f"{family} | {len(mine)} | {count['exact']} | {count['unbounded']} | {count['assumed']} | "
            f"{count['refused']} | {bad} | {len(mine) - known}"
        )
    return "\n".join(lines)


def main() -> None:
    """Read the list, or a sample of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--match", default="")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--seconds", type=int, default=90)
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args()
    if given.keep:
        given.keep.mkdir(parents=True, exist_ok=True)
    chosen = [c for c in cases() if re.search(given.match, f"{c.family}/{c.name}")]
    if given.sample:
        chosen = random.Random(given.seed).sample(chosen, min(given.sample, len(chosen)))
    if given.list:
        print("\n".join(f"{c.family} {c.name} {c.shapes}" for c in chosen), len(chosen))
        return
    done: dict[tuple[str, str], Row] = {}
    if given.out and given.out.exists():
        for line in given.out.read_text().splitlines():
            row = Row(*json.loads(line))
            done[row.family, row.name] = row
    for case in chosen:
        if (case.family, case.name) in done:
            continue
        row = run(case, given.check, given.seconds, given.keep)
        done[case.family, case.name] = row
        if given.out:
            with given.out.open("a") as file:
                file.write(json.dumps(row) + "\n")
        print(
            f"{row.family}/{row.name}: {row.status} {row.detail[:120]} [{row.nodes} nodes, "
            f"build {row.build_s} s, export {row.export_s} s, read {row.read_ms} ms, growth {row.growth_ms} ms] {row.check}",
            flush=True,
        )
    print(table(list(done.values())))


if __name__ == "__main__":
    main()
