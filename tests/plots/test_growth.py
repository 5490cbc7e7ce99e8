"""Do the growth plots hold the numbers of the networks?"""

import pytest
from typer.testing import CliRunner

from rfcalc import plots
from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.plots.curves import curve


def test_a_curve_is_the_growth_by_depth():
    found = curve(load("k3,k3s2,k3d2,k5"))
    assert found.layers == ("input", "conv1", "conv2", "conv3", "conv4")
    assert found.depth == (0, 1, 2, 3, 4)
    assert found.rf == (1, 3, 5, 13, 21)
    assert found.jump == (1, 1, 2, 2, 2)
    assert found.density == (1, 1, 1, 1, 1)
    assert found.deviation[4] == pytest.approx(((8 + 8 + 16 * 8 + 4 * 24) / 12) ** 0.5)


def test_a_residual_network_has_one_point_per_depth():
    found = curve(load("zoo:resnet50"))
    assert list(found.depth) == sorted(set(found.depth))
    assert found.rf[-1] == 427
    assert list(found.rf) == sorted(found.rf)


def test_the_lines_of_the_figure_are_the_curves():
    networks = [load("k3,k3d2,k3d9"), load("k5,k5,k5s2")]
    figure = plots.growth_plot(networks, dpi=60)
    for number, network in enumerate(networks):
        wanted = curve(network)
        rf, jump, density, wide = (axes.lines[number].get_xydata().T for axes in figure.axes)
        assert (list(rf[0]), list(rf[1])) == (list(wanted.depth), list(wanted.rf))
        assert list(jump[1]) == list(wanted.jump)
        assert list(density[1]) == list(wanted.density)
        assert (list(wide[0]), list(wide[1])) == (list(wanted.rf), list(wanted.deviation))
    words = [text.get_text() for text in figure.legends[0].get_texts()]
    assert words == ["k3,k3d2,k3d9", "k5,k5,k5s2"]


def test_the_command_writes_a_plot_and_refuses_what_it_cannot(tmp_path):
    path = tmp_path / "a.svg"
    result = CliRunner().invoke(app, ["growth", "k3,k3d2", "k5", "-o", str(path)])
    assert result.exit_code == 0, result.output
    assert path.read_text().startswith("<?xml")
    crowd = ["k3"] * 8
    result = CliRunner().invoke(app, ["growth", *crowd, "-o", str(tmp_path / "b.png")])
    assert isinstance(result.exception, RfcalcError)
    assert [p.name for p in tmp_path.iterdir()] == ["a.svg"]


def test_every_network_is_in_the_legend_whatever_its_name(tmp_path):
    files = [tmp_path / f"{n}.yaml" for n in range(2)]
    for file, name in zip(files, ["_net", "$x$"], strict=True):
        file.write_text(f"name: {name}\nlayers: [{{kernel: 3}}]")
    figure = plots.growth_plot([load(file) for file in files], dpi=60)
    words = figure.legends[0].get_texts()
    assert [text.get_text() for text in words] == ["_net", "$x$"]
    assert not any(text.get_parse_math() for text in words)


def test_layers_that_see_everything_are_counted_where_they_are_not_drawn(tmp_path):
    network = load("k3,k3,k3")
    assert curve(network).left == 0
    path = tmp_path / "a.png"
    result = CliRunner().invoke(app, ["growth", "zoo:efficientnet-b0", "-o", str(path)])
    left = curve(load("zoo:efficientnet-b0")).left
    assert left > 50
    assert f"{left} layers of 'efficientnet-b0' see everything and are not drawn" in result.stderr
    (heading,) = [plots.growth_plot([load("zoo:efficientnet-b0")], dpi=60).get_suptitle()]
    assert f"without {left} layers that see everything" in " ".join(heading.split())


def test_dilated_stages_are_shaded_between_their_depths_by_what_they_sample():
    spans = {net: curve(load(net)).stages for net in ("k3,k3d2,k3d5", "k3,k3s2,k3d2,k3d4,k3", "k3")}
    assert spans["k3,k3d2,k3d5"] == ((0, 3, False),)
    ((low, high, holes),) = spans["k3,k3s2,k3d2,k3d4,k3"]
    assert (low, high) == (2, 5)
    assert not holes
    assert spans["k3"] == ()
    assert curve(load("k3s2,k3d2,k3d2")).stages == ((1, 3, True),)


