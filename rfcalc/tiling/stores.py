"""Where do the results of tiles go? Into arrays that are given, or made once they are known."""

import os
import shutil
from collections.abc import Sequence
from importlib import import_module
from math import gcd
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeGuard, cast

from rfcalc.errors import RfcalcError, by, fail, many
from rfcalc.packages import package
from rfcalc.tiling.parts import Part, Places
from rfcalc.tiling.plan import Plan
from rfcalc.tiling.results import Kind, check_kind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.generic]
else:
    Array = object

__all__ = ["Stores"]


class Stores:
    """The results of a plan, one array per output; what was begun is removed by a fault.

    ``out`` : per output an array, the path of a zarr array to be made, or ``None`` for a new
    NumPy array; alone where there is one output.
    """

    def __init__(self, plan: Plan, out: Any, places: Places) -> None:
        self.plans = plan.each
        given = (None,) * len(self.plans) if out is None else _several(out)
        if len(given) != len(self.plans):
            held, planned = many(len(given), "array"), many(len(self.plans), "output")
            fact = f"`out=` has {held}, the plan has {planned}"
            raise fail("RF466", fact, "give one per output, in a tuple")
        self._paths = [_free(one) if _is_path(one) else None for one in given]
        self._arrays = [None if path else one for one, path in zip(given, self._paths, strict=True)]
        self._kinds: list[Kind | None] = [None] * len(given)
        self.places = places
        self.given = out is not None
        for number, array in enumerate(self._arrays):
            if array is not None:
                self._fits(number, array)

    def __enter__(self) -> "Stores":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for path in self._paths:
            if path is not None:
                shutil.rmtree(_begun(path), ignore_errors=True)

    def write(self, part: Part, values: Sequence[Array]) -> None:
        """Write what is kept of one tile.

        Raises
        ------
        RfcalcError
            As ``kind`` and ``opened``; RF407: the array cannot be written to.
        """
        for number, value in enumerate(values):
            self.kind(number, value)
            array: Any = self.opened(number, value.shape, value.dtype)
            try:
                array[self.places.index(part.outer[number], value.ndim)] = value
            except OSError as fault:
                raise _unwritable(self._paths[number] or "`out=`", fault) from None

    def kind(self, number: int, value: Array) -> Kind:
        """Return of what kind the results of an output are, of which this is one.

        Raises
        ------
        RfcalcError
            RF466: the array that is given, or that of the first result, cannot hold this one.
        """
        given, kind = self._arrays[number], self._kinds[number]
        if kind is None:
            kind = Kind.of(value) if given is None else Kind.of(given, given=True)
            self._kinds[number] = kind
        check_kind(value, kind, self.places, len(self.plans[number].tile))
        return kind

    def opened(self, number: int, shape: Sequence[int], dtype: Any) -> Any:
        """Return the array of an output, made from the shape and type of any tile of it.

        Raises
        ------
        RfcalcError
            RF407: the zarr array cannot be made; RF505: zarr is missing.
        """
        import numpy as np

        found: Any = self._arrays[number]
        if found is None:
            whole = self.places.resized(shape, self._size(number))
            path = self._paths[number]
            if path is None:
                found = np.empty(whole, dtype)
            else:
                chunks = self.places.resized(shape, self._chunks(number))
                found = _made(path, whole, chunks, dtype)
            self._arrays[number] = found
        return found

    def apart(self) -> None:
        """Refuse arrays of which two tiles would write to one chunk at the same time.

        Raises
        ------
        RfcalcError
            RF466
        """
        for number, array in enumerate(self._arrays):
            chunks = getattr(array, "shards", None) or getattr(array, "chunks", None)
            if chunks is None:
                continue
            wanted = self._chunks(number)
            for axis, dim in enumerate(self.places.of(len(chunks), len(wanted))):
                if len((self.plans[number].spans or ())[axis]) > 1 and wanted[axis] % chunks[dim]:
                    fact = (
                        f"`out=` has chunks of {chunks[dim]} cells on axis {axis}, and tiles "
                        f"of {wanted[axis]} would write to one at the same time"
                    )
                    raise fail("RF466", fact, f"make its chunks a divisor of {wanted[axis]}")

    def result(self, lazy: "list[Any]") -> Any:
        """Return dask arrays as they are, or written where they are to go."""
        if not self.given:
            return tuple(lazy) if len(lazy) > 1 else lazy[0]
        targets = [self.opened(n, one.shape, one.dtype) for n, one in enumerate(lazy)]
        self.apart()
        import_module("dask.array").store(lazy, targets)
        return self.made()

    def made(self) -> Any:
        """Return the arrays; those at a path appear there."""
        found: list[Any] = []
        for array, path in zip(self._arrays, self._paths, strict=True):
            if path is not None and array is not None:
                try:
                    os.replace(_begun(path), path)
                except OSError as fault:
                    raise _unwritable(path, fault) from None
                array = _zarr().open_array(str(path), mode="r+")
            found.append(array)
        return tuple(found) if len(found) > 1 else found[0]

    def _size(self, number: int) -> tuple[int, ...]:
        """Return the cells per axis of an output."""
        grids = self.plans[number].grids
        return tuple(grids.sizes(n, axis)[grids.target] for axis, n in enumerate(grids.size or ()))

    def _chunks(self, number: int) -> tuple[int, ...]:
        """Return the most cells per axis of which every tile begins on a multiple."""
        return tuple(
            gcd(*(span.output[0] for span in axis)) or max(1, axis[0].output[1])
            for axis in self.plans[number].spans or ()
        )

    def _fits(self, number: int, array: Any) -> None:
        wanted = self._size(number)
        flags = getattr(array, "flags", None)
        if getattr(array, "read_only", False) or not getattr(flags, "writeable", True):
            fact = "`out=` is read-only"
            raise fail("RF407", fact, "open it for writing, or omit it to have a new one")
        size = self.places.size(array.shape, len(wanted))
        if size != wanted:
            fact = f"`out=` has {by(size)} cells, the output of the plan {by(wanted)}"
            raise fail("RF466", fact, "make it of the output's size")


