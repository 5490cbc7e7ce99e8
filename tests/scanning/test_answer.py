"""Does the line of one item say what its network is, or in one short line why not?"""

import os

import msgspec
import pytest

from rfcalc.errors import LimitExceeded, NeedsSize
from rfcalc.loading import load
from rfcalc.render.report_data import report_data
from rfcalc.report import analyze
from rfcalc.scanning import Item
from rfcalc.scanning.answer import LONGEST, answer
from rfcalc.scanning.line import readable
from rfcalc.scanning.said import MOST

UP = "{upsample: {scale: 2}}"
NETS = {
    "k3,k3d2": ("exact", (7, 7), (1, 1), 3, False),
    "k3,k3d5": ("exact", (13, 13), (1, 1), 3, True),
    "k3s2,k5": ("exact", (11, 11), (2, 2), 3, False),
    f"layers: [{UP}, {UP}]": ("exact", (1, 1), (0.25, 0.25), 3, False),
    "input: [9, 9]\nlayers: [{upsample: {size: [9, 7]}}]": ("exact", (1, 1), (1, 9 / 7), 2, False),
    "layers: [{kernel: 3}, global_pool]": ("unbounded", (None, None), (None, None), 3, False),
    "assumed: [of one, of two]\nlayers: [{kernel: 3}]": ("assumed", (3, 3), (1, 1), 2, False),
}
SAID = {
    "unbounded": "sees the whole input through 'global_pool1'",
    "assumed": "of one; of two",
}


@pytest.fixture
def item(tmp_path, monkeypatch):
    """Make an item of a chain or of a network file's text."""
    monkeypatch.chdir(os.getcwd())

    def make(net, **options):
        if "layers" in net:
            (tmp_path / "net.yaml").write_text(net)
            net = "net.yaml"
        return Item(path="it", net=net, folder=str(tmp_path), **options)

    return make


@pytest.mark.parametrize("net", NETS)
def test_a_line_says_what_the_network_is(item, net):
    line = answer(item(net))
    status, rf, jump, nodes, gridded = NETS[net]
    assert (line.path, line.status, line.rf, line.jump) == ("it", status, rf, jump)
    assert (line.nodes, line.gridded) == (nodes, gridded)
    assert (line.message, line.code) == (SAID.get(status), None)
    assert line.seconds >= 0


def test_a_line_says_what_its_network_costs_where_every_layer_is_known(item):
    known = "{kernel: 3, out_channels: 8}, batchnorm, {kernel: 1, out_channels: 2}"
    head = "input: [16, 16]\nchannels: 3\nlayers: "
    line = answer(item(f"{head}[{known}]"))
    assert (line.parameters, line.macs) == (8 * 27 + 8 + 16 + 18, 16 * 16 * (8 * 27 + 16))
    line = answer(item(f"{head}[{known}, squeeze_excite]"))
    assert (line.parameters, line.macs) == (None, None)
    line = answer(item(f"{head}[{known}, squeeze_excite]"), ignore_global=True)
    assert (line.parameters, line.macs) == (None, None)
    line = answer(item("k3,k3"))
    assert (line.parameters, line.macs) == (None, None)


@pytest.mark.parametrize(
    "layers",
    ["{kernel: 3, stride: 2}, squeeze_excite, {kernel: 3}", "{kernel: 5}, global_pool, flatten"],
)
def test_what_is_local_is_what_is_read_when_global_layers_are_left_aside(item, layers):
    net = item(f"layers: [{layers}]")
    line, left = answer(net), answer(net, ignore_global=True)
    assert line.rf == (None, None)
    assert (line.local.rf, line.local.jump) == (left.rf, left.jump)
    assert left.local is None
    assert answer(item("k3,k3")).local is None


def test_an_item_has_its_own_input_and_may_leave_global_layers_aside(item):
    net = item("layers: [{kernel: 3}, {op: conv, kernel: 5, padding: 0}]", input=((4, 4),))
    line = answer(net)
    assert (line.status, line.code) == ("refused", "RF301")
    assert line.message.startswith("line 1: 'conv2' (conv): its kernel spans 5 cells")
    line = answer(item("layers: [{kernel: 3}, global_pool, {kernel: 1}]"), ignore_global=True)
    assert (line.status, line.rf) == ("assumed", (3, 3))
    assert "global_pool1" in line.message


