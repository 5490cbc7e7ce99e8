"""Which models of torchvision and timm does the list hold?"""

# A row of the list is easier to read as one line.
# ruff: noqa: PERF401
import re
from collections.abc import Callable
from typing import Any

from tests.importers.models.case import HEAVY, Case

LEFT_OUT = {
    "beit", "cait", "deit", "eva", "vision_transformer", "vision_transformer_sam",
    "vision_transformer_relpos", "naflexvit", "gemma4_vit", "qwen3_vit", "deepseek_vit",
    "xcit", "volo", "tnt", "crossvit", "convit", "mlp_mixer", "pit", "hiera",
    "hieradet_sam2", "mobilenetv5", "vision_transformer_hybrid",
}  # fmt: skip
"""timm families without a convolution beyond the patch, left out of the list."""


def torchvision() -> list[Case]:
    """Return classification, segmentation, video and flow."""
    import torchvision as tv

    found: list[Case] = []
    for name in tv.models.list_models(tv.models):
        size = 224 if re.match(r"vit|maxvit|swin", name) else 128
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


def timm() -> list[Case]:
    """Return every convolutional family, at its own size or at 128."""
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
            fixed = (cfg is not None and cfg.fixed_input_size) or name.startswith("bat_")
            size = shape[-1] if fixed or module in NEED_SIZE else 128
            found.append(Case(f"timm.{module}", name, _made(name), ((1, shape[0], size, size),)))
    return found


NEED_SIZE = {
    "maxxvit", "swin_transformer", "swin_transformer_v2", "swin_transformer_v2_cr",
    "gcvit", "byoanet", "nest", "levit", "coat", "mvitv2", "efficientformer",
    "efficientformer_v2", "iformer", "tiny_vit", "twins", "visformer",
    "vitamin", "sequencer", "efficientvit_msra",
}  # fmt: skip
"""timm families that run at the size they were made for alone."""


def _made(name: str) -> Callable[[], Any]:
    def build() -> Any:
        import timm

        return timm.create_model(name, pretrained=False)

    return build
