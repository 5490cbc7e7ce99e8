"""Is the evenness of a long chain, taken from its spectrum, that of its path counts?"""

from math import prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.gridding.measures import measures
from rfcalc.spec import read_text


def net(text):
    return read_text(text, "net.yaml")


def even_of(network, written):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rfcalc.gridding.evenness.WRITTEN_LIMIT", 1 << 27 if written else -1)
        return measures(network, 0, network.output).evenness


LAYER = st.tuples(st.integers(1, 5), st.integers(1, 6), st.integers(1, 3))


@settings(max_examples=15)
@given(st.integers(1, 2), st.lists(LAYER, min_size=1, max_size=6), st.booleans())
def test_evenness_from_the_spectrum_is_that_of_the_counts(dims, chain, turned):
    layers = [f"{{kernel: {k}, dilation: {d}, stride: {s}}}" for k, d, s in chain]
    if turned:
        layers.insert(1, "flip")
    network = net(f"dims: {dims}\ninput: 400\nlayers: [{', '.join(layers)}]")
    assume(prod(k for k, _, _ in chain) > 1)
    exact, found = even_of(network, True), even_of(network, False)
    assert (found.least, found.most, found.total) == (exact.least, None, exact.total)
    assert found.assumed == ("path counts: most not told, of too many cells or digits",)
    assert exact.assumed == ()
    assert found.cv == pytest.approx(exact.cv, abs=1e-6)
    assert found.center == pytest.approx(exact.center, abs=1e-9)
    assert found.squares == exact.squares
    assert (found.leak, found.deviation) == (exact.leak, exact.deviation)


def test_what_is_wider_than_a_spectrum_may_be_is_counted_where_its_paths_are_few(monkeypatch):
    monkeypatch.setattr("rfcalc.gridding.spectra.EXTENT_LIMIT", 1000)
    network = net("dims: 1\nlayers: [{kernel: 4, dilation: 1000}, {kernel: 4, dilation: 7}]")
    assert even_of(network, False) == even_of(network, True)
    assert even_of(network, True).total == 16


@pytest.mark.parametrize("layer", ["%s", "{residual: [%s]}"], ids=["chain", "residual"])
def test_no_number_of_thousands_of_digits_is_told_of_a_deep_network(layer):
    """65^1400 paths and more: Python writes integers of up to 4,300 digits."""
    layer %= "{kernel: 65, dilation: 2}"
    network = net(f"dims: 1\nlayers: [{{repeat: {{times: 1400, layers: [{layer}]}}}}]")
    even = measures(network, 0, network.output).evenness
    assert (even.most, even.total) == (None, None)
    assert "total not told" in " ".join(even.assumed)
    assert even.leak[0]["1/2"] == pytest.approx(1)
