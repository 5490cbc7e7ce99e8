"""Which networks are there? A Hypothesis strategy for small ones, with every op and merge."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, Network, build
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
    """
    size = draw(sizes(dims))
    spatial = [op for op in ops if op in SPATIAL]
    frequent = [op for op in FREQUENT if op in ops]
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
            new = _merge(draw, net, lenient, f"merge{number}")
        else:
            reads = last if draw(st.integers(0, 2)) else draw(st.integers(0, last))
            if frequent and kind < 5:
                op = draw(st.sampled_from(frequent))
            else:
                op = draw(st.sampled_from(rare if rare and (kind == 9 or not spatial) else spatial))
            grid = net.nodes[reads].size
            assert grid is not None
            new = Draft(f"{op}{number}", draw(layers(op, grid)), (reads,))
        if new is None:
            continue
        try:
            grown = build("drawn", len(size), [*drafts, new], [size] * count, lenient=lenient)
        except RfcalcError:
            continue
        made = 1
        for n in grown.nodes[-1].size or ():
            made *= n
        if made <= cells:
            drafts.append(new)
            net = grown
    return net


def _merge(draw: Draw[Any], net: Network, lenient: bool, name: str) -> Draft | None:
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