def test_an_item_whose_folder_has_gone_is_looked_for_where_the_process_is(tmp_path):
    here = os.getcwd()
    item = Item(path="it", net="k3", folder=str(tmp_path / "gone"))
    assert (answer(item).status, os.getcwd()) == ("exact", here)


def test_a_fault_without_a_place_is_told_without_one(item):
    line = answer(item("zoo:nosuch"))
    assert (line.status, line.code, line.rf) == ("refused", "RF117", None)
    assert not line.message.startswith("line")


@pytest.mark.parametrize(
    ("fault", "status", "code", "message"),
    [
        (LimitExceeded("too many\n  boxes"), "refused", "RF305", "too many boxes"),
        (NeedsSize("it depends on the size"), "refused", "RF304", "it depends on the size"),
        (MemoryError(), "memory", None, "there was not enough memory"),
        (SystemExit(3), "crashed", None, "SystemExit: 3"),
        (KeyboardInterrupt(), "crashed", None, "KeyboardInterrupt: "),
        (RecursionError("deep \ud800 down"), "crashed", None, "RecursionError: deep \\ud800 down"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_is_raised_ends_in_the_line(item, monkeypatch, fault, status, code, message):
    def load(*_, **__):
        raise fault

    monkeypatch.setattr("rfcalc.scanning.answer.load", load)
    line = answer(item("k3"))
    assert (line.status, line.code, line.message) == (status, code, message.strip())


def test_a_long_message_is_cut(item):
    line = answer(item(f"assumed: ['{'x' * 3 * LONGEST}']\nlayers: [{{kernel: 3}}]"))
    assert line.message == "x" * LONGEST + " .."


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("net.yaml", "net.yaml"),
        ("層.yaml", "層.yaml"),
        (os.fsdecode(b"caf\xe9.yaml"), "caf\\xe9.yaml"),
        ("half \ud83d.yaml", "half \\ud83d.yaml"),
    ],
)
def test_every_name_is_written_as_text(name, written):
    assert readable(name) == written
    assert written.encode()


@pytest.mark.parametrize(
    "name", ["espnet", "hrnet", "retinanet", "efficientnet-b0", "unet", "deeplabv3-multigrid"]
)
def test_a_line_holds_what_an_analysis_says(item, name):
    line = msgspec.to_builtins(answer(item(f"zoo:{name}")))
    data = report_data(analyze(load(f"zoo:{name}")))
    told = msgspec.json.decode(msgspec.json.encode(data, enc_hook=float))
    assert len(line["outputs"]) == len(told["outputs"]) == line["counts"]["outputs"]
    for mine, theirs in zip(line["outputs"], told["outputs"], strict=True):
        for key in ("output", "source", "depends", "holes"):
            assert mine[key] == theirs[key]
        for key in ("rf", "start", "end", "jump"):
            assert list(mine[key]) == theirs[key]
        assert mine["density"] == pytest.approx(theirs["density"], abs=1e-6)
        causes = theirs["unbounded"]
        told_causes = causes and [one and (one["by"], one["side"]) for one in causes]
        assert told_causes == (mine["unbounded"] and list(mine["unbounded"]))
    assert len(line["stages"]) == len(told["stages"]) == line["counts"]["stages"]
    for mine, theirs in zip(line["stages"], told["stages"], strict=True):
        for key in ("source", "target", "holes", "rim_only", "sublattices", "input_holes"):
            assert mine[key] == theirs[key], key
        assert [list(r) if isinstance(r, tuple) else r for r in mine["dilations"]] == theirs[
            "dilations"
        ]
        assert len(mine["runs"]) == len(theirs["runs"])
        for run, other in zip(mine["runs"], theirs["runs"], strict=True):
            assert (run["source"], run["target"]) == (other["source"], other["target"])
            assert run["sublattices"] == other["sublattices"]
    codes = [(one["code"], one["layer"]) for one in line["findings"]]
    assert codes == [(one["code"], one["layer"]) for one in told["findings"]]


def test_a_line_stays_short_and_says_how_much_there_is(item):
    heads = ", ".join(f"{{kernel: {n}, from: input, name: h{n}}}" for n in range(1, MOST + 9))
    line = answer(item(f"layers: [{heads}]"))
    assert len(line.outputs) == MOST
    assert line.counts["outputs"] == MOST + 8
