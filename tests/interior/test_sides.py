"""Is an axis without end on a side told so, and are the sides and axes with an end exact?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.cells import EMPTY, Cells
from rfcalc.footprint import Endless, Footprint, Unbounded
from rfcalc.interior import footprint, growth
from rfcalc.layers import LAYERS
from rfcalc.masks import mask
from rfcalc.network import Draft, Input, build
from rfcalc.taps import IDENTITY, relation, window

SIZE, RIM = (26, 30), 6
AXES = st.sampled_from([(True, False), (False, True), (True, True)])
SIDES = st.sampled_from(["both", "before", "after"])


@st.composite
def local(draw):
    """A convolution, dilated, strided or causal, on one axis or two."""
    kernel = (draw(st.integers(1, 3)), draw(st.integers(1, 3)))
    padding = draw(st.sampled_from([None, "causal"]))
    return LAYERS["conv"](
        kernel=kernel,
        stride=(1, draw(st.sampled_from([1, 1, 2]))),
        dilation=(draw(st.integers(1, 2)), draw(st.integers(1, 2))),
        padding=padding,
    )


@st.composite
def endless(draw):
    """A layer that reads one axis or both, on one side or on both."""
    op = draw(st.sampled_from(["sequence", "attention", "instance_norm", "squeeze_excite"]))
    sided = {"side": draw(SIDES)} if op in ("sequence", "attention") else {}
    return LAYERS[op](over=draw(AXES), **sided)


@st.composite
def networks(draw):
    """A chain with one or two layers without end, or a residual around its body."""
    body = [draw(local()), draw(endless()), draw(local())]
    body += draw(st.lists(st.one_of(local(), endless()), max_size=2))
    if draw(st.booleans()):
        body.append(LAYERS["global_pool"](over=draw(st.sampled_from([(True, False)]))))
    drafts = [Draft("input", Input())]
    drafts += [Draft(f"n{i}", layer, (i,)) for i, layer in enumerate(body)]
    if draw(st.booleans()):
        last = len(drafts) - 1
        drafts.append(Draft("sum", LAYERS["add"](), (last, last)))
    if draw(st.booleans()):
        drafts[1] = Draft("n0", LAYERS["conv"](kernel=(3, 3)), (0,))
        drafts.insert(2, Draft("up", LAYERS["upsample"](scale=(1.0, 2.0)), (1,)))
        drafts = [
            d if i < 3 else Draft(d.name, d.layer, tuple(p + 1 for p in d.inputs))
            for i, d in enumerate(drafts)
        ]
    return build("net", 2, drafts, [SIZE])


@settings(max_examples=25, deadline=None)
@given(networks())
def test_axes_and_sides_are_those_of_the_gradient(network):
    """On a side without end the gradient reaches the border, elsewhere it ends where it is told."""
    ones = pytest.importorskip("tests.torch_ones")
    target = len(network.nodes) - 1
    size = network.nodes[target].size
    at = tuple(n // 2 for n in size)
    seen = ones.gradient(network, target, at) > 0
    row = growth(network).rows[-1]
    found = footprint(network, 0, target)
    for axis in range(2):
        line = np.flatnonzero(seen.any(1 - axis))
        first, last = found.ends(axis, at[axis])
        cause = row.unbounded and row.unbounded[axis]
        assert (row.rf[axis] is None) == (cause is not None)
        assert (first is None) == (cause is not None and cause.side != "after")
        assert (last is None) == (cause is not None and cause.side != "before")
        # At the border a stride may pass over the last cells.
        reached = first is None or first < RIM, last is None or last >= SIZE[axis] - RIM
        assert line[0] < RIM if reached[0] else line[0] == first
        assert line[-1] >= SIZE[axis] - RIM if reached[1] else line[-1] == last
        if not any(reached):
            assert _projected(found, axis, at) == set(line.tolist())
    np.testing.assert_array_equal(mask(network, at=at).array(), seen)


def _projected(found, axis, at):
    return {i for (cells,) in found.on([axis]).read([at[axis]]).boxes for i in cells}


@st.composite
def axes(draw):
    """An axis relation and what it reads, cut at 40 on both sides."""
    period = draw(st.integers(1, 3))
    phases = [Cells.of(draw(st.sets(st.integers(-3, 3), max_size=3))) for _ in range(period)]
    advance = draw(st.sampled_from([-2, -1, 1, 2])) * period
    taps = relation(advance, phases if any(phases) else [Cells(0, 1)] * period)
    kind = draw(st.sampled_from(["local", "before", "after"]))
    if kind == "local":
        return taps
    edge = relation(taps.advance, [Cells(c.start, 1) if c else EMPTY for c in taps.phases])
    return Endless(last=edge) if kind == "before" else Endless(first=edge)


def _read(axis, o, far):
    if not isinstance(axis, Endless):
        return set(axis.read(o))
    low, high = axis.first and axis.first.read(o), axis.last and axis.last.read(o)
    if EMPTY in (low, high):
        return set()
    return set(range(low.start if low else -far, (high.start if high else far) + 1))


@settings(max_examples=100, deadline=None)
@given(axes(), axes(), st.integers(-1, 1))
def test_what_follows_an_endless_relation_ends_where_brute_force_ends(outer, inner, o):
    near, far = 60, 400
    wanted = {j for i in _read(outer, o, near) for j in _read(inner, i, far)}
    done = Footprint(((inner,),)).through((outer,), "layer")
    first, last = done.ends(0, o)
    if not wanted:
        return
    # An end that brute force cuts off lies near the cut; a true one stays far from it.
    assert (min(wanted) if min(wanted) > -45 else None) == first
    assert (max(wanted) if max(wanted) < 45 else None) == last


def test_sides_meet_in_a_union_and_name_their_causes():
    forward = Footprint.source(1).through((Endless(last=IDENTITY),), "lstm")
    ahead = Footprint.source(1).through((window(5, before=2),), "conv")
    both = forward | ahead
    assert (both.unbounded, both.ends(0, 7)) == ((Unbounded("lstm", "before"),), (None, 9))
    back = Footprint.source(1).through((Endless(first=IDENTITY),), "reverse")
    assert (forward | back).unbounded == (Unbounded("lstm", "both"),)
    assert (ahead | back).ends(0, 7) == (5, None)
