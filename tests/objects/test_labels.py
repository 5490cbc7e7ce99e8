"""Are objects counted as their labels say? Against counting by hand, and published labels."""

import csv
import io
import json
from collections import Counter
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.objects import coco, files, read_objects, scaling, yolo

CENTS = st.integers(1, 90_000).map(lambda n: Fraction(n, 100))
IMAGE = st.tuples(st.integers(1, 2000), st.integers(1, 2000))
RULES = {
    None: lambda height, width: (1, 1),
    "300,500": lambda height, width: (Fraction(300, height), Fraction(500, width)),
    "letterbox:300,500": lambda height, width: (
        (min(Fraction(300, height), Fraction(500, width)),) * 2
    ),
    "short:800,1333": lambda height, width: (
        (min(Fraction(800, min(height, width)), Fraction(1333, max(height, width))),) * 2
    ),
}
"""What an image of a size is multiplied by, per axis, written anew."""


def told(number):
    """Return a fraction of hundredths as a decimal number."""
    return f"{number.numerator * 100 // number.denominator / 100:.2f}"


def read(tmp, name, text, dims=2, **rules):
    path = Path(tmp) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return read_objects(path, scaling(dims, **rules), dims)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(CENTS, CENTS, IMAGE), min_size=1, max_size=12),
    st.sampled_from(list(RULES)),
    st.tuples(st.integers(1, 1500), st.integers(1, 1500)),
)
def test_every_form_counts_what_a_field_holds(tmp_path_factory, boxes, rule, field):
    tmp = tmp_path_factory.mktemp("labels")
    scaled = [
        (height * factors[0], width * factors[1])
        for height, width, image in boxes
        for factors in [RULES[rule](*image)]
    ]
    share = Fraction(sum(h <= field[0] and w <= field[1] for h, w in scaled), len(boxes))
    said = {
        "images": [
            {"id": n, "height": image[0], "width": image[1]}
            for n, (_, _, image) in enumerate(boxes)
        ],
        "annotations": [
            {"image_id": n, "bbox": [1.5, 2, float(told(w)), float(told(h))], "segmentation": [[1]]}
            for n, (h, w, _) in enumerate(boxes)
        ],
    }
    rows = [["w", "h", "img_w", "img_h"]]
    rows += [[told(w), told(h), image[1], image[0]] for h, w, image in boxes]
    sheet = io.StringIO()
    csv.writer(sheet).writerows(rows)
    corners = "\n".join(
        f"{image[1]};{image[0]};0.25;7;{float(w + Fraction(1, 4)):.2f};{float(h + 7):.2f}"
        for h, w, image in boxes
    )
    corners = f"width;height;xmin;ymin;xmax;ymax\n{corners}\n"
    found = [
        read(tmp, "a.json", json.dumps(said), resize=rule),
        read(tmp, "b.csv", sheet.getvalue(), resize=rule),
        read(tmp, "c.csv", corners, resize=rule),
    ]
    whole = Counter(tuple(map(ceil, sides)) for sides in scaled)
    for one in found:
        assert dict(one.sides) == whole
        assert one.covered(field) == share
        assert one.count == len(boxes)
        need = one.needed(Fraction(1, 2))
        inside = [max(sides) <= need for sides in scaled]
        assert 2 * sum(inside) >= len(boxes)
        assert 2 * sum(max(sides) <= need - 1 for sides in scaled) < len(boxes)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 1000), st.integers(1, 1000)), min_size=1, max_size=9))
def test_yolo_sides_are_shares_of_the_image(tmp_path_factory, boxes):
    tmp = tmp_path_factory.mktemp("labels")
    for number, (height, width) in enumerate(boxes):
        line = f"3 0.5 0.5 {width / 1000:.3f} {height / 1000:.3f}\n"
        (tmp / f"{number}.txt").write_text(line if number % 2 else line.rstrip() + " 0.9\n")
    (tmp / "classes.txt").write_text("cat\n")
    (tmp / "none.txt").write_text("")
    found = read_objects(tmp, scaling(2, image=(480, 640)), 2)
    want = Counter((ceil(Fraction(h * 480, 1000)), ceil(Fraction(w * 640, 1000))) for h, w in boxes)
    assert dict(found.sides) == want
    assert found.images == len(boxes) + 1
    # Where images are stretched to the input, their own size does not matter.
    stretched = read_objects(tmp, scaling(2, resize=(480, 640)), 2)
    both = read_objects(tmp, scaling(2, resize=(480, 640), image=(77, 99)), 2)
    assert stretched.sides == both.sides == found.sides


