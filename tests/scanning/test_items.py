"""What is scanned: networks and models alone, whatever else lies beside them."""

import os

import pytest

from rfcalc.architectures import zoo_names, zoo_text
from rfcalc.errors import RfcalcError
from rfcalc.scanning import listed
from rfcalc.scanning.content import is_network

OTHERS = {
    "compose": "services:\n  web:\n    image: nginx\n    add: [x]\n",
    "package": '{"name": "web", "dependencies": {"layers": "^1.0.0", "pad": "2"}}',
    "playbook": "- hosts: all\n  tasks:\n    - name: install\n      apt: {name: vim}\n",
    "map style": '{"version": 8, "layers": [{"id": "bg", "type": "background"}]}',
    "serverless": "service: api\nlayers:\n  common:\n    path: layer\n",
    "workflow": "name: tests\non: push\njobs:\n  a:\n    steps:\n      - uses: x\n",
    "empty": "",
    "a number": "3\n",
}
NETWORKS = {
    "a bare list": "- {kernel: 3}\n- relu\n",
    "JSON": '{"dims": 2, "layers": [{"op": "conv", "kernel": 3}]}',
    "a JSON list": '[{"kernel": 3}]',
    "a wrong op": "dims: 2\nlayers:\n  - {op: convv}\n",
    "no layers in the list": "layers: []\n",
    "a foreign key": "title: x\nlayers:\n  - {kernel: 3}\n",
    "cut short": '{"layers": [{"kernel": 3}, {"ker',
    "a mark at the start": "\ufefflayers:\n  - conv64\n",
    "Keras": '{"module": "keras", "class_name": "Sequential", "config": {}}',
}


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_something_else_is_no_network(name):
    assert not is_network(OTHERS[name].encode())


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_meant_as_a_network_is_one_with_its_faults(name):
    assert is_network(NETWORKS[name].encode())


def test_every_network_that_ships_is_seen_as_one():
    assert [name for name in zoo_names() if not is_network(zoo_text(name).encode())] == []


def test_a_folder_is_walked_in_order_and_what_is_no_network_is_counted(folder):
    (folder / "compose.yml").write_text(OTHERS["compose"])
    (folder / "notes.txt").write_text("layers: 3")
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    (below / "model.ONNX").write_bytes(b"")
    found = listed(str(folder))
    assert found.others == 1
    names = [os.path.relpath(item.path, folder) for item in found.items]
    assert names == [*(f"{n}.yaml" for n in range(1, 7)), "a/b/model.ONNX"]


@pytest.mark.parametrize("name", ["net.yaml", "net.YML", "model.onnx"])
def test_a_single_file_is_scanned_alone_whatever_it_holds(tmp_path, name):
    (tmp_path / name).write_text("no network at all")
    (tmp_path / "other.yaml").write_text("layers: [{kernel: 3}]")
    found = listed(str(tmp_path / name), [(9, 9)])
    assert [(item.path, item.input) for item in found.items] == [(str(tmp_path / name), ((9, 9),))]
    assert (found.others, found.closed) == (0, [])


def test_a_folder_that_does_not_open_is_named_and_the_others_are_walked(folder, closed):
    found = listed(str(folder))
    assert len(found.items) == 6
    assert found.closed == [f"{closed} cannot be opened: Permission denied"]


def test_links_in_a_circle_end_and_pipes_are_not_opened(folder):
    (folder / "round").symlink_to(folder, target_is_directory=True)
    (folder / "self.yaml").symlink_to(folder / "self.yaml")
    os.mkfifo(folder / "pipe.yaml")
    found = listed(str(folder))
    names = {os.path.relpath(item.path, folder) for item in found.items}
    assert names == {*(f"{n}.yaml" for n in range(1, 7)), "self.yaml"}
    assert found.others == 1


def test_a_list_gives_each_line_its_options(tmp_path):
    path = tmp_path / "models.txt"
    path.write_text(
        "# what we train\n\n"
        "nets:Small --input 1,3,8,8 --input 1,1\n"
        "nets:make --kwargs '{\"width\": 8}' --submodule body.0\n"
        "nets:Small --input 1,3,8,8 --input 1,1\n"
    )
    first, second = listed(str(path), [(1, 3, 32, 32)]).items
    assert (first.net, first.input, first.kwargs) == ("nets:Small", ((1, 3, 8, 8), (1, 1)), None)
    assert (second.net, second.input) == ("nets:make", ((1, 3, 32, 32),))
    assert (second.kwargs, second.submodule) == ({"width": 8}, "body.0")


@pytest.mark.parametrize(
    "line",
    ["a:b --input", "a:b --input x", "a:b --input 0", "a:b --kwargs [1]", "a:b --size 3", "-", "'"],
)
def test_a_line_that_does_not_read_is_told_before_anything_runs(tmp_path, line):
    path = tmp_path / "models.txt"
    path.write_text(f"k3\n{line}\n")
    with pytest.raises(RfcalcError) as caught:
        listed(str(path))
    told = caught.value.diagnostics[0]
    assert (told.code, told.at.line) == ("RF406", 2)


@pytest.mark.parametrize(
    ("name", "code"), [("", "RF413"), ("missing", "RF112"), ("missing.yaml", "RF112")]
)
def test_nothing_to_scan_is_said(tmp_path, name, code):
    (tmp_path / "package.json").write_text("{}")
    with pytest.raises(RfcalcError) as caught:
        listed(str(tmp_path / name))
    assert caught.value.diagnostics[0].code == code