def _several(out: Any) -> tuple[Any, ...]:
    """Return the entries of a tuple or a list, or what stands alone as the only one."""
    return tuple(cast("Sequence[Any]", out)) if isinstance(out, tuple | list) else (out,)


def _is_path(value: object) -> TypeGuard[str | Path]:
    """Whether a value is the path of an array, not an array."""
    return isinstance(value, (str, Path))


def _begun(path: Path) -> Path:
    return path.with_name(f".{path.name}.partial")


def _free(given: str | Path) -> Path:
    """Return a path at which nothing stands yet."""
    path = Path(given)
    try:
        taken = path.exists()
    except OSError as fault:
        raise _unwritable(path, fault) from None
    if taken:
        raise fail("RF407", f"'{path}' exists already", "choose another path, or remove it")
    if not os.access(path.parent, os.W_OK):
        fact = f"the folder of '{path}' does not exist or may not be written to"
        raise fail("RF407", fact, "make it first, or choose another")
    return path


def _made(path: Path, shape: Sequence[int], chunks: Sequence[int], dtype: Any) -> Any:
    zarr = _zarr()
    try:
        shutil.rmtree(_begun(path), ignore_errors=True)
        return zarr.create_array(
            store=str(_begun(path)), shape=tuple(shape), chunks=tuple(chunks), dtype=dtype
        )
    except OSError as fault:
        raise _unwritable(path, fault) from None


def _zarr() -> Any:
    return package("zarr", "writing to a path needs zarr", "rfcalc[zarr]")


def _unwritable(place: Path | str, fault: OSError) -> RfcalcError:
    named = f"'{place}'" if isinstance(place, Path) else place
    fact = f"{named} cannot be written: {fault.strerror or fault}"
    return fail("RF407", fact, "choose a path in a folder that can be written to")
