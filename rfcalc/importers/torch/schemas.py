"""What does a PyTorch operator's schema say? Its name, its arguments, what it writes to."""

from typing import Any, NamedTuple

from rfcalc.importers.torch.exported import split_target

__all__ = ["Schema", "schema_of"]


class Schema(NamedTuple):
    """What an operator's schema says: its name, arguments, and which of them are written."""

    target: str
    overload: str
    inplace: bool
    names: tuple[str, ...]
    written: tuple[str, ...]
    counts: bool


def schema_of(func: Any) -> Schema:
    """Return what the schema of an operator says."""
    import torch

    arguments = func._schema.arguments
    written = tuple(a.name for a in arguments if a.alias_info is not None and a.alias_info.is_write)
    counts = torch.Tag.dynamic_output_shape in func.tags
    target, overload, inplace = split_target(str(func))
    return Schema(target, overload, inplace, tuple(a.name for a in arguments), written, counts)
