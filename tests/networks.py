"""Which networks are there? A Hypothesis strategy for small ones, with every op and merge."""

from collections.abc import Sequence
from math import prod
from typing import Any

from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, Network, build, channels
from tests.layers import FREQUENT, MERGING, MODES, SINGLE, SPATIAL, Draw, layers, sizes

__all__ = ["MODES", "layers", "networks", "positions"]


@st.composite
def networks(
    draw: Draw[Any],
    dims: int | None = None,
    most: int = 8,
    ops: Sequence[str] = SINGLE,
    cells: int = 3000,
    inputs: int = 2,
    lenient: bool = False,
    often: Sequence[str] = FREQUENT,
    strips: bool = False,
) -> Network:
    """Draw a valid network of known size.

    Parameters
    ----------
    most : layers drawn; those that do not fit where they are put are left out.
    ops : what is drawn besides merges. Ops that read the whole input and element-wise ones are
        drawn more rarely than they are listed.
    cells : most cells of any layer's output.
    inputs : most inputs of the network.
    lenient : let branches of equal size meet whatever their jumps, as frameworks do.
    often : what half of the layers are, one as often as it is listed.
    strips : draw windows over one axis beside windows over another.
    """
    size = draw(sizes(dims))
    spatial = [op for op in ops if op in SPATIAL]
    frequent = [op for op in often if op in ops]
    rare = [op for op in ops if op not in SPATIAL]
    drafts = [Draft("input", Input())]
    if inputs > 1 and not draw(st.integers(0, 7)):
        drafts.append(Draft("second", Input()))
    count = len(drafts)
    net = build("drawn", len(size), drafts, [size] * count, lenient=lenient)
    for number in range(draw(st.integers(1, most))):
        kind = draw(st.integers(0, 9))
        last = len(net.nodes) - 1
        if kind in (7, 8) and last:
            new = [_merge(draw, net, lenient, f"merge{number}")]
        elif strips and kind == 6:
            new = _strips(draw, net, number)
        else:
            reads = last if draw(st.integers(0, 2)) else draw(st.integers(0, last))
            if frequent and kind < 5:
                op = draw(st.sampled_from(frequent))
            else:
                op = draw(st.sampled_from(rare if rare and (kind == 9 or not spatial) else spatial))
            grid = net.nodes[reads].size
            assert grid is not None
            new = [Draft(f"{op}{number}", draw(layers(op, grid)), (reads,))]
        try:
            grown = build("drawn", len(size), [*drafts, *new], [size] * count, lenient=lenient)
        except RfcalcError:
            continue
        if all(prod(node.size or ()) <= cells for node in grown.nodes[len(drafts) :]):
            drafts += new
            net = grown
    return net


def _strips(draw: Draw[Any], net: Network, number: int) -> list[Draft]:
    """Draw two windows over the same map, each over one axis, and what merges them."""
    reads = draw(st.integers(0, len(net.nodes) - 1))
    made: list[Draft] = []
    for which in range(2):
        along = draw(st.integers(0, net.dims - 1))
        kernel = tuple(draw(st.integers(2, 7)) if a == along else 1 for a in range(net.dims))
        dilation = tuple(draw(st.integers(1, 3)) for _ in kernel)
        op = draw(st.sampled_from(["conv", "maxpool", "avgpool"]))
        layer = LAYERS[op](kernel=kernel, dilation=dilation, stride=(1,) * net.dims, padding="same")
        made.append(Draft(f"strip{number}_{which}", layer, (reads,)))
    ends = draw(st.sampled_from([(0, 1), (1, 0), (0, 1, None), (0, 1, 0)]))
    inputs = tuple(reads if end is None else len(net.nodes) + end for end in ends)
    merge = LAYERS[draw(st.sampled_from(MERGING))]()
    return [*made, Draft(f"strips{number}", merge, inputs)]


def _merge(draw: Draw[Any], net: Network, lenient: bool, name: str) -> Draft:
    """Draw a merge of nodes that fit together; a node may stand twice."""
    first = draw(st.integers(0, len(net.nodes) - 1))
    main = net.nodes[first]
    alike = [
        i
        for i, node in enumerate(net.nodes)
        if (node.size == main.size and (lenient or node.jump == main.jump))
        or (node.jump.count(None) == net.dims and node.size == (1,) * net.dims)
    ]
    others = draw(st.lists(st.sampled_from(alike), min_size=1, max_size=2))
    inputs = (first, *others) if draw(st.booleans()) else (*others, first)
    return Draft(name, LAYERS[draw(st.sampled_from(MERGING))](), inputs)


@st.composite
def positions(draw: Draw[Any], size: Sequence[int]) -> tuple[int, ...]:
    """Draw a position on a grid; corners are as likely as the rest."""
    ends = [st.sampled_from([0, n - 1, n // 2]) | st.integers(0, n - 1) for n in size]
    return tuple(draw(end) for end in ends)


def fits_its_channels(network):
    """Whether groups divide the channels of every input, as drawn layers need not."""
    try:
        channels(network)
    except RfcalcError:
        return False
    return True
