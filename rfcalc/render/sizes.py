"""How are input sizes and the reach of padding shown?"""

from collections.abc import Sequence

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.gridding.valid_taps import ValidTaps
from rfcalc.network import Network
from rfcalc.render.document import Column, Document, Lines, Table, by_axis, granted
from rfcalc.tiling.padding import Share
from rfcalc.tiling.sizes import AxisSizes

__all__ = ["sizes_data", "sizes_document", "taken"]


def taken(rule: AxisSizes) -> str:
    """Return which sizes are taken, in words.

    >>> taken(AxisSizes(188, 173, 16, (12,), ()))
    'multiples of 16 plus 12, from 188'
    """
    if rule.smallest is None:
        return "none"
    if rule.step is None:
        runs = [str(a) if b == a + 1 else f"{a}..{b - 1}" for a, b in rule.taken]
        return ", ".join(runs[:8]) + (" .." if len(runs) > 8 else "")
    if rule.step == 1:
        return f"all from {rule.smallest}"
    rests = ", ".join(map(str, rule.rests[:8])) + (" .." if len(rule.rests) > 8 else "")
    plus = "" if rule.rests == (0,) else f" plus {rests}"
    return f"multiples of {rule.step}{plus}, from {rule.smallest}"


def sizes_data(rule: AxisSizes) -> dict[str, Data]:
    """Return the rule of one axis as data."""
    return {
        "smallest": rule.smallest,
        "step": rule.step,
        "rests": rule.rests,
        "from": rule.regular,
        "taken": rule.taken or None,
    }


def sizes_document(
    network: Network,
    rules: Sequence[AxisSizes],
    free: Sequence[int | None],
    shares: Sequence[Share] | None,
    by: Sequence[str],
    taps: Sequence[ValidTaps] = (),
) -> Document:
    """Return the document of the sizes that a network takes and of the reach of its padding.

    ``by`` : per axis the output that asks the most of them. ``taps``: of dilated layers.
    """
    several = len(network.outputs) > 1
    columns = (
        Column("axis", keep=100),
        Column("smallest", keep=80),
        Column("smallest free of padding", keep=90),
        *((Column("by", "left", 85),) if several else ()),
        Column("sizes that the network takes", "left", 99),
    )
    rows = tuple(
        (
            str(axis),
            _or_dash(rule.smallest),
            _or_dash(free[axis]),
            *((by[axis],) if several else ()),
            taken(rule),
        )
        for axis, rule in enumerate(rules)
    )
    parts: list[Table | Lines] = [Table(f"{network.name}: input sizes", columns, rows)]
    if shares is not None:
        size = "x".join(map(str, network.input or ()))
        heads = (Column("layer", "left"), Column("size"), Column("free"), Column("see padding"))
        lines = tuple(
            (s.layer, by_axis(s.size), by_axis(s.clean), f"{100 * float(s.share):.1f} %")
            for s in shares
        )
        parts.append(Table(f"outputs that see padding at {size}", heads, lines))
    if taps:
        heads = (
            Column("layer", "left"),
            Column("dilation"),
            Column("map"),
            Column("kernel"),
            Column("kernel in use", keep=90),
            Column("share of outputs by taps inside", "left"),
        )
        lines = tuple(
            (
                *(one.layer, by_axis(one.dilation), by_axis(one.map), by_axis(one.kernel)),
                *(by_axis(one.used), _by_taps(one)),
            )
            for one in taps
        )
        parts.append(Table("taps of dilated layers that lie inside their input", heads, lines))
    parts += granted(network.assumed)
    data: dict[str, Data] = {
        "rfcalc": __version__,
        "sizes": [sizes_data(rule) for rule in rules],
        "unpadded": tuple(free),
        "by": list(by),
        "input": network.input,
        "layout": network.layouts or None,
        "layers": None
        if shares is None
        else [
            {"name": s.layer, "size": s.size, "free": s.clean, "padded": float(s.share)}
            for s in shares
        ],
        "taps": None if shares is None else [_taps_data(one) for one in taps],
        "exact": not network.assumed,
        "assumed": network.assumed,
    }
    return Document(tuple(parts), data)


TAPS_SHOWN = 6
"""Most numbers of taps that a row tells apart."""


def _by_taps(found: ValidTaps) -> str:
    """Return the shares of outputs by valid taps in words."""
    if found.counts is None:
        return "too many to be counted"
    shown = [f"{taps}: {float(share):.1%}" for taps, share in found.shares.items()]
    more = len(shown) - TAPS_SHOWN
    text = ", ".join(shown[:TAPS_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"{text} (a 1x1)" if found.pointwise else text


def _taps_data(found: ValidTaps) -> dict[str, Data]:
    counted = found.counts is not None
    return {
        "layer": found.layer,
        "kernel": found.kernel,
        "dilation": found.dilation,
        "map": found.map,
        "used": found.used,
        "pointwise": found.pointwise,
        "shares": {str(n): float(s) for n, s in found.shares.items()} if counted else None,
    }


def _or_dash(value: int | None) -> str:
    return "-" if value is None else str(value)
