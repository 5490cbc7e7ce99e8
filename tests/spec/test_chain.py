"""Is a chain typed in place the file that it abbreviates?"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from inline_snapshot import snapshot

from rfcalc.errors import FAULT_LIMIT, RfcalcError
from rfcalc.spec import read_inline
from tests.spec.reading import net


def test_a_chain_is_a_network():
    found = read_inline("k3,k3d2p0,k5s2,k3x5d1x2")
    assert found.dims == 2
    assert [n.layer.kernel for n in found.nodes[1:]] == [(3, 3), (3, 3), (5, 5), (3, 5)]
    assert found.nodes[2].layer.padding == ((0, 0), (0, 0))
    assert found.nodes[3].layer.stride == (2, 2)
    assert found.nodes[4].layer.dilation == (1, 2)
    assert read_inline("k3", (32,)).dims == 1
    assert read_inline("k3x3x3").dims == 3


@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.integers(1, 3), st.integers(1, 9), st.integers(0, 9)),
        min_size=1,
        max_size=6,
    )
)
def test_a_chain_is_the_file_that_it_abbreviates(layers):
    chain = ",".join(f"k{k}s{s}d{d}p{p}" for k, s, d, p in layers)
    text = [{"kernel": k, "stride": s, "dilation": d, "padding": p} for k, s, d, p in layers]
    one, two = read_inline(chain), net(json.dumps(text))
    assert [n.layer for n in one.nodes] == [n.layer for n in two.nodes]


@pytest.mark.parametrize(
    ("chain", "code"),
    [
        ("k3,,k3", "RF115"),
        ("k3,k", "RF115"),
        ("k3q2", "RF115"),
        ("k3s2s2", "RF115"),
        ("k0", "RF105"),
        ("k3d0", "RF105"),
        ("k999999999999", "RF105"),
        ("k3x3,k3x3x3", "RF106"),
        ("k3x", "RF115"),
        ("k" + "9" * 5000, "RF115"),
    ],
)
def test_a_chain_that_does_not_read_is_refused(chain, code):
    with pytest.raises(RfcalcError) as caught:
        read_inline(chain)
    assert {fault.code for fault in caught.value.diagnostics} == {code}


def test_every_fault_of_a_chain_is_told_with_its_place():
    with pytest.raises(RfcalcError) as caught:
        read_inline("k3,x,k3,k0")
    assert str(caught.value) == snapshot(
        """\
<chain>:1:4: RF115 'x' is not a layer
  1 | k3,x,k3,k0
    |    ^
    = help: write k3, k3s2, k3d2p2 or, per axis, k3x5d1x2; k3pcausal, maxpool2, avgpool2, up2
<chain>:1:9: RF105 'kernel' is 0
  1 | k3,x,k3,k0
    |         ^^
    = help: it takes 1 to 65,536\
"""
    )


def test_of_many_faults_the_first_hundred_are_told():
    with pytest.raises(RfcalcError) as caught:
        read_inline(",".join(["x"] * 1000))
    assert len(caught.value.diagnostics) == FAULT_LIMIT


@pytest.mark.parametrize("word", ["valid", "same", "same_lower", "causal"])
def test_a_word_of_padding_is_that_of_a_file(word):
    one = read_inline(f"k4s2d3p{word},k3p{word}", (40,))
    layers = [{"kernel": 4, "stride": 2, "dilation": 3}, {"kernel": 3}]
    text = {"input": [40], "layers": [layer | {"padding": word} for layer in layers]}
    two = net(json.dumps(text))
    assert [n.layer for n in one.nodes] == [n.layer for n in two.nodes]
    assert [n.taps for n in one.nodes] == [n.taps for n in two.nodes]
