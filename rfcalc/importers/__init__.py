"""Which models can be read? PyTorch programs and modules, by one table of operators each."""

from rfcalc.importers.keras import read_keras
from rfcalc.importers.onnx import read_onnx
from rfcalc.importers.torch import from_target, from_torch, read_pt2

__all__ = ["from_target", "from_torch", "read_keras", "read_onnx", "read_pt2"]
