"""Do moments, waves and products of lines say what the energies say that are written out?"""

from cmath import exp
from math import log2, pi, prod, sin

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.energies import deviation, energy, leak
from rfcalc.energies.measured import center, spreads, squares, variation, waves
from rfcalc.energies.moments import moments
from rfcalc.errors import RfcalcError
from rfcalc.gridding.measures import measures
from rfcalc.loading import load
from rfcalc.report import analyze
from tests.brute import net

NETWORKS = {
    "chain": "layers: [{kernel: 3}, {kernel: [3, 5], dilation: [2, 3], stride: 2}, {kernel: 4}]",
    "residual": "layers: [{kernel: 3}, {residual: [{kernel: 3, dilation: 2}, {kernel: 3}]}, "
    "{maxpool: {kernel: 2}}, {residual: [{kernel: 5}]}]",
    "branches": "layers: [{parallel: {merge: concat, branches: [[{kernel: 1, out_channels: 8}], "
    "[{kernel: 3, dilation: 4, padding: [[4, 4], [1, 1]], out_channels: 24}], "
    "[{kernel: 2, padding: [0, 1]}, {kernel: 3, out_channels: 8}]]}}, {avgpool: {kernel: 3}}]",
    "one axis": "dims: 1\nlayers: [{kernel: 2, padding: causal}, {kernel: 3, stride: 3}]",
    "three axes": "dims: 3\nlayers: [{kernel: [1, 2, 3]}, {kernel: 3, dilation: [1, 2, 1]}]",
    "smoothed": "dims: 1\nlayers: [{kernel: 3}, {upsample: {scale: 0.5, mode: bicubic, "
    "antialias: true}}, {kernel: 3, dilation: 2}]",
    "to a size": "input: 32\nlayers: [{upsample: {size: 16, mode: linear}}, {kernel: 3}]",
    "turned": "input: 9\nlayers: [{kernel: 4, padding: 0}, flip, {kernel: 2, padding: 0}]",
}
PERIODS = (2, 3, 5)


@pytest.mark.parametrize("text", NETWORKS.values(), ids=NETWORKS)
def test_moments_and_waves_are_those_of_the_energies_at_every_layer(text):
    network = net(text)
    found = moments(network, 0, range(1, len(network.nodes)), PERIODS)
    assert set(found) == set(range(len(network.nodes)))
    for position, node in enumerate(network.nodes):
        known = energy(network, node.name)
        shares, told = known.array(), found[position]
        assert told.weight == pytest.approx(log2(known.total), abs=1e-12)
        for axis in range(network.dims):
            line = shares.sum(axis=tuple(a for a in range(network.dims) if a != axis))
            index = np.arange(len(line)) + known.start[axis]
            mean = line @ index
            assert told.mean[axis] == pytest.approx(mean, abs=1e-9)
            assert told.variance[axis] == pytest.approx(line @ (index - mean) ** 2, abs=1e-9)
            for n, period in enumerate(PERIODS):
                wave = sum(s * exp(-2j * pi * i / period) for s, i in zip(line, index, strict=True))
                assert told.waves[axis][n] == pytest.approx(wave, abs=1e-9)


def test_another_source_is_measured_in_its_own_cells():
    network = load("k3s2,k3d2,k3")
    found = moments(network, 1, [2, 3])
    assert found[3].variance[0] == pytest.approx((2 * 4 + 2) / 3)
    assert 0 not in found


def test_layers_with_phases_without_bounds_or_of_unlike_jumps_have_no_moments():
    every = range(1, 5)
    text = "layers: [{kernel: 3}, {op: upsample, scale: 2}, {kernel: 3}, relu]"
    assert set(moments(net(text), 0, every)) == {0, 1}
    assert set(moments(net("layers: [{kernel: 3}, global_pool, relu, relu]"), 0, every)) == {0, 1}
    text = (
        "dims: 1\ninput: 64\nlenient: true\nlayers:\n  - {kernel: 3, stride: 2, name: a}\n"
        "  - {crop: {before: 32}, from: input, name: b}\n  - {op: add, from: [a, b], name: c}\n"
        "  - {kernel: 3}\n"
    )
    assert sorted(moments(net(text), 0, every)) == [0, 1, 2]


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9)), min_size=1, max_size=6),
    st.integers(2, 9),
)
def test_the_leak_of_a_chain_is_the_product_of_its_layers_kernels_of_dirichlet(chain, period):
    network = load(",".join(f"k{k}d{d}" for k, d in chain))
    wanted = 1.0
    for k, d in chain:
        angle = pi * d / period
        wanted *= 1.0 if d % period == 0 else abs(sin(k * angle) / (k * sin(angle)))
    found = leak(network, 0, len(chain), [period])
    assert found == ({f"1/{period}": pytest.approx(wanted, abs=1e-12)},) * 2


