"""Are the lines of a connection diagram the cells that each layer reads?"""

from fractions import Fraction
from itertools import pairwise

import pytest
from matplotlib.colors import to_hex

from rfcalc import plots
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.plots.connections import levels

torch = pytest.importorskip("torch")


def stack(layers):
    """Cells per layer that an output far from the borders depends on, by PyTorch's gradients."""
    torch.manual_seed(0)
    modules = [torch.nn.Conv1d(1, 1, k, stride=s, dilation=d) for k, s, d in layers]
    signal = torch.rand(1, 1, 400, dtype=torch.double, requires_grad=True)
    values = [signal]
    for module in modules:
        torch.nn.init.uniform_(module.weight, 0.5, 1.0)
        values.append(module.double()(values[-1]))
    for value in values[1:]:
        value.retain_grad()
    values[-1][0, 0, 3].backward()
    return [value.grad[0, 0].nonzero()[:, 0].tolist() for value in values]


@pytest.mark.parametrize(
    "layers",
    [[(2, 1, 1), (2, 1, 2), (2, 1, 4)], [(3, 1, 1), (3, 2, 1), (3, 1, 2)], [(3, 1, 2)] * 3],
    ids=str,
)
def test_the_cells_of_every_row_are_those_with_a_gradient(layers):
    chain = ",".join(f"k{k}s{s}d{d}p0" for k, s, d in layers)
    wanted = stack(layers)
    found = levels(load(chain, dims=1))
    assert len(found) == len(layers) + 1
    for row, cells in zip(found, wanted, strict=True):
        assert [n - row.used[0] for n in row.used] == [n - cells[0] for n in cells]


def test_the_dark_lines_join_what_the_output_depends_on():
    network = load("k2,k2d2,k2d4", dims=1)
    rows = levels(network)
    figure = plots.connections(network, dpi=60)
    (axes,) = figure.axes
    dark = [one for one in axes.collections if to_hex(one.get_color()[0]) == "#0b3d91"]
    joined = [
        {tuple(map(float, end)) for segment in one.get_segments() for end in segment}
        for one in dark
    ]
    assert len(joined) == 3
    for height, ends in enumerate(joined):
        low, high = rows[height], rows[height + 1]
        wanted = {(float(n * low.jump), float(height)) for n in low.used}
        wanted |= {(float(n * high.jump), float(height + 1)) for n in high.used}
        assert ends == wanted
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["input", "conv1", "conv2, dilation 2", "conv3, dilation 4"]
    assert axes.get_xlabel() == "position (cells)"


@pytest.mark.parametrize("size", [3.3, 7])
@pytest.mark.parametrize("rate", [None, 100, 16_000, 44_100])
@pytest.mark.parametrize("chain", ["k3", "k3,k3d2,k3d4", "k2pcausal,k2d2pcausal,k2d4pcausal"])
def test_no_tick_runs_into_the_next(size, rate, chain):
    told = None if rate is None else Fraction(rate)
    figure = plots.connections(load(chain, dims=1), size=size, rate=told)
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_xticklabels()]
    assert boxes
    assert all(left.x1 < right.x0 for left, right in pairwise(boxes))


def test_time_is_told_in_milliseconds():
    axes = plots.connections(load("k3,k3d2,k3d4", dims=1), rate=1000, bare=True).axes[0]
    assert axes.get_xlabel() == "time (ms)"
    assert not axes.figure.get_suptitle()


@pytest.mark.parametrize(
    ("net", "dims", "words"),
    [
        ("k3", None, "2 axes"),
        ("k3,k501", 1, "400 have room"),
        (",".join(["k3"] * 30), 1, "24 have room"),
    ],
)
def test_what_has_no_room_or_no_single_axis_is_a_diagnostic(net, dims, words):
    with pytest.raises(RfcalcError, match=words):
        levels(load(net, dims=dims))


def test_branches_that_go_around_a_row_are_refused(tmp_path):
    file = tmp_path / "n.yaml"
    file.write_text(
        "dims: 1\nlayers:\n- {kernel: 1, name: a}\n- {kernel: 3, dilation: 2, name: b}\n"
        "- {kernel: 3, dilation: 5, from: a, name: c}\n- add: {from: [b, c]}\n"
    )
    with pytest.raises(RfcalcError) as caught:
        levels(load(file))
    assert caught.value.diagnostics[0].code == "RF406"


@pytest.mark.parametrize(
    ("net", "layer"),
    [(",".join(["k3"] * 30), "conv24"), (",".join(f"k2d{2**n}" for n in range(10)), "conv8")],
)
def test_where_the_whole_has_no_room_the_deepest_layer_that_has_is_named(net, layer):
    with pytest.raises(RfcalcError, match=f"`layer='{layer}'`"):
        levels(load(net, dims=1))
    assert levels(load(net, dims=1), layer)
