"""Which models can be read? PyTorch programs and modules, by one table of operators each."""

from rfcalc.importers.torch import from_target, from_torch, read_pt2

__all__ = ["from_target", "from_torch", "read_pt2"]
