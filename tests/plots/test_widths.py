"""Is a figure no wider than asked for, whatever it shows, and do its words end inside?"""

import pytest

import rfcalc
from rfcalc.loading import load

CASES = {
    "one layer": ("k3,k3d2,k3d9", 2, {}),
    "a strip": ("k3,k3d2,k3d9", 1, {}),
    "counts of a strip": ("k3,k3d2,k3d9", 1, {"what": "paths"}),
    "energy of a wide strip": ("k3s4,k9s4,k9s4,k9", 1, {"what": "erf"}),
    "sections and a run": ("k3,k3d2,k3d4", 3, {}),
    "sections of counts": ("k3,k3d2,k3d4", 3, {"what": "paths"}),
    "sections of energy": ("k3,k3d2,k3d4", 3, {"what": "erf"}),
    "sections far out": ("k3s4,k9s4,k9", 3, {}),
    "energy": ("zoo:srcnn", 2, {"what": "erf"}),
    "energy far out": ("k3s4,k9s4,k9s4,k9s4,k9", 2, {"what": "erf"}),
    "layers of one frame": ("k3,k3d2,k3d4,k3d8", 2, {"all_layers": True, "letters": True}),
    "layers": ("zoo:vgg16", 2, {"all_layers": True}),
    "layers of counts": ("zoo:unet", 2, {"all_layers": True, "what": "paths"}),
    "layers in sections": ("k3,k3d2,k3d4", 3, {"all_layers": True}),
    "beside": ("k3d2,k3d2,k3d2", 2, {"compare": "zoo:srcnn", "what": "paths"}),
    "connections": ("k3,k3d2,k3d4", 1, {"connections": True}),
}


@pytest.mark.parametrize("size", [3.3, 7.0])
@pytest.mark.parametrize("case", CASES)
def test_a_figure_is_no_wider_than_asked_for_and_holds_its_words(case, size):
    net, dims, asked = CASES[case]
    network = load(net, dims=dims) if net[0] == "k" else net
    figure = rfcalc.heatmap(network, size=size, **asked)
    wide = figure.get_figwidth() * figure.dpi
    assert wide <= size * figure.dpi + 1
    figure.draw_without_rendering()
    for text in figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= wide + 1, text.get_text()


def test_panels_in_one_column_wide_figures_are_large_enough_to_be_seen():
    """A picture of 24 layers has as many columns as its width has room for, not six."""
    columns = {}
    for size in (3.3, 7.0):
        figure = rfcalc.heatmap("zoo:vgg16", all_layers=True, size=size)
        pictures = [axes.get_position() for axes in figure.axes if axes.images]
        columns[size] = len({round(place.x0, 3) for place in pictures})
        assert min(place.width * size for place in pictures) > 0.4
    assert columns[3.3] < columns[7.0]