def test_an_outline_counts_as_the_box_around_it(tmp_path):
    text = "0 0.1 0.2 0.4 0.25 0.3 0.7\n"
    found = read(tmp_path, "a.txt", text, image=(100, 1000))
    assert dict(found.sides) == {(50, 300): 1}
    assert found.form == "YOLO, boxes around 1 outline"


def test_the_first_box_of_coco_val2017_is_scaled_as_detectors_do(tmp_path):
    """Annotation 1768 of instances_val2017.json, by hand: 800 / 529 of 38.65 x 28.67."""
    said = {
        "images": [{"id": 289343, "width": 640, "height": 529, "file_name": "000000289343.jpg"}],
        "annotations": [
            {
                "segmentation": [[510.66, 423.01, 511.72, 420.03]],
                "area": 702.1057499999998,
                "iscrowd": 0,
                "image_id": 289343,
                "bbox": [473.07, 395.93, 38.65, 28.67],
                "category_id": 18,
                "id": 1768,
            }
        ],
    }
    plain = read(tmp_path, "a.json", json.dumps(said))
    assert dict(plain.sides) == {(29, 39): 1}
    assert plain.covered((29, 38)) == 0
    assert plain.covered((29, 39)) == 1
    scaled = read(tmp_path, "a.json", json.dumps(said), resize="short:800,1333")
    assert dict(scaled.sides) == {(44, 59): 1}
    assert (scaled.form, scaled.images) == ("COCO", 1)


def test_crowds_and_boxes_without_extent_are_left_out_and_told(tmp_path):
    said = [
        {"bbox": [0, 0, 5, 5], "iscrowd": 1},
        {"bbox": [0, 0, 0, 5]},
        {"caption": "no box"},
        {"bbox": [0, 0, 3, 5]},
    ]
    found = read(tmp_path, "results.json", json.dumps(said))
    assert dict(found.sides) == {(5, 3): 1}
    assert dict(found.omitted) == {"crowds": 1, "without a box": 1, "without extent": 1}


def test_a_side_is_no_float(tmp_path):
    """0.07 * 100 is 7.000000000000001 in floats, and no field of 7 would hold it."""
    found = read(tmp_path, "a.txt", "0 0.5 0.5 0.07 0.07\n", image=(100, 100))
    assert found.covered((7, 7)) == 1
    assert read_objects("0.1", scaling(1, scale="30"), 1).covered((3,)) == 1
    assert read_objects([0.1], scaling(1, scale=30), 1).covered((3,)) == 1


def test_axes_other_than_two_have_columns_of_their_own(tmp_path):
    volume = "depth,height,width\n4,5,6\n"
    assert dict(read(tmp_path, "a.csv", volume, dims=3).sides) == {(4, 5, 6): 1}
    assert dict(read(tmp_path, "a.tsv", "size\tname\n9\ta\n", dims=1).sides) == {(9,): 1}
    assert dict(read(tmp_path, "a.csv", "size\n9\n", dims=3).sides) == {(9, 9, 9): 1}
    assert dict(read_objects("3x4x5,6", scaling(3), 3).sides) == {(3, 4, 5): 1, (6, 6, 6): 1}


BAD = {
    "a.json": ["", "{", "[", '{"images": []}', '{"annotations": []}', '{"annotations": 3}', "3"]
    + [f'[{{"bbox": {box}}}]' for box in ("[1, 2, -3, 4]", "[1]", '"x"', "[1, 2, 1e99, 4]")],
    "a.txt": ["", "\n", "x", "0 0.5 0.5 0.5", "0 .5 .5 .5 1.5", "0 .5 .5 -.5 .5", "0 a b c d"],
    "b.txt": ["0 .5 .5 nan .5", "0 .1 .2 .3 .4 .5 .6 .7", "0 1 2 3 4 5 6 7 8", "img/a.jpg"],
    "a.csv": ["", "a,b\n1,2\n", "w,h\n", "w,h\n1,x\n", "w,h\n1\n", "w,h\n-1,2\n", "w,h\n1,inf\n"],
    "b.csv": ["xmin,ymin,xmax,ymax\n5,5,3,9\n", 'w,h\n"1,2\n', "w\n3\n"],
    "a.xml": ["<annotation/>"],
}


