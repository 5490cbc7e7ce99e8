"""Which array answers a question? What ``rfcalc export`` writes, in Python."""

from collections.abc import Iterator, Sequence
from os import PathLike, fspath
from typing import TYPE_CHECKING, Literal

import msgspec

from rfcalc.arrays import SUFFIXES, Exported, check_suffix, encoded, exports
from rfcalc.errors import fail
from rfcalc.files import target, write
from rfcalc.gridding.pairs import resolve_stage
from rfcalc.library.questions import check_choice
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.parameters import expect
from rfcalc.shown import AsArray, AsPage, AsTable, brief

if TYPE_CHECKING:
    from rfcalc.arrays import Values

__all__ = ["Exports", "export"]


class Exports(msgspec.Struct, AsPage, AsTable, AsArray, frozen=True):
    """The answer of ``rfcalc export``: an array per output, each with where it starts."""

    arrays: tuple[Exported, ...]

    def array(self) -> "Values":
        """Return the array of the only output.

        Raises
        ------
        RfcalcError
            RF406: there are several.
        """
        if len(self.arrays) != 1:
            names = ", ".join(f"'{one.layer}'" for one in self.arrays)
            fact = f"there are the arrays of {len(self.arrays)} outputs: {names}"
            raise fail("RF406", fact, "take one by its name, as in export(net)['conv1']")
        (one,) = self.arrays
        return one.values

    def encoded(self, suffix: str) -> bytes:
        """Return the bytes of a file: ``.npy``, ``.npz``, ``.csv`` or ``.json``."""
        return encoded(self.arrays, suffix)

    @property
    def start(self) -> tuple[int, ...]:
        """The cell of the source where the first array begins, per axis."""
        return self.arrays[0].start

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.assumed

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted."""
        return tuple(dict.fromkeys(fact for one in self.arrays for fact in one.assumed))

    def __iter__(self) -> Iterator[Exported]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

    def __getitem__(self, layer: str) -> Exported:
        """Return the array of an output by its name."""
        for one in self.arrays:
            if one.layer == layer:
                return one
        raise KeyError(layer)

    def __repr__(self) -> str:
        first = self.arrays[0]
        if len(self) > 1:
            return brief(f"Exports({first.what}, of {len(self)} outputs)")
        return brief(f"Exports({first.what} of {first.layer[:60]!r}, shape={first.values.shape})")


def export(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    what: Literal["mask", "paths", "erf"] = "mask",
    at: Sequence[int] | int | None = None,
    phase: Sequence[int] | int | None = None,
    stage: int | None = None,
    out: "str | PathLike[str] | None" = None,
    input: "Sizes | None" = None,
) -> Exports:
    """Return the mask, the path counts or the expected field of a layer as arrays, or write them.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    layer : whose cells are asked about, by default every output.
    source : the layer whose cells are counted, by default the input.
    what : ``"mask"``, bool; ``"paths"``, exact counts, int64 while they fit, else Python
        integers; ``"erf"``, float64, the share of the expected gradient variance.
    at : one output position, an index per axis or one for all, borders included; needs the input
        size, and the array then has the shape of the source. By default the interior, in the box
        of the receptive field, whose first cell is ``start``.
    phase : without ``at``, which of the interior's phases; by default the widest.
    stage : the number of a stage, from 1, which stands for its source and its target.
    out : a ``.npy``, ``.npz``, ``.csv`` or ``.json`` file to write; ``.npz`` and ``.json`` hold
        the arrays of several outputs.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF402 a position outside the output, RF403 no input size, RF404 an
        unbounded interior, RF405 no path from the source, RF406 a wrong number of axes, RF407,
        RF408 a path that cannot be written, RF409 too large an array; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> import numpy
    >>> numpy.asarray(export("k3,k3d2", what="paths"))[0].tolist()
    [1, 1, 2, 1, 2, 1, 1]
    """
    expect(layer=layer, source=source, what=what, at=at, phase=phase, stage=stage, out=out)
    check_choice("what", what, ("mask", "paths", "erf"))
    path = None if out is None else target(fspath(out), SUFFIXES)
    network, layer, source = resolve_stage(as_network(net, input), stage, layer, source)
    if path is not None:
        check_suffix(path.suffix.lower(), network, layer, source)
    found = Exports(exports(network, what, layer, source, at, phase))
    if path is not None:
        write(path, found.encoded(path.suffix.lower()))
    return found
