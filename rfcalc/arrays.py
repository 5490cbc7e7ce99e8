"""How are masks, path counts and energies handed to other programs? As an array in a file."""

import json
from collections.abc import Callable, Sequence
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import msgspec

from rfcalc.documents import Json
from rfcalc.energies import Energy, energy
from rfcalc.equality import equal_fields
from rfcalc.errors import RfcalcError, fail
from rfcalc.files import npz
from rfcalc.masks import Mask, mask
from rfcalc.network import Network
from rfcalc.path_counts import Paths, paths
from rfcalc.shown import AsArray, brief

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Counts: TypeAlias = NDArray[Any]  # int64, or Python integers

    Values: TypeAlias = NDArray[np.bool_] | Counts | NDArray[np.float64]

__all__ = [
    "SUFFIXES",
    "Exported",
    "check_suffix",
    "encoded",
    "export",
    "export_of",
    "exported_data",
    "exports",
]


TEXT_LIMIT = 1 << 22
"""Most cells that are written as text."""


class Exported(msgspec.Struct, AsArray, frozen=True, eq=False):
    """An array, where it starts on the source, and what it is about.

    ``values`` : bool (mask), int64 or Python integers (paths) or float64 (erf), shape of the
    source with ``at``, of the receptive-field box without.
    """

    values: "Values"
    start: tuple[int, ...]
    what: str
    layer: str
    source: str
    at: tuple[int, ...] | None
    assumed: tuple[str, ...]

    __eq__ = equal_fields
    __hash__ = None  # pyright: ignore[reportAssignmentType]

    def __repr__(self) -> str:
        where = f"{self.layer[:40]!r} on {self.source[:40]!r}, start={self.start}"
        return brief(f"Exported({self.what} of {where}, shape={self.values.shape})")

    def array(self) -> "Values":
        """Return the array."""
        return self.values

    def to_dict(self) -> dict[str, Json]:
        """Return the answer as the data of ``.json``."""
        return _data(self)

    def encoded(self, suffix: str) -> bytes:
        """Return the bytes of a file with this suffix, one of ``SUFFIXES``."""
        return _WRITERS[suffix](self)

    def notes(self, suffix: str) -> list[str]:
        """Return what a user has to know about the file."""
        found = list(self.assumed)
        if self.values.dtype == object and suffix in (".npy", ".npz"):
            found.append("path counts beyond int64: written as float64, relative error 1e-16")
        return found

    def fixed(self) -> "Values":
        """Return the array in a type of fixed width: ``float64`` where ``int64`` is too narrow."""
        import numpy as np

        return self.values.astype(np.float64) if self.values.dtype == object else self.values


def export(
    network: Network,
    what: Literal["mask", "paths", "erf"] = "mask",
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | int | None = None,
    phase: Sequence[int] | int | None = None,
) -> Exported:
    """Return the array of a question; arguments and errors as for ``mask``.

    ``erf`` is the normalised energy: the expected effective receptive field of a random network
    (Luo et al. 2016; theorem T10).
    """
    ask = {"mask": mask, "paths": paths, "erf": energy}[what]
    return export_of(ask(network, layer, source, at, phase))


def export_of(found: Mask | Paths | Energy) -> Exported:
    """Return the array of an answer, with what it is about."""
    question = found.question
    what = "mask" if isinstance(found, Mask) else "paths" if isinstance(found, Paths) else "erf"
    return Exported(
        found.array(),
        found.start,
        what,
        question.layer,
        question.origin,
        question.output if question.bordered else None,
        found.assumed,
    )


def exports(
    network: Network,
    what: Literal["mask", "paths", "erf"] = "mask",
    layer: str | None = None,
    source: str | None = None,
    at: Sequence[int] | int | None = None,
    phase: Sequence[int] | int | None = None,
) -> tuple[Exported, ...]:
    """Return the array of the layer that is named, or of every output that reads the source.

    Raises
    ------
    RfcalcError
        RF402: a position that not every output has.
    """
    names = _outputs(network, layer, source)
    if len(names) < 2:
        return (export(network, what, layer, source, at, phase),)
    try:
        return tuple(export(network, what, name, source, at, phase) for name in names)
    except RfcalcError as fault:
        if fault.diagnostics[0].code != "RF402":
            raise
        listed = ", ".join(f"'{name}'" for name in names)
        help = f"not every output has that cell: name one of {listed} with `layer=`"
        raise fail("RF402", fault.diagnostics[0].message, help) from None


