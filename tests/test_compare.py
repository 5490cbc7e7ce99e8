"""Are networks shown side by side as they are alone, their layers matched by name?"""

import csv
import io
import json

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.compare import compare
from rfcalc.errors import RfcalcError
from rfcalc.growth import growth
from rfcalc.loading import load
from rfcalc.render.compare import comparison_document
from rfcalc.render.document import Table
from rfcalc.report import analyze
from tests.brute import net


def run(*words):
    return CliRunner().invoke(app, ["compare", *map(str, words)])


def chain(*layers):
    return net("dims: 1\nlayers:\n" + "".join(f"  - {layer}\n" for layer in layers))


def test_each_network_reads_as_it_does_alone():
    networks = [load(f"zoo:{name}") for name in ("unet", "fcn-resnet50", "resnet50")]
    found = compare(networks)
    for report, network in zip(found.reports, networks, strict=True):
        assert report.verdict == analyze(network).verdict
    for number, network in enumerate(networks):
        rows = {row.name: row for row in growth(network).rows[1:]}
        shown = {m.name: m.rows[number] for m in found.layers if m.rows[number] is not None}
        assert {name: (row.rf, row.cells) for name, row in shown.items()} == {
            name: (row.rf, row.cells) for name, row in rows.items()
        }


def test_layers_match_by_name_and_differ_by_what_they_see():
    first = chain("{kernel: 3, name: a}", "{kernel: 3, name: b}", "{kernel: 3, name: c}")
    second = chain("{kernel: 3, name: a}", "{kernel: 3, dilation: 2, name: b}", "{relu: {name: d}}")
    found = compare([first, second], ["x", "y"])
    assert [(m.name, m.everywhere, m.differs) for m in found.layers] == [
        ("a", True, False),
        ("b", True, True),
        ("c", False, False),
        ("d", False, False),
    ]
    assert found.alike == 1
    assert [m.name for m in found.differing] == ["b"]


def test_a_mask_with_the_same_box_but_other_cells_differs():
    full, holed = chain("{kernel: 5}"), chain("{kernel: 3, dilation: 2}")
    assert [m.name for m in compare([full, holed]).differing] == ["conv1"]


def test_layers_of_either_network_stand_in_its_own_order():
    names = (list("abcdef"), list("abxcyf"), list("fzab"))
    networks = [chain(*(f"{{kernel: 3, name: {name}}}" for name in own)) for own in names]
    order = [m.name for m in compare(networks[:2]).layers]
    assert sorted(order) == sorted({*names[0], *names[1]})
    for own in names[:2]:
        assert [name for name in order if name in own] == own
    # The third contradicts the order of the others: every name still stands once.
    order = [m.name for m in compare(networks).layers]
    assert len(order) == len(set(order)) == len({name for own in names for name in own})


def test_equal_names_are_told_apart():
    network = load("k3,k3")
    assert compare([network, network, load("k5")], ["a", "a", "b"]).labels == ("a#1", "a#2", "b")


def test_one_network_is_none_to_compare():
    with pytest.raises(RfcalcError, match="RF406 there is 1 network to compare"):
        compare([load("k3")])


def test_networks_of_unlike_axes_compare():
    result = run("k3,k3d2", "zoo:wavenet", "zoo:unet3d")
    assert result.exit_code == 0
    assert "wavenet" in result.stdout


def tables(document):
    return {part.title: part for part in document.parts if isinstance(part, Table)}


def test_what_agrees_in_every_row_is_shown_once():
    found = compare([load("zoo:fcn-resnet50"), load("zoo:resnet50")])
    table = tables(comparison_document(found))["layers of one name that differ"]
    heads = [column.head for column in table.columns]
    assert heads == ["layer", "op", "rf", "jump fcn-resnet50", "jump resnet50", "density", "hole"]
    for row, matched in zip(table.rows, found.differing, strict=True):
        assert row[0] == matched.name
        assert row[2] == str(matched.rows[0].rf[0])
        assert row[3:5] == tuple(str(r.jump[0]) for r in matched.rows)


def test_where_columns_do_not_fit_networks_stand_below_each_other():
    found = compare([load("k3,k3d2"), load("k3,k3d5"), load("k3,k3d9")])
    wide = tables(comparison_document(found))["layers of one name that differ"]
    narrow = tables(comparison_document(found, width=40))["layers of one name that differ"]
    assert len(wide.rows) == 1
    assert [row[:2] for row in narrow.rows] == [
        ("conv2", "k3,k3d2"),
        ("", "k3,k3d5"),
        ("", "k3,k3d9"),
    ]
    assert [row[3] for row in narrow.rows] == ["7", "13", "21"]


def test_all_shows_layers_without_a_counterpart():
    found = compare([load("k3"), load("k3,k3")])
    assert "layers" not in tables(comparison_document(found))
    assert [row[0] for row in tables(comparison_document(found, True))["layers"].rows] == [
        "conv1",
        "conv2",
    ]


def test_the_formats_hold_the_same_numbers():
    words = ["k3,k3d2", "k3,k3d5"]
    data = json.loads(run(*words, "-f", "json").stdout)
    assert [n["label"] for n in data["networks"]] == words
    assert [n["layers"][-1]["rf"] for n in data["networks"]] == [[7, 7], [13, 13]]
    assert [m["differs"] for m in data["layers"]] == [False, True]
    assert [n["cells"] for n in data["layers"][1]["networks"]] == [49, 81]
    rows = list(csv.DictReader(io.StringIO(run(*words, "-f", "csv").stdout)))
    assert [row["rf"] for row in rows] == ["7", "13"]
    assert [row["gridded"] for row in rows] == ["0", "1"]
    markdown = run(*words, "-f", "markdown").stdout
    assert "| k3,k3d5 | - | 2 | conv2 | 13 | 1 | -6 | 0.479 | 2 | 1 | 1 | RG101 RG105 |" in markdown


def test_every_bad_network_is_told_at_once(tmp_path):
    result = run("zoo:resnet51", "k3", tmp_path / "none.yaml")
    assert [d.code for d in result.exception.diagnostics] == ["RF117", "RF112"]


def test_a_layer_that_one_network_lacks_is_refused():
    result = run("zoo:resnet50", "zoo:vgg16", "--layer", "layer3")
    assert result.exception.diagnostics[0].code == "RF401"
    rows = json.loads(
        run("zoo:resnet50", "zoo:resnet101", "--layer", "layer3", "-f", "json").stdout
    )
    assert "layer3" in rows["networks"][0]["verdict"]


def test_a_number_that_tells_equal_names_apart_is_no_name_of_another():
    networks = [load("k3"), load("k5"), load("k7")]
    assert compare(networks, names=["a", "a", "a#1"]).labels == ("a#2", "a#3", "a#1")
    with pytest.raises(RfcalcError, match="RF406 3 networks have 1 name"):
        compare(networks, names=["a"])
