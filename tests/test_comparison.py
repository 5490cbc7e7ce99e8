"""Are networks shown side by side as they are alone, layers matched by name and by place?"""

import csv
import io
import json

import pytest
from msgspec import structs
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.comparison import compare
from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
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
    for number, column in enumerate(zip(*pairs(compare(networks[:2])), strict=True)):
        assert [name for name in column if name is not None] == names[number]
    # The third contradicts the order of the others: every layer still stands once.
    for number, column in enumerate(zip(*pairs(compare(networks)), strict=True)):
        assert sorted(name for name in column if name is not None) == sorted(names[number])


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


def pairs(found):
    """The names of every layer in each network, ``None`` where it is missing."""
    return [tuple(row and row.name for row in layer.rows) for layer in found.layers]


def renamed(network):
    """The same network, every layer by another name."""
    nodes = tuple(
        structs.replace(node, name=f"x{n}.{node.layer.op}") for n, node in enumerate(network.nodes)
    )
    return structs.replace(network, nodes=nodes, aliases={})


@pytest.mark.parametrize(
    "name", ["resnet50", "unet", "deeplabv3-resnet50", "densenet121", "wavenet", "tcn"]
)
def test_layers_of_other_names_are_found_in_their_places(name):
    """A network beside itself under other names: every layer finds itself."""
    network = load(f"zoo:{name}")
    found = compare([network, renamed(network)])
    names = [
        tuple(n.name for n in two)
        for two in zip(network.nodes, renamed(network).nodes, strict=True)
    ]
    assert sorted(pairs(found)) == sorted(names[1:])
    assert len(found.placed) == len(network.nodes) - 1
    assert not found.differing


def test_branches_that_come_in_another_order_are_told_apart_by_what_reads_them():
    """Two 1x1 convolutions see the same; one leads to a 3x3, the other to the sum."""
    first = chain(
        "{kernel: 1, from: input, name: way}",
        "{kernel: 3, name: mid}",
        "{kernel: 1, from: input, name: side}",
        "{op: add, from: [mid, side], name: sum}",
    )
    second = chain(
        "{kernel: 1, from: input, name: shortcut}",
        "{kernel: 1, from: input, name: one}",
        "relu",
        "{kernel: 3, name: two}",
        "{op: add, from: [shortcut, two], name: end}",
    )
    for networks in ([first, second], [second, first]):
        found = {tuple(sorted(p, key=str)) for p in pairs(compare(networks)) if None not in p}
        assert found == {("one", "way"), ("mid", "two"), ("shortcut", "side"), ("end", "sum")}


@pytest.mark.parametrize("most", [10**6, 0])
def test_layers_that_are_all_alike_are_paired_as_they_come(most, monkeypatch):
    """Behind a layer that sees everything all see alike; those of one order are many pairs."""
    monkeypatch.setattr("rfcalc.comparison.places.PAIR_LIMIT", most)
    whole = ["{global_pool: {name: %s}}", *["{kernel: 1, name: %s}"] * 6]
    first, second = (chain(*(one % f"{w}{n}" for n, one in enumerate(whole))) for w in "pq")
    found = pairs(compare([first, second]))
    assert found == [(f"p{n}", f"q{n}") for n in range(7)]


def test_names_go_before_places():
    """Both have a layer 'a': they stand together, though another layer agrees with each."""
    first = chain("{kernel: 3, name: a}", "{kernel: 3, name: b}")
    second = chain("{kernel: 3, name: c}", "{kernel: 3, name: a}")
    assert sorted(pairs(compare([first, second])), key=str) == [
        ("a", "a"),
        ("b", None),
        (None, "c"),
    ]


@pytest.mark.parametrize(
    "other",
    [
        "{kernel: 3, dilation: 2, name: y}",
        "{kernel: 5, name: y}",
        "{kernel: 3, stride: 2, name: y}",
        "{maxpool: {kernel: 3, stride: 1, name: y}}",
    ],
)
def test_what_does_not_agree_is_in_no_common_place(other):
    first, second = chain("{kernel: 3, name: x}"), chain(other)
    assert pairs(compare([first, second])) == [("x", None), (None, "y")]


def test_sizes_belong_to_a_place_where_inputs_agree():
    """A padding of 0 sees the same field from the same jump, on a smaller map."""

    def of(pad, name, size):
        text = f"dims: 1\ninput: [{size}]\nlayers:\n  - {{kernel: 3, padding: {pad}, name: {name}}}"
        return net(text)

    assert pairs(compare([of(1, "x", 9), of(1, "y", 9)])) == [("x", "y")]
    assert pairs(compare([of(1, "x", 9), of(0, "y", 9)])) == [("x", None), (None, "y")]
    assert pairs(compare([of(1, "x", 9), of(1, "y", 12)])) == [("x", "y")]


def test_three_networks_are_matched_by_name_and_by_place():
    own = [
        chain("{kernel: 3, name: a}", "{kernel: 5, name: b}"),
        chain("{kernel: 3, name: x}", "relu", "{kernel: 5, name: y}"),
        chain("{kernel: 3, name: x}", "{kernel: 5, name: q}", "{kernel: 7, name: z}"),
    ]
    found = compare(own)
    assert pairs(found) == [
        ("a", "x", "x"),
        (None, "relu1", None),
        ("b", "y", "q"),
        (None, None, "z"),
    ]
    assert [layer.placed for layer in found.layers] == [True, False, True, False]


def test_layers_stand_beside_each_other_in_the_table():
    found = compare([load("zoo:unet"), renamed(load("zoo:unet"))], ["one", "two"])
    title = "layers of other names in the same place"
    for width in (None, 40):
        table = tables(comparison_document(found, width=width))[title]
        heads = [column.head for column in table.columns]
        if width is None:
            assert heads[:2] == ["layer one", "layer two"]
            assert [row[:2] for row in table.rows] == pairs(found)
        else:
            assert heads[:2] == ["layer", "network"]
            told = [row[0] for row in table.rows]
            assert told == [name for pair in pairs(found) for name in pair]
    text = run("zoo:unet", "zoo:unet").stdout
    assert title not in text


def test_the_names_of_a_place_are_told_as_data():
    data = json.loads(run("k3,k3d2", "zoo:yu-koltun-context-basic", "-f", "json").stdout)
    for layer in data["layers"]:
        held = [row["name"] for row in layer["networks"] if row is not None]
        assert layer["placed"] == (len({*held}) > 1)
        assert layer["name"] == held[0]


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
