"""Which numbers are stored with the graph of a ``.pt2`` file? Small constants, never a pickle."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from rfcalc.importers.archive import read_entry
from rfcalc.importers.torch.looking import NUMBERS_LIMIT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]

__all__ = ["Stored"]

_KINDS = {
    **dict(zip((1, 2, 3, 4, 5), ("u1", "i1", "<i2", "<i4", "<i8"), strict=True)),
    **dict(zip((6, 7, 8, 10, 11, 12), ("<f2", "<f4", "<f8", "<c8", "<c16", "?"), strict=True)),
}
"""NumPy's types by PyTorch's numbers. Source: ``torch._export.serde.schema.ScalarType``."""
_BFLOAT16 = 13


class Stored:
    """The buffers and constants of a file, each read when it is asked for.

    Parameters
    ----------
    specs : the inputs of the graph, as the file lists them.
    """

    def __init__(self, path: Path, specs: Sequence[dict[str, Any]], help: str) -> None:
        self._path = path
        self._help = help
        self._paths: dict[str, tuple[str, str]] = {}
        for spec in specs:
            for kind, folder in (("buffer", "weights"), ("tensor_constant", "constants")):
                if kind in spec:
                    held = spec[kind]
                    self._paths[held["arg"]["name"]] = (folder, held[f"{kind}_name"])
        self._tables: dict[str, dict[str, Any]] = {}

    def __call__(self, name: str) -> "Array | None":
        """Return the numbers of a constant, ``None`` for one that is large or not stored so."""
        folder, path = self._paths.get(name, ("", ""))
        found: dict[str, Any] | None = self._table(folder).get(path) if folder else None
        if found is None and folder == "weights":  # a buffer that is not persistent
            folder = "constants"
            found = self._table(folder).get(path)
        if found is None or found.get("use_pickle") or "tensor_meta" not in found:
            return None
        meta = found["tensor_meta"]
        shape, strides = ([one["as_int"] for one in meta[key]] for key in ("sizes", "strides"))
        return self._array(f"data/{folder}/{found['path_name']}", meta, shape, strides)

    def _array(
        self, entry: str, meta: dict[str, Any], shape: Sequence[int], strides: Sequence[int]
    ) -> "Array | None":
        import numpy as np

        kind = _KINDS.get(meta["dtype"], "<u2" if meta["dtype"] == _BFLOAT16 else None)
        count = 1
        for size in shape:
            count *= size
        if kind is None or not 0 < count <= NUMBERS_LIMIT:
            return None
        text = read_entry(self._path, lambda names: _ending(names, entry), entry, self._help)
        flat = np.frombuffer(
            text[: len(text) // np.dtype(kind).itemsize * np.dtype(kind).itemsize], kind
        )
        if meta["dtype"] == _BFLOAT16:
            flat = (flat.astype(np.uint32) << 16).view(np.float32)
        places = np.full((), meta["storage_offset"]["as_int"], np.int64)
        for size, stride in zip(shape, strides, strict=True):
            places = places[..., None] + np.arange(size) * stride
        if places.min() < 0:
            raise ValueError(f"{entry} begins before its file")
        return flat[places]

    def _table(self, folder: str) -> dict[str, Any]:
        """Return the table of what a folder of the archive holds, empty in older files."""
        if folder not in self._tables:
            entry = f"data/{folder}/model_{folder}_config.json"
            found: list[str] = []

            def choose(names: Sequence[str]) -> str | None:
                found.extend(name for name in (_ending(names, entry),) if name)
                return found[0] if found else names[0]

            text = read_entry(self._path, choose, entry, self._help)
            self._tables[folder] = msgspec.json.decode(text)["config"] if found else {}
        return self._tables[folder]


def _ending(names: Sequence[str], entry: str) -> str | None:
    return next((name for name in names if name == entry or name.endswith(f"/{entry}")), None)
