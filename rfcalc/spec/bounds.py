"""Which layers of a file are known by a bound alone? Deformable and submanifold convolutions."""

import msgspec

from rfcalc.errors import NeedsSize
from rfcalc.layers import LAYERS
from rfcalc.layers.window import AvgPool, Conv
from rfcalc.spec.constructs import Call, Reader, integer
from rfcalc.spec.parameters import parse

__all__ = ["FURTHEST", "deform_conv", "submanifold_conv"]

FURTHEST = 1 << 14
"""Furthest that the offsets of a file's deformable convolution may reach, in cells."""


def submanifold_conv(reader: Reader, call: Call) -> int:
    """Add a convolution that reads all cells under its kernel; the active ones are fewer.

    Source: Graham, Engelcke and van der Maaten 2018.
    """
    found = _convolution(reader, call)
    at = reader.made.add(found, (call.start,), call.place, call.name, call.scope, call.word)
    reader.made.assumed.append((at, "every cell is taken to be active"))
    return at


def deform_conv(reader: Reader, call: Call) -> int:
    """Add a convolution whose taps reach ``max_offset`` cells further on every side.

    Source: Dai et al. 2017.
    """
    source = reader.source
    if "max_offset" not in call.entries:
        help = "write 'max_offset: 2', the cells that its offsets reach at most"
        source.report("RF108", "deform_conv needs 'max_offset'", help, call.place)
        return reader.made.broken(call.place, call.start)
    node = call.entries["max_offset"][1]
    furthest = integer(node, "max_offset", 0, FURTHEST, call.scope.values, source)
    found = _convolution(reader, call)
    if found is None or furthest is None:
        return reader.made.broken(call.place, call.start)
    try:
        pads = [found.pads(None, axis) for axis in range(reader.dims)]
    except NeedsSize:
        pads = []
    if found.padding_mode != "zeros" or not pads:
        fact = "deform_conv has padding that is reflected or repeated, or 'same' beside a stride"
        source.report("RF104", fact, "give it in cells", call.place)
        return reader.made.broken(call.place, call.start)
    near = AvgPool(
        kernel=(2 * furthest + 1,) * reader.dims,
        stride=(1,) * reader.dims,
        padding=tuple((before + furthest, after + furthest) for before, after in pads),
    )
    own = f"{call.name}.offsets" if call.name else None
    first = reader.made.add(near, (call.start,), call.place, own, call.scope, "offsets")
    taps = msgspec.structs.replace(found, padding=((0, 0),) * reader.dims)
    at = reader.made.add(taps, (first,), call.place, call.name, call.scope, call.word)
    reader.made.assumed.append((at, f"offsets are taken to reach at most {furthest} cells"))
    return at


def _convolution(reader: Reader, call: Call) -> Conv | None:
    """Return the convolution of the same parameters, ``None`` where they are faulty."""
    rest = {word: entry for word, entry in call.entries.items() if word != "max_offset"}
    layer = parse(LAYERS["conv"], rest, reader.dims, call.scope.values, reader.source, call.place)
    return layer if isinstance(layer, Conv) else None
