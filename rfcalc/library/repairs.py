"""Which least change removes the gridding? What ``rfcalc fix`` answers, in Python."""

from codecs import BOM_UTF8
from fractions import Fraction
from math import inf
from os import PathLike, fspath
from pathlib import Path

import msgspec

from rfcalc.errors import fail
from rfcalc.files import target, write
from rfcalc.library.texts import is_json, text_of
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.network import Network
from rfcalc.parameters import expect
from rfcalc.repair import Change, Repair, reached, repair
from rfcalc.shown import AsPage, AsTable, brief
from rfcalc.spec import read_text

__all__ = ["Fixed", "check_out", "fix"]


class Fixed(msgspec.Struct, AsPage, AsTable, frozen=True, kw_only=True):
    """The answer of ``rfcalc fix``.

    Attributes
    ----------
    repair : every way that was found, the first being the answer.
    before : the network file that was given, or that stands for the network.
    file : the name of that file.
    """

    repair: Repair
    before: str
    file: str

    @property
    def repaired(self) -> bool:
        """Whether there is a change that does it."""
        return self.repair.text is not None

    @property
    def text(self) -> str | None:
        """The network file with the change, ``None`` where none does it."""
        return self.repair.text

    @property
    def network(self) -> Network | None:
        """The network with the change, ``None`` where none does it."""
        return None if self.text is None else read_text(self.text, self.file)

    @property
    def changes(self) -> tuple[Change, ...]:
        """The numbers that change."""
        return self.repair.changes

    @property
    def change(self) -> int:
        """The sum of the differences of the numbers."""
        return self.repair.change

    @property
    def reason(self) -> str:
        """Why this is the answer, in a sentence."""
        return self.repair.reason

    def write(self, out: "str | PathLike[str]") -> None:
        """Write the text to a file, if there is a repair; a byte order mark stays.

        Raises
        ------
        RfcalcError
            RF407: the file cannot be written.
        """
        if self.text is not None:
            write(fspath(out), _mark_of(self.file) + self.text.encode())

    def __repr__(self) -> str:
        if not self.repaired:
            return brief(f"Fixed({self.file[:60]!r}, none: {self.reason[:90]!r})")
        return brief(
            f"Fixed({self.file[:60]!r}, change={self.change}, changes={len(self.changes)})"
        )


def fix(
    net: "NetworkLike",
    layer: str | None = None,
    source: str | None = None,
    *,
    stage: int | None = None,
    keep: int | None = None,
    keep_layers: bool = False,
    max_dilation: int | None = None,
    rf: int | None = None,
    max_cost: float | Fraction | None = None,
    unroll: bool = False,
    out: "str | PathLike[str] | None" = None,
    input: "Sizes | None" = None,
) -> Fixed:
    """Return the least change of dilations that removes the gridding, or that reaches a field.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``. A model is written as a network file
        first, as by ``convert``.
    layer, source : the one pair of maps to repair, by default every dilated stage.
    stage : the number of a stage, from 1, which stands for its source and its target.
    keep : percent of its field that every output keeps on every axis, 0 to 100; by default 100.
    keep_layers : let every layer keep that share, not only the outputs.
    max_dilation : largest dilation that may be written; by default three times the largest.
    rf : reach this field, cells, at every output instead, by dilations, kernels or strides.
    max_cost : with ``rf``, most multiply-adds as a share of those before.
    unroll : write one entry per layer where no number that decides several layers does it.
    out : a ``.yaml``, ``.yml`` or ``.json`` file for the text, written where there is a repair.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF401, RF405, RF415 a pair or a stage that there is not, RF406 a number out of range or
        parameters that exclude each other, RF407, RF408 a path that cannot be written, RF411 no
        dilated layer; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> found = fix("k3,k3d2,k3d9")
    >>> [(change.before, change.after) for change in found.changes], found.network.dims
    ([(2, 3)], 2)
    """
    expect(layer=layer, source=source, stage=stage, keep=keep, keep_layers=keep_layers)
    expect(max_dilation=max_dilation, rf=rf, max_cost=max_cost, unroll=unroll, out=out)
    _check_ranges(keep=keep, max_dilation=max_dilation, rf=rf, max_cost=max_cost)
    _check_pairs(
        rf,
        max_cost,
        keep=keep,
        keep_layers=keep_layers or None,
        layer=layer,
        source=source,
        stage=stage,
    )
    if out is not None:
        check_out(out)
    text, file, size = text_of(net, input)
    if out is not None:
        check_out(out, text)
    if rf is not None:
        # 1.2 is what a user writes, and not the float that lies below it.
        cost = None if max_cost is None else Fraction(str(max_cost))
        found = reached(
            text, file, rf, size=size, max_cost=cost, max_dilation=max_dilation, unroll=unroll
        )
    else:
        found = repair(
            text,
            file,
            size=size,
            keep=100 if keep is None else keep,
            keep_layers=keep_layers,
            max_dilation=max_dilation,
            source=source,
            layer=layer,
            stage=stage,
            unroll=unroll,
        )
    answer = Fixed(repair=found, before=text, file=file)
    if out is not None:
        answer.write(out)
    return answer


def check_out(out: "str | PathLike[str]", text: str | None = None) -> None:
    """Refuse a file to which no repair can be written, or not that of a network file's text.

    Raises
    ------
    RfcalcError
        RF407, RF408.
    """
    json = (".json",) if text is None or is_json(text) else ()
    target(fspath(out), (".yaml", ".yml", *json))


def _mark_of(file: str) -> bytes:
    """Return the byte order mark that a file begins with, empty without one."""
    held = Path(file)
    if not held.is_file():
        return b""
    with held.open("rb") as opened:
        return BOM_UTF8 if opened.read(3) == BOM_UTF8 else b""


def _check_ranges(**given: float | Fraction | None) -> None:
    """Refuse numbers out of range."""
    for name, value in given.items():
        low, high, words = _RANGES[name]
        if value is not None and not low <= value <= high:
            raise fail("RF406", f"`{name}=` is {value}", f"it takes {words}")


_RANGES: dict[str, tuple[float, float, str]] = {
    "keep": (0, 100, "a percentage from 0 to 100"),
    "max_dilation": (1, inf, "1 or more"),
    "rf": (1, inf, "1 or more cells"),
    "max_cost": (1e-9, 1e9, "a share above 0, as 1.2 of the multiply-adds before"),
}


def _check_pairs(rf: int | None, max_cost: object, **given: object) -> None:
    """Refuse parameters that have no meaning beside each other."""
    beside = [name for name, value in given.items() if value is not None]
    if rf is not None and beside:
        fact = f"`rf=` and `{beside[0]}=` are given together"
        help = f"`rf=` sets the field of every output: omit `{beside[0]}=`"
        raise fail("RF406", fact, help)
    if rf is None and max_cost is not None:
        fact = "`max_cost=` is given without `rf=`, and dilations cost nothing"
        raise fail("RF406", fact, "add `rf=`, or omit `max_cost=`")
