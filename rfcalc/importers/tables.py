"""Which operators of a framework are handled, and how? What the readers' registries say."""

from importlib import import_module
from typing import Any, Literal, get_args

import msgspec

__all__ = ["FRAMEWORKS", "Handled", "Kind", "table"]

FRAMEWORKS: dict[str, tuple[str, str, str]] = {
    "onnx": ("rfcalc.importers.onnx", "rfcalc.importers.onnx.operators", "OPERATORS"),
    "torch": ("rfcalc.importers.torch", "rfcalc.importers.torch.operators", "OPERATORS"),
    "tflite": ("rfcalc.importers.tflite", "rfcalc.importers.tflite.operators", "OPERATORS"),
    "keras": ("rfcalc.importers.keras", "rfcalc.importers.keras.operators", "LAYERS"),
}
"""The package that fills a registry, the module that holds it, and its name there."""


Kind = Literal[
    "window", "resize", "frame", "sum", "norm", "element-wise", "layout", "wrapper", "constant",
    "no-op", "refused",
]  # fmt: skip
"""What an operator is, in the order of the list."""

KINDS: tuple[str, ...] = get_args(Kind)


class Handled(msgspec.Struct, frozen=True):
    """One operator: its name in the framework, its kind, and how it is read in one line."""

    name: str
    kind: str
    how: str


def table(framework: str) -> tuple[Handled, ...]:
    """Return every operator of a framework that the reader knows, by kind and name."""
    package, module, registry = FRAMEWORKS[framework]
    import_module(package)
    known: dict[str, Any] = getattr(import_module(module), registry)
    rows = [
        Handled(name.removeprefix("aten."), found.kind, found.how.rstrip("."))
        for name, found in known.items()
    ]
    return tuple(sorted(rows, key=lambda row: (KINDS.index(row.kind), row.name.lower())))
