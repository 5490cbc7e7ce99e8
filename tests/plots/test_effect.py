"""Does the curve of --effect hold the shares, the overheads and the halo that is set?"""

import numpy as np
import pytest
from typer.testing import CliRunner

from rfcalc import plots
from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.tiling.answer import answer


def drawn(text, share, tile=32, **style):
    """The figure of a network, its lines by label, and the answer."""
    found = answer(load(text), tile=tile, effect=share)
    figure = plots.effect_plot(found.practical, found.plan, **style)
    lines = {}
    for axes in figure.axes:
        for line in axes.lines:
            lines.setdefault(line.get_label(), []).append(line.get_xydata().tolist())
    return figure, lines, found


def binomial_tail(layers, cells):
    """Share of the square root of the energy beyond ``cells`` of a chain of box kernels of 3."""
    line = np.ones(1)
    for _ in range(layers):
        line = np.convolve(line, np.ones(3))
    # Of a chain the energy is a product of axes, and so is its square root.
    root = np.sqrt(line)
    return root[: max(0, layers - cells)].sum() / root.sum()


def test_the_curve_holds_the_share_beyond_each_halo_and_its_overhead():
    figure, lines, found = drawn("k3,k3,k3,k3", 0.05, dpi=60)
    (curve,) = lines["effect beyond the halo"]
    assert [x for x, _ in curve] == [0, 1, 2, 3, 4]
    np.testing.assert_allclose([y for _, y in curve], [binomial_tail(4, n) for n in range(5)])
    (costs,) = lines["overhead of tiles of 32x32"]
    np.testing.assert_allclose(
        costs, [[n, 100 * (1 - 32**2 / (32 + 2 * n) ** 2)] for n in range(5)]
    )
    ((mark,),) = lines["halo set"]
    assert mark == [found.practical.chosen.halo[0][0], found.practical.chosen.outside]
    assert mark[1] <= 0.05 < curve[int(mark[0]) - 1][1]
    assert f"halo set: {int(mark[0])}" in " ".join(figure.get_suptitle().split())


def test_edges_that_differ_have_a_line_and_a_mark_each():
    _, lines, found = drawn("k3x7,k4x7,k4x7", 0.05, dpi=60)
    names = ["before, axis 0", "after, axis 0", "axis 1"]
    assert [name for name in lines if "axis" in name] == names
    chosen = found.practical.chosen.halo
    marks = [mark[0][0] for mark in lines["halo set"]]
    assert marks == [chosen[0][0], chosen[0][1], chosen[1][0]]
    for name, (axis, side) in zip(names, [(0, 0), (0, 1), (1, 0)], strict=True):
        assert [y for _, y in lines[name][0]] == list(found.practical.effects.edges[axis][side])


def test_a_halo_beyond_which_nothing_lies_is_marked_at_the_foot():
    figure, lines, _ = drawn("k3,k3", 0.0001, dpi=60)
    assert lines["halo set"] == [[[2, figure.axes[0].get_ylim()[0]]]]


@pytest.mark.parametrize("size", [3.0, 7.2])
@pytest.mark.parametrize("net", ["k3,k3,k3", "k3x7,k4x7,k4x7,k4s2"])
def test_nothing_lies_over_another(size, net):
    figure, _, _ = drawn(net, 0.05, size=size)
    figure.draw_without_rendering()
    box = figure.axes[0].get_tightbbox()
    assert figure.axes[0].bbox.height > 1.0 * figure.dpi
    assert box.x0 >= 0
    assert figure.axes[1].get_tightbbox().x1 <= figure.bbox.width
    assert figure.legends[0].get_window_extent().y1 <= box.y0 + 1
    assert figure._suptitle.get_window_extent().y0 >= box.y1 - 1


def test_bare_plots_have_neither_heading_nor_legend():
    figure, _, _ = drawn("k3,k3", 0.1, dpi=60, bare=True)
    assert not figure.legends
    assert not figure.get_suptitle()


@pytest.mark.parametrize(
    ("suffix", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")]
)
def test_the_command_writes_the_curve(tmp_path, suffix, magic):
    path = tmp_path / f"curve.{suffix}"
    shown = CliRunner().invoke(app, ["tile", "k3,k3d2", "--effect", "1%", "-o", str(path)])
    assert (shown.exit_code, shown.stdout) == (0, "")
    assert f"wrote {path}" in shown.stderr
    assert path.read_bytes().startswith(magic)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([], "RF408"),
        (["--effect", "1%", "--verify", "--input", "9,9"], "RF406"),
        (["--effect", "0"], "RF406"),
    ],
)
def test_a_picture_of_what_is_not_drawn_is_refused(tmp_path, words, code):
    path = tmp_path / "curve.png"
    shown = CliRunner().invoke(app, ["tile", "k3", *words, "-o", str(path)])
    assert isinstance(shown.exception, RfcalcError)
    assert str(shown.exception).startswith(code)
    assert not path.exists()
