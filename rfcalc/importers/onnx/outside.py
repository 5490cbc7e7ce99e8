"""Which numbers does a small constant have that lies beside an ONNX file, as masks do?"""

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["outside"]

BYTES_LIMIT = 1 << 16
"""Most bytes of a constant that are read from beside a file; weights are larger."""


def outside(tensor: Any, folder: Path) -> "Array | None":
    """Return the numbers of a constant in a file beside the model's, ``None`` for a large one.

    Only files within the model's folder are opened.
    """
    import numpy as np
    from onnx import helper

    said = {entry.key: entry.value for entry in tensor.external_data}
    try:
        kind = helper.tensor_dtype_to_np_dtype(tensor.data_type)
        count = prod(tensor.dims) * kind.itemsize
        start = int(said.get("offset", 0))
        path = (folder / said["location"]).resolve()
        if kind.kind not in "biuf" or count > BYTES_LIMIT or start < 0:
            return None
        if not path.is_relative_to(folder.resolve()) or not path.is_file():
            return None
        with path.open("rb") as file:
            file.seek(start)
            held = file.read(count)
    except (KeyError, ValueError, OSError, OverflowError):
        return None
    if len(held) < count:
        return None
    return np.frombuffer(held, kind).reshape(tuple(tensor.dims))
