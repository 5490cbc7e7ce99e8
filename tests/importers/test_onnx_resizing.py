"""Do the rarer coordinates, ratios and regions of ONNX resizes read the cells of the reference?"""

import pytest

from tests.importers.onnx_oracle import constant, differences, model, node, refusal, weights, whole

SHAPE = (1, 1, 6)


def by(*scales):
    return constant("s", [1, 1, *scales])


def scaled(scale, shape=SHAPE, opset=18, **attributes):
    scales = by(*scale) if isinstance(scale, tuple) else by(scale)
    return model([node("Resize", ["x", "", "s"], **attributes)], shape, [scales], opset=opset)


def sized(*sizes, shape=SHAPE, opset=18, **attributes):
    full = whole("n", *sizes) if "axes" in attributes else whole("n", 1, 1, *sizes)
    return model([node("Resize", ["x", "", "", "n"], **attributes)], shape, [full], opset=opset)


def region(low, high, size, mode="linear", **attributes):
    """The cells from ``low`` to ``high`` of 9, both as parts of the axis."""
    resize = node(
        "Resize", ["x", "roi", "", "n"], mode=mode,
        coordinate_transformation_mode="tf_crop_and_resize", **attributes,
    )  # fmt: skip
    roi = constant("roi", [0, 0, low, 1, 1, high])
    return model([resize], [1, 1, 9], [roi, whole("n", 1, 1, size)], opset=18)


SQUARE = (1, 1, 4, 6)
PLANE = {"shape": SQUARE, "mode": "linear"}
CASES = {
    "symmetric, twice": scaled(
        2.0, mode="linear", coordinate_transformation_mode="half_pixel_symmetric"
    ),
    "symmetric, a part more": scaled(
        1.4, mode="linear", coordinate_transformation_mode="half_pixel_symmetric"
    ),
    "a region": region(0.25, 0.75, 3),
    "a region finer": region(0.25, 0.75, 9),
    "a region askew": region(0.25, 0.75, 6),
    "a region, nearest": region(0.25, 0.75, 6, mode="nearest"),
    "a region beyond the end": region(0.625, 1.375, 7),
    "a region before the start": region(-0.5, 0.25, 7),
    "a region around": region(-0.25, 1.25, 25),
    "one cell of a region": region(0.25, 0.5, 1),
    "a place of a region": region(0.25, 0.375, 1),
    "all of it as a region": region(0.0, 1.0, 9),
    "a point of the axis, repeated": region(0.5, 0.5, 4),
    "a place between two cells, repeated": region(0.4375, 0.4375, 3),
    "smoothed": scaled(0.5, mode="linear", antialias=1),
    "smoothed to a third, from the first cell on": scaled(
        1 / 3, mode="linear", antialias=1, coordinate_transformation_mode="asymmetric"
    ),
    "smoothed to the corners": sized(
        4, mode="linear", antialias=1, coordinate_transformation_mode="align_corners"
    ),
    "smoothed by cubics": scaled(0.5, mode="cubic", antialias=1),
    "smoothed to a part": scaled(0.7, mode="linear", antialias=1),
    "one cell for all": sized(1, mode="linear"),
    "not larger": sized(8, 9, mode="linear", shape=SQUARE, axes=[2, 3],
                        keep_aspect_ratio_policy="not_larger"),
    "not smaller": sized(2, 6, mode="nearest", shape=SQUARE, axes=[2, 3],
                         keep_aspect_ratio_policy="not_smaller"),
    "unlike along the axes": scaled((2.0, 1.5), **PLANE),
    "one axis known, one not": scaled(
        (2.0, 1.4), shape=SQUARE, mode="linear", coordinate_transformation_mode="asymmetric"
    ),
    "both known, in two ways": scaled(
        (1.0, 1.4), shape=SQUARE, mode="linear", coordinate_transformation_mode="asymmetric"
    ),
    "a half by its size, a third by its ratio": sized(9, 2, shape=SQUARE, mode="nearest"),
    "resized before opset 11": model(
        [node("Resize", ["x", "s"], mode="linear")], SHAPE, [by(2.5)], opset=10
    ),
    "upsampled": model([node("Upsample", ["x", "s"])], SHAPE, [by(2)], opset=9),
    "upsampled by attributes": model(
        [node("Upsample", ["x"], scales=[1.0, 1.0, 3.0], mode="nearest")], SHAPE, opset=7
    ),
    "upsampled smoothly": model(
        [node("Upsample", ["x", "s"], mode="linear")], SHAPE, [by(2)], opset=9
    ),
    "a resized constant beside it": model(
        [node("Resize", ["k", "", "s"], "m"), node("Add", ["x", "m"])],
        SHAPE, [by(3), weights("k", 1, 1, 2)], opset=18,
    ),
}  # fmt: skip
OLD = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
SPELLED = {
    "upsampled": scaled(2, **OLD),
    "upsampled by attributes": scaled(3, **OLD),
    "resized before opset 11": scaled(
        2.5, mode="linear", coordinate_transformation_mode="asymmetric"
    ),
    "upsampled smoothly": scaled(2, mode="linear", coordinate_transformation_mode="asymmetric"),
}


def shape(made):
    return tuple(d.dim_value for d in made.graph.input[0].type.tensor_type.shape.dim)


@pytest.mark.parametrize("case", CASES)
def test_it_reads_the_cells_of_the_reference(case, tmp_path):
    made = CASES[case]
    network, wrong = differences(made, shape(made), tmp_path, spelled=SPELLED.get(case))
    assert (wrong, network.assumed) == ([], ())


@pytest.mark.parametrize(
    "made",
    [sized(9, mode="cubic", coordinate_transformation_mode="asymmetric"),
     region(0.25, 0.75, 3, mode="cubic")],
    ids=["asymmetric", "a region"],
)  # fmt: skip
def test_a_cubic_resize_that_meets_cells_says_what_it_takes_for_read(made, tmp_path):
    network, wrong = differences(made, shape(made), tmp_path)
    assert all(not missing for _, _, missing in wrong)
    assert network.assumed == ("resize: cubic weights that are zero taken for read",)


@pytest.mark.parametrize(
    ("made", "code", "said"),
    [
        (scaled(0.1), "RF502", "scales ['1', '1', '1/10'] leave nothing of [1, 1, 6]"),
        (sized(2, 3), "RF502", "it has sizes [1, 1, 2, 3] for 3 dimensions"),
        (scaled(2.0, mode="lanczos"), "RF502", "a resize in mode 'lanczos' is not known"),
        (scaled(2.0, nearest_mode="up"), "RF502", "no rounding 'up'"),
        (scaled(2.0, coordinate_transformation_mode="polar"), "RF502", "in coordinates 'polar'"),
        (region(0.8, 0.2, 3), "RF502", "a region that runs backwards"),
        (region(2.0, 3.0, 3), "RF509", "no output depends on an input"),
        (region(2.0, 2.0, 3), "RF509", "no output depends on an input"),
    ],
)
def test_what_no_resize_has_is_said_so(made, code, said, tmp_path):
    told = refusal(made, tmp_path)
    assert told.code == code
    assert said in told.message