def check_suffix(suffix: str, network: Network, layer: str | None, source: str | None) -> None:
    """Refuse a file that holds one array where there are several outputs.

    Raises
    ------
    RfcalcError
        RF406.
    """
    names = _outputs(network, layer, source)
    if len(names) > 1 and suffix not in _SEVERAL:
        listed = ", ".join(f"'{name}'" for name in names)
        fact = f"the network has the outputs {listed}, and {suffix} holds one array"
        raise fail("RF406", fact, "name one with `layer=`, or write `out=FILE.npz` or FILE.json")


def _outputs(network: Network, layer: str | None, source: str | None) -> list[str]:
    """Return the outputs that read the source where no layer is named."""
    behind = network.behind(network.index(source, 0))
    return [network.nodes[i].name for i in network.outputs if layer is None and behind[i]]


def encoded(found: Sequence[Exported], suffix: str) -> bytes:
    """Return the bytes of a file with this suffix, one of ``SUFFIXES``, that holds all arrays."""
    if len(found) == 1:
        return found[0].encoded(suffix)
    return _SEVERAL[suffix](found)


def _npz_of_all(found: Sequence[Exported]) -> bytes:
    """Return arrays by the name of the output: ``NAME.mask`` and ``NAME.start``."""
    import numpy as np

    arrays: dict[str, NDArray[np.generic]] = {}
    for one in found:
        arrays[f"{one.layer}.{one.what}"] = one.fixed()
        arrays[f"{one.layer}.start"] = np.array(one.start)
    return npz(arrays)


def exported_data(found: Sequence[Exported]) -> dict[str, Json]:
    """Return the data of one array, or of each of several."""
    return _data(found[0]) if len(found) == 1 else {"outputs": [_data(one) for one in found]}


def _json_of_all(found: Sequence[Exported]) -> bytes:
    return (json.dumps(exported_data(found)) + "\n").encode()


def _npy(found: Exported) -> bytes:
    import numpy as np

    out = BytesIO()
    np.save(out, found.fixed(), allow_pickle=False)
    return out.getvalue()


def _npz(found: Exported) -> bytes:
    import numpy as np

    return npz({found.what: found.fixed(), "start": np.array(found.start)})


def _csv(found: Exported) -> bytes:
    """Return one line per row; with three axes one line per cell that is not 0, with its index."""
    import numpy as np

    _printable(found)
    out = StringIO()
    values = found.values.astype(int) if found.what == "mask" else found.values
    if values.ndim < 3:
        for row in np.atleast_2d(values):
            out.write(",".join(map(str, row.tolist())) + "\n")
        return out.getvalue().encode()
    out.write(",".join(f"axis{axis}" for axis in range(values.ndim)) + f",{found.what}\n")
    for index in zip(*np.nonzero(values), strict=True):
        cell = [int(i) + s for i, s in zip(index, found.start, strict=True)]
        out.write(",".join(map(str, [*cell, values[index]])) + "\n")
    return out.getvalue().encode()


def _json(found: Exported) -> bytes:
    return (json.dumps(_data(found)) + "\n").encode()


def _data(found: Exported) -> dict[str, Json]:
    _printable(found)
    return {
        "layer": found.layer,
        "source": found.source,
        "at": None if found.at is None else list(found.at),
        "start": list(found.start),
        "shape": list(found.values.shape),
        "exact": not found.assumed,
        "assumed": list(found.assumed),
        found.what: found.values.tolist(),
    }


def _printable(found: Exported) -> None:
    """Refuse to write out more cells than anybody reads as text, RF409."""
    if found.values.size > TEXT_LIMIT:
        cells = f"{found.values.size:,} cells"
        fact = f"the array has {cells}; as text at most {TEXT_LIMIT:,} are written"
        raise fail("RF409", fact, "write `out=FILE.npy` or FILE.npz")


_WRITERS: dict[str, Callable[[Exported], bytes]] = {
    ".npy": _npy,
    ".npz": _npz,
    ".csv": _csv,
    ".json": _json,
}

_SEVERAL: dict[str, Callable[[Sequence[Exported]], bytes]] = {
    ".npz": _npz_of_all,
    ".json": _json_of_all,
}
"""Those that hold the arrays of several outputs."""

SUFFIXES = tuple(_WRITERS)
"""Kinds of file that can be written."""
