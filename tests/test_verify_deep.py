"""Is a deep network verified layer by layer, and as strictly as from the source each time?"""

from importlib import import_module

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError, fail
from rfcalc.layers.window import Conv
from rfcalc.network import Input
from rfcalc.spec import read_text
from rfcalc.taps import Taps, window
from rfcalc.verification import stepping, sums
from rfcalc.verification.result import Difference
from rfcalc.verification.run import verify
from tests.networks import networks

DEEP = "dims: 1\ninput: [40]\nlayers:\n  - repeat: {times: TIMES, layers: [{kernel: 3}]}\n"


def deep(times=100):
    return read_text(DEEP.replace("TIMES", str(times)), "deep.yaml")


def at_once(network, **options):
    """Verify with ways of every length from the source."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stepping, "STEPS_LIMIT", 1 << 40)
        return verify(network, **options)


def in_steps(network, **options):
    """Verify as a network is that is too deep."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stepping, "STEPS_LIMIT", 0)
        return verify(network, **options)


def planted(network, position, kind):
    """Return the network with a layer that reads other cells than its parameters say."""
    node = network.nodes[position]
    other = window(1, 1, 1, 1) if kind == "shifted" else window(2, 1, 1, 0)
    changed = tuple(other @ axis if isinstance(axis, Taps) else axis for axis in node.taps)
    nodes = list(network.nodes)
    nodes[position] = msgspec.structs.replace(node, taps=changed, lone=())
    return msgspec.structs.replace(network, nodes=tuple(nodes))


@settings(max_examples=40, deadline=None)
@given(networks(), st.integers(0, 2**16))
def test_random_networks_are_confirmed_in_steps(network, seed):
    assume(any(network.behind(0)[1:]))
    found = in_steps(network, seed=seed, positions=3)
    assert found.ok, found.refutations
    assert not found.skipped
    behind = network.behind(0)
    names = [node.name for i, node in enumerate(network.nodes) if i and behind[i]]
    assert {check.layer for check in found.checks} == {*names}
    summed = [check.layer for check in found.checks if check.kind == "every"]
    assert summed == (names if any(check.source for check in found.checks) else [])


@settings(max_examples=60, deadline=None)
@given(networks(), st.sampled_from(["shifted", "wider"]), st.data())
def test_a_planted_fault_is_refuted_in_steps_by_the_name_that_all_ways_find(network, kind, data):
    behind = network.behind(0)
    own = [i for i, n in enumerate(network.nodes) if behind[i] and not isinstance(n.layer, Input)]
    assume(own)
    position = data.draw(st.sampled_from(own))
    wrong = planted(network, position, kind)
    try:
        expected = at_once(wrong, positions=3).refutations
    except RfcalcError:
        assume(False)
    found = in_steps(wrong, positions=3)
    if expected:
        assert expected[0].layer == network.nodes[position].name
        assert found.refutations[0].layer == network.nodes[position].name
    assert all(one.layer == network.nodes[position].name for one in found.refutations if one.source)


@settings(max_examples=40, deadline=None)
@given(networks(), st.data())
def test_every_layer_that_counts_differ_in_is_refuted_by_its_sums(network, data):
    """All outputs, cell by cell, by the exact counts of both sides."""
    from rfcalc import numpy_backend
    from rfcalc.path_counts import paths

    behind = network.behind(0)
    own = [i for i, n in enumerate(network.nodes) if behind[i] and not isinstance(n.layer, Input)]
    assume(own)
    wrong = planted(network, data.draw(st.sampled_from(own)), "shifted")
    differ = set()
    for position in own:
        size = wrong.nodes[position].size
        ats = list(np.ndindex(*size))
        assume(len(ats) <= 200)
        counted = dict(numpy_backend.counts(wrong, [(position, at) for at in ats]))
        name = wrong.nodes[position].name
        if any((paths(wrong, name, at=at).counts != counted[n]).any() for n, at in enumerate(ats)):
            differ.add(name)
    found = sums.compare_sums(wrong, 0, own, np.random.default_rng(0))
    assert {one.layer for one in found} == differ


def test_a_deep_chain_is_compared_layer_by_layer_and_whole_at_its_halves():
    found = verify(deep())
    assert found.ok
    assert found.exact
    whole = [c.layer for c in found.checks if not c.source and c.kind != "every"]
    assert [*dict.fromkeys(whole)] == [f"conv{n}" for n in (1, 3, 6, 12, 25, 50, 100)]
    assert [(c.layer, c.source) for c in found.checks if c.source][::5] == [
        (f"conv{n}", f"conv{n - 1}") for n in range(2, 101)
    ]
    assert "the network is deep: each layer is compared from what it reads" in found.notes[0]
    assert "7 layers from 'input'" in found.notes[0]


def test_a_network_that_is_not_deep_is_compared_from_the_source():
    found = verify(deep(12))
    assert found.notes == ()
    assert {check.source for check in found.checks} == {""}


@pytest.mark.usefixtures("uncached")
def test_the_one_wrong_layer_of_a_deep_chain_is_named(monkeypatch):
    network = planted(deep(), 61, "shifted")
    found = verify(network, positions=2)
    first = found.refutations[0]
    assert (first.layer, first.source) == ("conv61", "conv60")
    assert {one.layer for one in found.refutations if one.source} == {"conv61"}
    rest = {one.layer for one in found.refutations if not one.source}
    assert rest == {f"conv{n}" for n in range(61, 101)}

    def too_far(layer, n, axis):
        return window(layer.kernel[axis], 1, 2, layer.pads(n, axis)[0])

    monkeypatch.setattr(Conv, "taps", too_far)
    assert {one.layer for one in verify(deep(), positions=2).refutations} == {
        f"conv{n}" for n in range(1, 101)
    }


@pytest.mark.parametrize("what", ["mask", "paths"])
def test_what_goes_wrong_on_the_way_alone_is_refuted_at_the_halves(monkeypatch, what):
    module = import_module("rfcalc.verification.run")
    right = getattr(module, what)

    def wrong(network, layer, source, at):
        away = network.index(layer, 0) - network.index(source, 0)
        return right(network, layer, source, [(at[0] + 1) % 40] if away > 20 else at)

    monkeypatch.setattr(module, what, wrong)
    found = verify(deep(), positions=1)
    assert {one.layer for one in found.refutations} == {"conv25", "conv50", "conv100"} or (
        what == "mask" and {one.layer for one in found.refutations} <= {"conv25", "conv50"}
    )


def test_sums_beyond_the_limits_are_skipped_and_said(monkeypatch):
    def declining(*_):
        raise fail("RF409", "too many sums")

    monkeypatch.setattr(sums, "compare_sums", declining)
    found = verify(deep(), positions=1)
    assert found.ok
    assert not found.exact
    assert found.skipped == (("conv100", "too many sums"),)


def test_another_output_that_a_cell_reaches_is_told():
    network = planted(deep(12), 5, "shifted")
    cells = [(20,), (0,), (39,)]
    found = sums.compare_reach(network, 0, range(1, 13), cells, np.random.default_rng(0))
    assert (found[0].layer, found[0].what, found[0].position) == ("conv5", "reached", (15,))
    assert found[0].differences == (Difference((20,), 0, 1),)
