"""Does `ops` list what the readers handle, and does every row say how?"""

import json

import pytest

from rfcalc.importers.tables import FRAMEWORKS, table


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_operator_says_how_it_is_read(framework):
    rows = table(framework)
    assert len(rows) > 50
    assert len({row.name for row in rows}) == len(rows)
    for row in rows:
        assert row.how, row
        assert "\n" not in row.how


@pytest.mark.parametrize(
    ("framework", "name", "kind"),
    [
        ("torch", "conv2d", "window"),
        ("onnx", "Conv", "window"),
        ("keras", "Conv2D", "window"),
        ("tflite", "CONV_2D", "window"),
    ],
)
def test_a_convolution_is_a_window(run, framework, name, kind):
    status, out, err = run("ops", framework, "--format", "json")
    assert (status, err) == (0, "")
    found = {row["name"]: row["kind"] for row in json.loads(out)["operators"]}
    assert found[name] == kind


def test_a_part_of_a_name_chooses(run):
    status, out, _ = run("ops", "torch", "conv_transpose", "--format", "csv")
    assert status == 0
    assert [line.split(",")[0] for line in out.splitlines()[1:]] == [
        "conv_transpose1d",
        "conv_transpose2d",
        "conv_transpose3d",
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("conv3d", "1 operator of torch is handled"),
        ("conv_transpose", "3 operators of torch are handled"),
    ],
)
def test_the_list_ends_in_how_many_are_handled(run, name, told):
    assert run("ops", "torch", name)[1].splitlines()[-1] == told


def test_what_is_refused_is_counted_beside_what_is_handled(run):
    rows = table("torch")
    refused = sum(row.kind == "refused" for row in rows)
    total = f"{len(rows) - refused:,} operators of torch are handled, {refused} refused by name"
    assert run("ops", "torch")[1].splitlines()[-1] == total


def test_an_operator_that_nobody_knows_is_said_so(run):
    status, out, err = run("ops", "torch", "conv9d")
    assert (status, out) == (2, "")
    assert err.startswith("RF501 no operator of torch with 'conv9d' in its name is handled")
