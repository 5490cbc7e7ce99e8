"""Which models that nobody here wrote are read, and with what result? The list, as a package."""

import sys
from importlib import import_module

from tests.importers.models.case import Case

__all__ = ["Case", "cases", "declare_torchvision_operators"]

_library = None


def declare_torchvision_operators() -> None:
    """Let torchvision be imported beside a PyTorch without its compiled operators."""
    import torch

    global _library
    if _library is None:
        _library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            _library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")


def cases() -> list[Case]:
    """Return every model of the list whose packages are installed."""
    found: list[Case] = []
    for module, maker in (
        ("models.vision", "torchvision"),
        ("models.vision", "timm"),
        ("models.segmentation", "smp"),
        ("models.segmentation", "monai"),
        ("keras_models", "cases"),
        ("models.onnx", "carried"),
        ("models.onnx", "exported"),
    ):
        try:
            declare_torchvision_operators()
            found += getattr(import_module(f"tests.importers.{module}"), maker)()
        except ImportError as fault:
            print(f"left out: {fault}", file=sys.stderr)  # noqa: T201
    return found
