"""What is a TFLite program, once it is read from its file? Steps in order, as data."""

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["TYPES", "Given", "Program", "Step"]

TYPES = {
    0: "<f4",
    1: "<f2",
    2: "<i4",
    3: "u1",
    4: "<i8",
    6: "?",
    7: "<i2",
    9: "i1",
    10: "<f8",
    12: "<u8",
    15: "<u4",
    16: "<u2",
}
"""NumPy's names of the types of tensors. Source: ``TensorType`` of the schema."""


class Given(msgspec.Struct, frozen=True):
    """A tensor of the file; ``sizes`` are its dimensions, ``None`` where one is left open.

    ``kept`` tells whether the file has values for it, and ``array`` are those, if they are few;
    ``kind`` is their type by its name in NumPy, empty for one that is not read.
    """

    name: str
    shape: tuple[int, ...]
    sizes: tuple[int | None, ...]
    kept: bool
    array: "Array | None" = None
    kind: str = ""


class Step(msgspec.Struct):
    """One operator: tensors by the names ``t0``, ``t1``, .., ``""`` for an input left out.

    ``stack`` holds the module paths around it, outermost first, as far as its name tells.
    """

    op: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attrs: dict[str, Any]
    stack: tuple[tuple[str, str], ...] = ()

    @property
    def refs(self) -> list[str]:
        """Names of the tensors that the step reads, in order."""
        return [name for name in self.inputs if name]


class Program(msgspec.Struct):
    """The operators of a model in order, its tensors, and which of them enter and leave."""

    name: str
    inputs: list[str]
    outputs: list[str]
    steps: list[Step]
    tensors: dict[str, Given]
