"""Are pictures figures of matplotlib, and do they live on axes of any figure?"""

import numpy as np
import pytest
from matplotlib.figure import Figure, SubFigure

import rfcalc

NET = "k3,k3d2,k3d9"
PICTURES = {
    "heatmap": lambda **more: rfcalc.heatmap(NET, **more),
    "growth": lambda **more: rfcalc.growth(NET, "k3,k3s2", **more),
    "graph": lambda **more: rfcalc.graph("zoo:unet", **more),
}


def axes_of_three():
    return Figure(figsize=(9, 3), layout="constrained").subplots(1, 3)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_a_figure_that_shows_itself(name: str):
    found = PICTURES[name]()
    assert isinstance(found, Figure)
    assert found._repr_png_().startswith(b"\x89PNG")


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_lives_on_axes_of_any_figure(name: str):
    axes = axes_of_three()
    places = [ax.get_position(original=True).bounds for ax in axes]
    assert PICTURES[name](ax=axes[1]) is axes[0].figure
    assert axes[1].has_data() or axes[1].collections
    assert not axes[0].has_data()
    assert [ax.get_position(original=True).bounds for ax in axes] == places
    axes[0].figure.canvas.draw()


def test_axes_of_a_part_of_a_figure_give_the_whole():
    figure = Figure()
    part = figure.subfigures(1, 2)[0]
    assert isinstance(part, SubFigure)
    assert rfcalc.heatmap(NET, ax=part.add_subplot()) is figure


@pytest.mark.parametrize(
    "asked", [{}, {"at": (0, 3), "input": (31, 29)}, {"layer": "conv2"}, {"phase": 0}]
)
def test_the_image_on_axes_is_the_mask_in_cells_of_the_source(asked: dict[str, object]):
    """Each cell of the mask is dark where the image, asked at that cell, is dark."""
    found = rfcalc.mask(NET, **asked)
    axes = axes_of_three()[0]
    rfcalc.heatmap(NET, ax=axes, **asked)
    dark = np.array([0x1B, 0x3A, 0x6B])
    for cell in np.ndindex(found.shape):
        row, column = (at + start for at, start in zip(cell, found.start, strict=True))
        assert pixel_at(axes.images[0], row, column, dark) == found.array()[cell]


def pixel_at(image, row, column, colour):
    """Whether an image has a colour at a place of its axes."""
    left, right, bottom, top = image.get_extent()
    cells = image.get_array()
    y = int((row - top) / (bottom - top) * cells.shape[0])
    x = int((column - left) / (right - left) * cells.shape[1])
    return bool((cells[y, x, :3] == colour).all())


@pytest.mark.parametrize("what", ["paths", "erf"])
def test_the_last_image_on_axes_holds_the_counts(what: str):
    axes = axes_of_three()[0]
    figure = rfcalc.heatmap(NET, what=what, ax=axes)
    counts = np.asarray(rfcalc.export(NET, what=what))
    drawn = axes.images[-1].get_array()
    np.testing.assert_array_equal(drawn.filled(0), counts)
    np.testing.assert_array_equal(drawn.mask, counts == 0)
    assert axes.images[-1].norm.vmax == counts.max()
    figure.colorbar(axes.images[-1], ax=axes)


def test_one_axis_is_a_strip_and_three_are_a_section():
    axes = axes_of_three()
    rfcalc.heatmap(rfcalc.chain(NET, dims=1), ax=axes[0])
    rfcalc.heatmap(rfcalc.chain("k3,k3d2", dims=3), ax=axes[1])
    assert axes[0].images[0].get_array().shape[:2] == (1, 25)
    assert axes[1].images[0].get_array().shape[:2] == (7, 7)
    assert axes[1].get_aspect() == 1


def test_a_large_field_on_axes_is_drawn_in_blocks():
    axes = axes_of_three()
    rfcalc.heatmap("k3d2048,k3d2049", ax=axes[0])
    assert max(axes[0].images[0].get_array().shape[:2]) <= 4 * 2048 + 4


@pytest.mark.parametrize("what", ["rf", "jump", "density", "deviation"])
def test_growth_on_axes_has_a_line_per_network(what: str):
    axes = axes_of_three()
    rfcalc.growth([NET, "k3,k3s2"], what=what, ax=axes[2])
    assert len(axes[2].lines) == 2
    words = [text.get_text() for text in axes[2].get_legend().get_texts()]
    assert words == [NET, "k3,k3s2"]


def test_growth_gives_the_fields_of_the_report():
    axes = axes_of_three()
    rfcalc.growth(NET, ax=axes[0])
    rows = rfcalc.analyze(NET).rows
    assert axes[0].lines[0].get_ydata().tolist() == [row.rf[0] for row in rows]


def test_a_graph_is_a_text_where_a_language_is_named():
    assert rfcalc.graph(NET, format="dot").startswith("digraph")
    assert "flowchart" in rfcalc.graph(NET, format="mermaid")


def test_a_graph_has_a_row_per_layer_and_a_line_per_connection():
    found = rfcalc.graph("zoo:unet-same", every=True)
    network = rfcalc.load("zoo:unet-same")
    (axes,) = found.axes
    assert len(axes.lines) == len(network.nodes)
    drawn = sum(len(collection.get_paths()) for collection in axes.collections)
    assert drawn == sum(len(node.inputs) for node in network.nodes)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"ax": "axes"}, "ax is of type str"),
        ({"cmap": 3}, "cmap is of type int"),
        ({"what": "masks"}, "`what=` is 'masks'"),
        ({"scale": "decades"}, "`scale=` is 'decades'"),
        ({"cmap": "virids"}, "viridis"),
        ({"all_layers": True, "connections": True}, "`connections=` and `all_layers=`"),
        ({"all_layers": True, "at": 3}, "`at=` and `phase=`"),
        ({"own_scale": True}, "`own_scale=`"),
        ({"rate": "fast"}, "rate"),
        ({"dpi": 1}, "dpi"),
    ],
)
def test_what_cannot_be_drawn_names_its_parameter(asked: dict[str, object], told: str):
    with pytest.raises((rfcalc.RfcalcError, TypeError)) as caught:
        rfcalc.heatmap(NET, **asked)
    assert told in str(caught.value)


def test_a_field_of_several_panels_has_no_place_on_one_axis():
    axes = axes_of_three()
    with pytest.raises(rfcalc.RfcalcError, match="`compare=` is given with `ax=`"):
        rfcalc.heatmap(NET, compare="k3", ax=axes[0])
    assert not axes[0].has_data()


def test_several_networks_stand_side_by_side():
    one, other = rfcalc.heatmap(NET), rfcalc.heatmap(NET, compare=["k3,k3d2", "k3,k5"])
    assert len(other.axes) > len(one.axes)


def test_an_effective_field_and_an_animation_are_pictures(tmp_path):
    found = rfcalc.figures.effective(rfcalc.erf(NET))
    assert isinstance(found, Figure)
    rfcalc.figures.save(found, tmp_path / "a.svg")
    assert "<svg" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    data = rfcalc.figures.animation("k3,k3d2", out=tmp_path / "a.gif")
    assert (tmp_path / "a.gif").read_bytes() == data