@pytest.mark.parametrize(("name", "text"), [(n, t) for n, texts in BAD.items() for t in texts])
def test_broken_labels_are_refused(tmp_path, name, text):
    with pytest.raises(RfcalcError) as caught:
        read(tmp_path, name, text, image=(100, 100))
    assert [fault.code for fault in caught.value.diagnostics] == ["RF470"]
    assert all(fault.help for fault in caught.value.diagnostics)


def test_a_fault_in_a_line_tells_its_place(tmp_path):
    with pytest.raises(RfcalcError) as caught:
        read(tmp_path, "a.txt", "0 .5 .5 .5 .5\n\n0 .5 .5 7 .5\n", image=(9, 9))
    at = caught.value.diagnostics[0].at
    assert at is not None
    assert (at.line, at.text) == (3, "0 .5 .5 7 .5")


def test_text_that_is_none_and_folders_without_labels_are_refused(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xff\xfe0")
    (tmp_path / "empty").mkdir()
    for name in ("a.txt", "empty", "none", "none.json", "x" * 5000, "a\0b.txt"):
        with pytest.raises(RfcalcError) as caught:
            read_objects(str(tmp_path / name), scaling(2, image=(9, 9)), 2)
        assert caught.value.diagnostics[0].code == "RF470", name


def test_the_size_of_an_image_is_asked_for_where_it_decides(tmp_path):
    line, sheet, box = "0 .5 .5 .5 .5\n", "w,h\n3,4\n", '[{"bbox": [1, 2, 3, 4], "image_id": 5}]'
    for name, text, rules in (
        ("a.txt", line, {}),
        ("a.txt", line, {"resize": "short:800"}),
        ("a.csv", sheet, {"resize": (9, 9)}),
        ("a.json", box, {"resize": (9, 9)}),
    ):
        with pytest.raises(RfcalcError) as caught:
            read(tmp_path, name, text, **rules)
        assert caught.value.diagnostics[0].code == "RF471"
        assert read(tmp_path, name, text, image=(20, 20), **rules).count == 1
    with pytest.raises(RfcalcError, match="RF471"):
        read_objects("12", scaling(2, resize=(9, 9)), 2)


def test_what_is_too_large_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(coco, "bytes_of", lambda path: files.bytes_of(path, 10))
    with pytest.raises(RfcalcError, match=r"RF470.*the limit is"):
        read(tmp_path, "a.json", '[{"bbox": [1, 2, 3, 4]}]')
    monkeypatch.setattr(yolo, "LABELS_LIMIT", 20)
    monkeypatch.setattr(yolo, "BLOCK", 10)
    for number in range(2):
        (tmp_path / f"labels{number}.txt").write_text("0 .5 .5 .5 .5\n")
    with pytest.raises(RfcalcError, match=r"RF470.*the limit is"):
        read_objects(tmp_path, scaling(2, image=(9, 9)), 2)
    (tmp_path / "another.txt").write_text("")
    with pytest.raises(RfcalcError, match=r"RF470.*more than 2 label files"):
        read_objects(tmp_path, scaling(2, image=(9, 9)), 2)
    with pytest.raises(RfcalcError, match=r"RF470.*characters"):
        read(tmp_path, "a.csv", "w,h\n3," + "4" * 70_000)


@pytest.mark.parametrize("sizes", ["", "0", "-3", "1,,2", "1x2x3", "3e30", [], [0], [(1, 2, 3)]])
def test_sizes_that_are_none_are_refused(sizes):
    with pytest.raises(RfcalcError) as caught:
        read_objects(sizes, scaling(2), 2)
    assert caught.value.diagnostics[0].code == "RF406"


@pytest.mark.parametrize(
    "rules",
    [
        {"scale": "0"},
        {"scale": "x"},
        {"scale": -1},
        {"scale": "1,2,3"},
        {"scale": "1e99"},
        {"scale": 2, "resize": (3, 3)},
        {"resize": "3"},
        {"resize": "0,3"},
        {"resize": "crop:3,3"},
        {"resize": "short:800,100"},
        {"resize": "short:1,2,3"},
        {"resize": (3,)},
        {"image": "3,x"},
        {"image": (0, 3)},
    ],
)
def test_a_scaling_that_cannot_be_is_refused(rules):
    with pytest.raises(RfcalcError) as caught:
        scaling(2, **rules)
    assert [fault.code for fault in caught.value.diagnostics] == ["RF406"]