def test_leak_and_deviation_of_a_network_with_phases_are_of_the_phase_that_is_asked_for():
    network = load("zoo:unet")
    for phase in ((0, 0), (3, 5)):
        shares = energy(network, phase=phase).array().sum(axis=1)
        index = np.arange(len(shares))
        wide = (shares @ (index - shares @ index) ** 2) ** 0.5
        assert deviation(network, 0, network.output, phase)[0] == pytest.approx(wide)
        wave = abs((shares * (-1.0) ** index).sum())
        assert leak(network, 0, network.output, [2], phase)[0]["1/2"] == pytest.approx(wave)


def test_what_has_no_field_has_no_leak():
    with pytest.raises(RfcalcError, match="RF404"):
        leak(load("k3"), 0, 0, []) and leak(net("layers: [linear]"), 0, 1, [2])
    with pytest.raises(RfcalcError, match="RF405"):
        leak(load("k3,k3"), 2, 1, [2])


BLOCKS = "dims: 2\nlayers: [{kernel: 3}%s]"


@settings(max_examples=12)
@given(st.lists(st.tuples(st.integers(2, 4), st.integers(1, 3)), min_size=1, max_size=3))
def test_products_of_lines_and_energies_cell_by_cell_are_the_same(blocks):
    layers = [f", {{residual: [{{kernel: [{k}, 3], dilation: {d}}}]}}" for k, d in blocks]
    network = net(BLOCKS % "".join(layers))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rfcalc.energies.pulling._boxes", lambda frame: 0)
        written = energy(network)
        patch.setattr("rfcalc.energies.pulling._boxes", lambda frame: 99)
        apart = energy(network)
    assert len(written.energies.boxes[0].factors) == 1
    assert len(apart.energies.boxes) > 1
    np.testing.assert_allclose(apart.array(), written.array(), rtol=1e-12)
    assert variation(apart) == pytest.approx(variation(written))
    assert center(apart) == pytest.approx(center(written))
    assert squares(apart, (50, 95, 99)) == squares(written, (50, 95, 99))
    assert spreads(apart) == pytest.approx(spreads(written))
    for one, other in zip(waves(apart, PERIODS), waves(written, PERIODS), strict=True):
        assert one == pytest.approx(other, abs=1e-12)


def test_the_centre_alone_is_left_out_where_products_are_too_large_to_be_written_out(monkeypatch):
    network = net("layers: [{residual: [{kernel: 400}]}]")
    known = measures(network, 0, network.output).evenness
    monkeypatch.setattr("rfcalc.energies.measured.CELLS_LIMIT", 1000)
    found = measures(network, 0, network.output).evenness
    assert known.center is not None
    assert found.center is None
    assert (found.cv, found.leak, found.squares) == (known.cv, known.leak, known.squares)


@pytest.mark.parametrize(
    ("layer", "total"),
    [
        ("{residual: [{kernel: 3, dilation: 2}]}", float("inf")),
        ("{avgpool: {kernel: 3, stride: 1}}", 0),
    ],
    ids=["residual", "average"],
)
def test_no_depth_overflows(layer, total):
    """2^1500 paths by shortcuts alone, and averages of 3^-1500: beyond every float."""
    network = net(f"dims: 1\nlayers: [{{repeat: {{times: 1500, layers: [{layer}]}}}}]")
    found = energy(network)
    assert found.total == total
    assert found.array().sum() == pytest.approx(1)
    assert spreads(found) == pytest.approx(deviation(network, 0, network.output))


@pytest.mark.parametrize("name", ["resnet101", "unet3d"])
def test_what_can_be_exported_can_be_measured(name):
    network = load(f"zoo:{name}")
    even = measures(network, 0, network.output).evenness
    assert even.cv > 1
    assert 0 < even.center <= 1
    assert even.squares[50] < even.squares[95] < even.squares[99]
    assert even.least is None
    assert even.total is None if name == "unet3d" else even.total == 49 * 9 * 10**33


def test_a_chain_of_360_layers_is_measured_exactly():
    network = load(",".join(["k3"] * 360))
    even = measures(network, 0, network.output).evenness
    line = [1]
    for _ in range(360):
        line = [sum(line[max(0, i - 2) : i + 1]) for i in range(len(line) + 2)]
    mean_square = sum(n * n for n in line) * len(line) / 3**720
    assert even.cv == pytest.approx((mean_square**2 - 1) ** 0.5, rel=1e-12)
    assert (even.least, even.most, even.total) == (1, max(line) ** 2, 3**720)
    assert even.deviation[0] == pytest.approx((360 * 8 / 12) ** 0.5, rel=1e-12)


def test_an_energy_that_cannot_be_made_tells_of_no_leak(monkeypatch):
    """Window attention has as many phases as its window: its energy has to be written out."""
    text = "layers: [{kernel: 3}, {window_attention: {window: 4}}, {kernel: 3, dilation: 2}]"
    assert analyze(net(text)).stages
    monkeypatch.setattr("rfcalc.energies.axes.CELLS_LIMIT", 4)
    report = analyze(net(text))
    assert prod(report.stages[0].measures.rf) > 4
    assert "RG104" not in {finding.code for finding in report.findings}