def test_what_is_the_same_everywhere_has_no_plot_and_is_said():
    figure = plots.growth_plot([load("k3,k3,k3")], dpi=60)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [
        "(a) receptive field",
        "(b) effective width: standard deviation of the energy",
    ]
    (heading,) = [" ".join(figure.get_suptitle().split())]
    assert "jump 1 throughout; density 1 throughout" in heading


def test_the_jump_goes_in_steps_and_every_layer_is_marked_or_none():
    figure = plots.growth_plot([load("k3,k3s2,k3,k3s2")], dpi=60)
    assert figure.axes[1].lines[0].get_drawstyle() == "steps-post"
    assert all(axes.lines[0].get_marker() == "o" for axes in figure.axes)
    assert all(axes.lines[0].get_markevery() is None for axes in figure.axes)
    deep = plots.growth_plot([load(",".join(["k3"] * 60))], dpi=60)
    assert all(axes.lines[0].get_marker() == "None" for axes in deep.axes)


@pytest.mark.parametrize("size", [2.0, 3.3, 7.0])
def test_no_plot_lies_over_another_or_over_the_heading(size):
    figure = plots.growth_plot([load("k3,k3s2,k3d2,k3d2,k3s2"), load("k5,k3s4,k7d3")], size=size)
    figure.draw_without_rendering()
    boxes = [axes.get_tightbbox() for axes in figure.axes]
    for number, one in enumerate(boxes):
        assert one.x0 >= 0
        assert one.x1 <= figure.bbox.width
        assert not any(one.overlaps(other) for other in boxes[:number])
    (words,) = [text for text in figure.texts if text is figure._suptitle]
    assert all(words.get_window_extent().y0 >= box.y1 for box in boxes)


def test_bare_plots_have_neither_heading_nor_legend():
    networks = [load("k3,k3d2,k3d9"), load("k5,k5,k5s2")]
    figure = plots.growth_plot(networks, dpi=60, bare=True)
    assert not figure.legends
    assert not figure.get_suptitle()
    assert not plots.growth_plot(networks, dpi=60, title="").get_suptitle()


def test_lengths_are_times_where_a_rate_is_given():
    networks = [load("k3,k3d2,k3d4", dims=1), load("k5,k5s2", dims=1)]
    plain, timed = (plots.growth_plot(networks, rate=rate, dpi=60) for rate in (None, 500))
    for one, two in zip(plain.axes, timed.axes, strict=True):
        by_field = one.get_xlabel() == "field, cells"
        assert (one.get_ylabel(), two.get_ylabel()) == ("cells", "ms")
        for cells, times in zip(one.lines, two.lines, strict=True):
            along = 2 * cells.get_xdata() if by_field else cells.get_xdata()
            assert list(times.get_xdata()) == list(along)
            assert list(times.get_ydata()) == list(2 * cells.get_ydata())
    alone = plots.growth_plot([load("k3,k3d2", dims=1)], rate=16000)
    assert "jump 0.0625 ms throughout" in " ".join(alone.get_suptitle().split())
    for chain, source in (("k3,k3d2", None), ("k3,k3s2", "conv1")):
        with pytest.raises(RfcalcError, match="`rate=`"):
            plots.growth_plot([load(chain, dims=1 if source else 2)], source=source, rate=16000)


@pytest.mark.parametrize("command", ["growth", "report"])
def test_a_rate_that_nothing_can_be_done_with_is_refused(tmp_path, command):
    path = tmp_path / ("a.png" if command == "growth" else "a.html")
    for words in (["k3,k3d2", "--rate", "16k"], ["k3,k3d2", "--dims", "1", "--rate", "fast"]):
        result = CliRunner().invoke(app, [command, *words, "-o", str(path)])
        assert isinstance(result.exception, RfcalcError)
        assert not path.exists()
    words = [command, "k3,k3d2", "--dims", "1", "--rate", "16k"]
    assert CliRunner().invoke(app, [*words, "-o", str(path)]).exit_code == 0
    if command == "growth":
        assert "-o" in str(CliRunner().invoke(app, words).exception.diagnostics[0].message)
