"""Does the same network, written in another way, give the same answers?"""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from rfcalc.architectures import zoo_names, zoo_text
from rfcalc.conversion import convert
from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from rfcalc.repair import repair
from rfcalc.report import analyze
from rfcalc.spec import read_text
from tests.brute import field
from tests.networks import fits_its_channels, networks, positions
from tests.whole import sample

pytestmark = pytest.mark.slow


def rows(network):
    """Everything that is told of every layer, without its name."""
    return [
        (row.node.layer.op, row.rf, row.start, row.cells, row.jump, row.holes, row.phases)
        for row in growth(network).rows
    ]


UNIT = st.tuples(st.integers(1, 4), st.integers(1, 3), st.integers(1, 2))


def written(units, add, pad):
    """One convolution a line."""
    return [
        f"- {{kernel: {k + add}, dilation: {pad * d}, stride: {s}, padding: {pad}}}"
        for k, d, s in units
    ]


@settings(max_examples=80)
@given(st.lists(UNIT, min_size=1, max_size=3), *[st.integers(1, 3)] * 3)
def test_blocks_repetitions_and_variables_say_what_they_unfold_to(units, times, add, pad):
    lines = written(units * times, add, pad)
    plain = read_text("dims: 1\nlayers:\n" + "\n".join(lines), "plain.yaml")
    uses = "\n".join(f"      - one: {{k: {k}, d: {d}, s: {s}}}" for k, d, s in units)
    folded = f"""
dims: 1
vars: {{add: {add}, pad: "{add} * {pad} // add"}}
blocks:
  one:
    params: {{k: 1, d: 1, s: 1}}
    layers:
      - {{kernel: k + add, dilation: pad * d, stride: s, padding: pad}}
  all:
    layers:
{uses}
layers:
  - repeat: {{times: {times}, layers: [all]}}
"""
    found = read_text(folded, "folded.yaml")
    assert rows(found) == rows(plain)
    assert_array_equal(paths(found).array(), paths(plain).array())
    once = read_text(folded, "folded.yaml", None, {"pad": pad})
    assert rows(once) == rows(plain)


@settings(max_examples=60)
@given(st.lists(UNIT, min_size=1, max_size=3), st.lists(UNIT, min_size=1, max_size=2))
def test_constructs_say_what_names_say(body, other):
    """A residual unit and parallel branches, and the same by ``from``."""
    flat = [(k, d, 1) for k, d, _ in body]
    first, second = written(flat, 0, 1), written([(k, d, 1) for k, d, _ in other], 0, 1)
    nest = "[" + ", ".join(line[2:] for line in first) + "]"
    beside = "[" + ", ".join(line[2:] for line in second) + "]"
    neat = f"dims: 1\nlayers:\n- {{kernel: 3}}\n- residual: {nest}\n- parallel: [{nest}, {beside}]"
    named = ["- {kernel: 3, name: stem}", *first, "- {op: add, from: [stem, LAST], name: sum}"]
    named += [*first, *second, "- {op: concat, from: [A, B]}"]
    texts, number = [], 1
    for line in named:
        if "kernel" in line and "name" not in line:
            number += 1
            reads = {2 + len(first): "sum", 2 + 2 * len(first): "sum"}.get(number)
            line = line[:-1] + (f", from: {reads}" if reads else "") + f", name: c{number}}}"
        texts.append(line)
    last = 1 + len(first)
    text = "dims: 1\nlayers:\n" + "\n".join(texts)
    text = text.replace("LAST", f"c{last}").replace("[A", f"[c{last + len(first)}")
    text = text.replace("B]", f"c{number}]")
    try:
        mine, theirs = read_text(neat, "neat.yaml"), read_text(text, "named.yaml")
    except RfcalcError:
        assume(False)
    assert rows(mine) == rows(theirs)
    assert_array_equal(mask(mine).array(), mask(theirs).array())


@settings(max_examples=80)
@given(networks(most=10), st.data())
def test_converting_again_changes_nothing_more(network, data):
    assume(fits_its_channels(network))
    flat = convert(network, flat=True).text
    assert convert(read_text(flat, "x.yaml"), flat=True).text == flat
    first = read_text(convert(network).text, "x.yaml")
    second = read_text(convert(first).text, "x.yaml")
    assert sorted(map(str, rows(first))) == sorted(map(str, rows(second)))
    assert [first.nodes[i].size for i in first.outputs] == [
        second.nodes[i].size for i in second.outputs
    ]
    target = network.nodes[network.output]
    assume(network.between(0, network.output)[0])
    at = data.draw(positions(target.size))
    origin = network.nodes[0].name
    assert_array_equal(
        paths(network, target.name, origin, at=at).array(),
        paths(second, second.nodes[second.output].name, origin, at=at).array(),
    )


@pytest.mark.parametrize("name", sample(zoo_names(), 50))
def test_a_shipped_file_without_its_folds_says_the_same(name):
    network = read_text(zoo_text(name), name)
    flat = read_text(convert(network, flat=True).text, name)
    assert rows(flat) == rows(network)
    assert analyze(flat).verdict == analyze(network).verdict


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.sampled_from([2, 3, 5]), st.integers(1, 9)), min_size=2, max_size=4),
    st.sampled_from([100, 80]),
    st.booleans(),
)
def test_what_fix_promises_is_what_analyze_says(layers, keep, residual):
    assume(any(rate > 1 for _, rate in layers))
    lines = [f"{{kernel: {kernel}, dilation: {rate}}}" for kernel, rate in layers]
    text = "dims: 1\nlayers:\n" + "".join(f"  - {line}\n" for line in lines)
    if residual and all(kernel % 2 for kernel, _ in layers):
        text = f"dims: 1\nlayers:\n  - residual: [{', '.join(lines)}]\n"
    found = repair(text, "net.yaml", keep=keep)
    if found.text is None:
        assert found.reason
        return
    fixed = read_text(found.text, "net.yaml")
    report = analyze(fixed)
    assert found.after is not None
    assert report.verdict == found.after.verdict
    assert not any(stage.measures.holes for stage in report.stages)
    # By plain sets of points: what a dilated stage reads has no gap.
    (read,) = [field(fixed, len(fixed.nodes) - 1, (0,))]
    cells = sorted(cell for (cell,) in read)
    assert cells == list(range(cells[0], cells[-1] + 1))
    # Nothing but numbers has changed, and no field that is kept has shrunk below what was asked.
    assert re.sub(r"[0-9]+", "#", found.text) == re.sub(r"[0-9]+", "#", text)
    pairs = zip(growth(read_text(text, "b")).rows, growth(fixed).rows, strict=True)
    kept = [*pairs] if found.repairs[0].keeps == "layers" else [*pairs][-1:]
    assert all(after.rf[0] * 100 >= before.rf[0] * keep for before, after in kept)
    assert analyze(read_text(convert(fixed).text, "c")).verdict == report.verdict
