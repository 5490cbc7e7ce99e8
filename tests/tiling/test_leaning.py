"""Is what is padded around layers without padding what they would pad, on the side they look to?"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.loading import load
from rfcalc.spec import read_text
from rfcalc.tiling.answer import answer
from rfcalc.tiling.grids import grids
from rfcalc.tiling.leaning import looks
from rfcalc.tiling.one_channel import runner
from rfcalc.tiling.whole import at_size

BLOCKS = st.lists(st.tuples(st.integers(2, 4), st.integers(1, 3)), min_size=1, max_size=4)


def residual(blocks, side):
    """Return blocks with a shortcut each, without padding, and the same with it on one side."""
    begin = "dims: 1\nlayers:\n  - {kernel: 2, bias: false, name: x0, "
    cropped, padded = [f"{begin}padding: valid}}"], [f"{begin}{pad(1, side)}}}"]
    for number, (kernel, dilation) in enumerate(blocks):
        lost, before = (kernel - 1) * dilation, f"x{number}"
        conv = f"kernel: {kernel}, dilation: {dilation}, bias: false"
        front, end = (lost, 0) if side == "back" else (0, lost)
        cropped += [
            f"  - {{{conv}, padding: valid, from: {before}, name: c{number}}}",
            f"  - {{crop: {{before: {front}, after: {end}}}, from: {before}, name: s{number}}}",
            f"  - {{add: {{}}, from: [c{number}, s{number}], name: x{number + 1}}}",
        ]
        padded += [
            f"  - {{{conv}, {pad(lost, side)}, from: {before}, name: c{number}}}",
            f"  - {{add: {{}}, from: [c{number}, {before}], name: x{number + 1}}}",
        ]
    return (read_text("\n".join(one), "net.yaml") for one in (cropped, padded))


def pad(lost, side):
    return f"padding: [{[lost, 0] if side == 'back' else [0, lost]}]"


def values(network, array):
    moving = at_size(grids(network), (array.size,))
    return runner(moving, np.random.default_rng(1))([array[None]])[0]


@settings(max_examples=30)
@given(BLOCKS, st.sampled_from(["back", "ahead"]), st.integers(20, 60))
def test_the_padded_input_gives_what_layers_that_pad_on_that_side_give(blocks, side, size):
    cropped, padded = residual(blocks, side)
    assert looks(grids(cropped), 0) == side
    (rim,) = answer(cropped, tile=64, whole=size).padded.rims
    assert (rim.before if side == "ahead" else rim.after) == (0,)
    assert rim.kept == (size,)
    array = np.random.default_rng(0).integers(0, 999, size) / 65536
    wide = np.pad(array, (rim.before[0], rim.after[0]))
    assert wide.size == rim.size[0]
    np.testing.assert_array_equal(values(cropped, wide)[:size], values(padded, array))


@pytest.mark.parametrize(
    ("crop", "side"), [((2, 2), "both"), ((4, 0), "back"), ((0, 4), "ahead"), ((1, 3), "both")]
)
def test_a_shortcut_says_where_a_cell_stands(crop, side):
    before, after = crop
    text = (
        "{dims: 1, layers: [{kernel: 5, padding: valid, name: a}, "
        f"{{crop: {{before: {before}, after: {after}}}, from: input, name: s}}, "
        "{op: relu, name: r}, {op: concat, from: [r, a]}]}"
    )
    assert looks(grids(read_text(text, "net.yaml")), 0) == side


def test_shortcuts_that_disagree_and_none_at_all_leave_fields_centred():
    text = (
        "{dims: 1, layers: [{kernel: 3, padding: valid, name: a}, "
        "{crop: {before: 2, after: 0}, from: input, name: s}, {op: add, from: [a, s], name: x}, "
        "{kernel: 3, padding: valid, name: b}, "
        "{crop: {before: 0, after: 2}, from: x, name: t}, {op: add, from: [b, t]}]}"
    )
    network = read_text(text, "net.yaml")
    assert looks(grids(network), 0) == "both"
    (rim,) = answer(network, tile=64, whole=50).padded.rims
    assert (rim.before, rim.after, rim.told) == ((2,), (2,), (True,))
    assert looks(grids(load("zoo:unet")), 0) == "both"
    chain = load("k2p0,k2d2p0", dims=1)
    assert looks(grids(chain), 0) is None
    (rim,) = answer(chain, tile=64, whole=50).padded.rims
    assert (rim.before, rim.after, rim.told) == ((2,), (1,), (False,))


def test_a_chain_that_does_not_say_so_is_told_what_to_do_where_it_looks_back_only():
    words = ["tile", "k2p0,k2d2p0", "--dims", "1", "--whole", "50"]
    text = " ".join(CliRunner().invoke(app, words).stdout.split())
    assert "pad 2 before and 1 after, to 53" in text
    assert "this centres the fields; where no output may look ahead, pad all 3 before" in text
