"""Which models can be read? Those of four frameworks, each imported when it is asked for."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rfcalc.importers.keras import read_keras as read_keras
    from rfcalc.importers.onnx import read_onnx as read_onnx
    from rfcalc.importers.tflite import read_tflite as read_tflite
    from rfcalc.importers.torch import from_target as from_target
    from rfcalc.importers.torch import from_torch as from_torch
    from rfcalc.importers.torch import read_pt2 as read_pt2

__all__ = ["from_target", "from_torch", "read_keras", "read_onnx", "read_pt2", "read_tflite"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'rfcalc.importers' has no attribute '{name}'")
    if name == "read_keras":
        from rfcalc.importers import keras as reader
    elif name == "read_onnx":
        from rfcalc.importers import onnx as reader
    elif name == "read_tflite":
        from rfcalc.importers import tflite as reader
    else:
        from rfcalc.importers import torch as reader
    return getattr(reader, name)
