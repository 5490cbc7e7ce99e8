"""Does every op read what its formula says (THEORY 2)?"""

from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.errors import ImpossibleSize, NeedsSize, RfcalcError
from rfcalc.footprint import WHOLE
from rfcalc.layers import LAYERS
from rfcalc.network import Draft, Input, build
from rfcalc.report import analyze
from rfcalc.taps import Taps
from tests.layers import layers, sizes
from tests.rules import RULES
from tests.rules.resamplings import neighbours
from tests.rules.sliding import window
from tests.whole import amount

pytestmark = pytest.mark.slow

SAME = LAYERS["identity"]()
OUTPUTS = range(-11, 24)
FORMULAS = {op: rule.reads for op, rule in RULES.items() if not isinstance(rule.reads, str | None)}
KEEP = {op for op, rule in RULES.items() if rule.reads == "own cell"}
COLLAPSE = {op for op, rule in RULES.items() if rule.reads == "all into one"}
UNBOUNDED = COLLAPSE | {op for op, rule in RULES.items() if rule.reads == "all"}


def test_every_op_has_its_rule_here():
    missing = sorted(set(LAYERS) - set(RULES))
    assert not missing, f"write a Rule for {missing} in tests/rules/: parameters, reads, torch"
    assert set(RULES) == set(LAYERS)
    assert set(LAYERS) == {*FORMULAS, *KEEP, *UNBOUNDED, "flip"}


@pytest.mark.parametrize("op", FORMULAS)
@given(data=st.data())
def test_an_op_reads_what_its_formula_says_at_every_output(op, data):
    layer, n, formula = data.draw(FORMULAS[op])
    try:
        m = layer.size(n, 0)
    except ImpossibleSize:
        assume(False)
    taps = layer.taps(n, 0)
    outputs = range(m) if layer.resized else OUTPUTS
    for o in outputs:
        assert set(taps.read(o)) == formula(o), o


@pytest.mark.parametrize("op", FORMULAS)
@given(data=st.data())
def test_the_interior_is_the_same_whatever_the_size_where_it_is_known_without(op, data):
    layer, n, _ = data.draw(FORMULAS[op])
    try:
        free = layer.taps(None, 0)
    except NeedsSize:
        return
    if op == "roll":  # modulo the axis: the same cell, another name
        assert free.jump == layer.taps(n, 0).jump == 1
        return
    assert free == layer.taps(n, 0)


@pytest.mark.parametrize("op", sorted(KEEP))
def test_element_wise_ops_and_merges_keep_every_cell_to_itself(op):
    layer = LAYERS[op]()
    for n in (None, 1, 9):
        assert {o: set(layer.taps(n, 0).read(o)) for o in OUTPUTS} == {o: {o} for o in OUTPUTS}
    assert layer.size(9, 0) == 9
    assert layer.merges == (op in {"add", "mul", "concat"})


@pytest.mark.parametrize("op", sorted(UNBOUNDED))
def test_whole_input_ops_are_unbounded_on_the_axes_they_cover(op):
    layer = LAYERS[op]()
    assert layer.taps(None, 0) is layer.taps(5, 1) is WHOLE
    assert layer.size(5, 0) == (1 if op in COLLAPSE else 5)
    assert layer.jump(5, 0) == (None if op in COLLAPSE else 1)
    half = LAYERS[op](over=(False, True))
    assert isinstance(half.taps(5, 0), Taps)
    assert half.taps(5, 1) is WHOLE
    assert (half.size(5, 0), half.jump(5, 0)) == (5, 1)


@given(st.integers(1, 30))
def test_a_flip_reads_from_the_other_end(n):
    taps = LAYERS["flip"]().taps(n, 0)
    assert [set(taps.read(o)) for o in range(n)] == [{n - 1 - o} for o in range(n)]
    assert set(LAYERS["flip"](over=(False, True)).taps(n, 0).read(2)) == {2}
    with pytest.raises(NeedsSize):
        LAYERS["flip"]().taps(None, 0)


@given(st.integers(2, 30), st.integers(2, 30))
def test_aligned_corners_read_the_neighbours_of_a_grid_pinned_at_both_ends(n, m):
    taps = LAYERS["upsample"](size_to=(m,), mode="linear", align_corners=True).taps(n, 0)
    for o in range(m):
        assert set(taps.read(o)) == neighbours("linear", Fraction(o * (n - 1), m - 1))


def test_an_adaptive_pool_to_one_cell_reads_everything():
    assert LAYERS["adaptive_pool"](output=(1,)).taps(9, 0) is WHOLE


@pytest.mark.parametrize(
    "layer",
    [
        LAYERS["conv"](kernel=(3,), stride=(2,), padding="same"),
        LAYERS["upsample"](size_to=(7,)),
        LAYERS["upsample"](scale=(2.0,), mode="linear", align_corners=True),
        LAYERS["adaptive_pool"](output=(7,)),
        LAYERS["slice"](start=(-3,)),
    ],
    ids=["same", "size", "corners", "adaptive", "slice"],
)
def test_what_depends_on_the_size_says_so_when_it_is_not_known(layer):
    with pytest.raises(NeedsSize):
        layer.taps(None, 0)


def test_every_axis_has_parameters_of_its_own():
    layer = LAYERS["conv"](
        kernel=(1, 3, 5), stride=(3, 1, 2), dilation=(4, 2, 1), padding=((0, 0), (5, 1), (2, 2))
    )
    reads = [window(1, 3, 4, 0), window(3, 1, 2, 5), window(5, 2, 1, 2)]
    for axis, read in enumerate(reads):
        assert all(set(layer.taps(None, axis).read(o)) == read(o) for o in OUTPUTS)
    assert [layer.size(10, axis) for axis in range(3)] == [4, 12, 5]


def test_a_transposed_convolution_whose_dilation_and_stride_share_a_factor_has_dead_phases():
    """THEORY T9: k3 s2 d2 reads 3 cells and none in turn."""
    taps = LAYERS["conv_transpose"](kernel=(3,), stride=(2,), dilation=(2,)).taps(None, 0)
    assert sorted(cells.count for cells in taps.phases) == [0, 3]


@pytest.mark.parametrize("op", LAYERS)
@settings(max_examples=amount(40, 400))
@given(data=st.data())
def test_every_op_has_a_row_and_a_verdict(op, data):
    size = data.draw(sizes())
    layer = data.draw(layers(op, size))
    reads = (0, 0) if layer.merges else (0,)
    drafts = [Draft("input", Input()), Draft("it", layer, reads), Draft("pad", SAME, (1,))]
    try:
        network = build("net", len(size), drafts, [size])
    except RfcalcError:
        assume(False)
    report = analyze(network, measured=True)
    assert [row.name for row in report.rows] == ["input", "it", "pad"]
    assert report.verdict
