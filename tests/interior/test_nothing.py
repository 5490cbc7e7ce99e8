"""What is said of an output that reads nothing of its source?"""

from rfcalc.gridding.lattice import read_share
from rfcalc.gridding.sublattices import sublattices
from rfcalc.interior import footprint
from rfcalc.report import analyze
from rfcalc.spec import read_text
from rfcalc.tiling import tile
from rfcalc.tiling.streams import stream
from rfcalc.verification.run import verify

# Every second cell is empty, a dilation of two keeps it so, and the stride takes just those.
EMPTY = """
dims: 1
input: 32
layers:
  - conv_transpose: {kernel: 1, stride: 2, padding: 0, output_padding: 1}
  - {kernel: 3, dilation: 2, padding: same}
  - {crop: {before: 1}}
  - {kernel: 1, stride: 2, padding: 0, name: last}
"""
BESIDE = EMPTY + "  - {kernel: 3, from: input, name: other}\n  - {op: add, from: [last, other]}\n"


def test_the_verdict_does_not_call_nothing_hole_free():
    report = analyze(read_text(EMPTY, "net.yaml"), measured=True)
    assert report.output.rf is None
    assert report.output.cells == 0
    assert report.verdict.startswith("holes inside stage 1 (")
    assert report.verdict.endswith("; nothing: 'last' reads no cell at all")
    assert report.measures is None
    assert verify(read_text(EMPTY, "net.yaml")).ok


def test_nothing_is_read_and_no_two_outputs_are_joined():
    network = read_text(EMPTY, "net.yaml")
    found = footprint(network, 0, network.output)
    assert read_share(found) == 0
    assert sublattices(found).orders == (None,)


def test_nothing_reaches_nowhere():
    network = read_text(EMPTY, "net.yaml")
    assert stream(network).output.look_back == 0
    assert tile(network, 16).halo.any == ((0, 0),)


def test_a_merge_with_nothing_has_the_field_of_the_rest():
    report = analyze(read_text(BESIDE, "net.yaml"))
    assert report.output.rf == (3,)
    assert verify(read_text(BESIDE, "net.yaml")).ok


PLUS = """
layers:
  - {kernel: [3, 1], name: a, from: input}
  - {kernel: [1, 3], name: b, from: input}
  - {op: add, from: [a, b]}
  - {conv_transpose: {kernel: 3, stride: 2, dilation: 2}, name: v}
  - {kernel: 3, name: w}
  - {op: add, from: [v, w]}
"""


def test_branches_of_which_some_phases_read_nothing_are_compared_by_the_others():
    network = read_text(PLUS, "net.yaml", (8, 8))
    assert analyze(network).output.phases == (2, 2)
    assert verify(network).ok
