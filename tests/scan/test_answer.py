"""Does the line of one item say what its network is, or in one short line why not?"""

import os

import pytest

from rfcalc.errors import LimitExceeded, NeedsSize
from rfcalc.scan import Item
from rfcalc.scan.answer import LONGEST, answer
from rfcalc.scan.line import readable

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

    monkeypatch.setattr("rfcalc.scan.answer.load", load)
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
