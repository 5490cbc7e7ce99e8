"""Does every code have a file, and every file give its code at its place?"""

import json
import re
import time
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from rfcalc.codes import CODES
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from tests.spec.reading import SECONDS, codes, conv, faults, net

BAD = sorted((Path(__file__).parents[1] / "bad").iterdir())


def said_place(path):
    """The places that the last line of a file tells, as in `# at 3:37`."""
    found = re.search(r"^# at (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1].split() if found and found[1] != "nowhere" else []


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_each_file_gives_its_code_at_its_place(path):
    begun = time.process_time()
    with pytest.raises(RfcalcError) as caught:
        load(path)
    assert time.process_time() - begun < SECONDS
    found = caught.value.diagnostics
    assert {fault.code for fault in found} == {path.name.split("_")[0]}
    places = [f"{fault.at.line}:{fault.at.column}" for fault in found if fault.at]
    assert places == said_place(path)
    for fault in found:
        assert fault.message
        if fault.at:
            line = path.read_text(encoding="utf-8").splitlines()[fault.at.line - 1]
            assert fault.at.text == line
            assert 0 < fault.at.column <= len(line) + 1
            assert fault.at.column + fault.at.length <= len(line) + 2


def call(code, tmp_path):
    """Faults that are not those of a file's text."""
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00\x01")
    return {
        "RF111": lambda: net("vars: {rate: 2}\nlayers: [{kernel: 3}]", overrides={"rte": 3}),
        "RF112": lambda: load(binary),
        "RF115": lambda: load("k3,x"),
        "RF117": lambda: load("zoo:resnet5"),
        "RF310": compute,
    }[code]


def compute():
    """Channels are asked for only when numbers are computed."""
    import numpy as np

    from rfcalc.numpy_backend import run

    network = net("input: [8, 8]\nlayers: [{kernel: 3, in_channels: 4}]")
    for _ in run(network, [np.ones((1, 3, 8, 8))], np.ones):
        pass


ELSEWHERE = ("RF111", "RF112", "RF115", "RF117", "RF310")


@pytest.mark.parametrize("code", ELSEWHERE)
def test_faults_that_are_not_in_a_file_give_their_code(code, tmp_path):
    with pytest.raises(RfcalcError) as caught:
        call(code, tmp_path)()
    assert [fault.code for fault in caught.value.diagnostics] == [code]


def test_every_code_of_files_graphs_and_sizes_has_a_case():
    wanted = {code for code in CODES if code[:3] in ("RF1", "RF2", "RF3")}
    assert wanted == {*ELSEWHERE, *(path.name.split("_")[0] for path in BAD)}


def test_every_code_says_what_it_means_and_how_to_cure_it():
    assert list(CODES) == sorted(CODES)
    for code, entry in CODES.items():
        assert re.fullmatch(r"R[FG]\d{3}", code)
        assert all(text.strip() for text in entry)


def test_the_rendering_of_the_specification():
    """SPEC 5, letter by letter."""
    text = "layers:\n  - relu\n  - {op: conv, name: c1, kernel: 5, strid: 2}\n"
    with pytest.raises(RfcalcError) as caught:
        net(text)
    assert str(caught.value) == snapshot(
        """\
net.yaml:3:37: RF102 conv has no parameter 'strid'
  3 |   - {op: conv, name: c1, kernel: 5, strid: 2}
    |                                     ^^^^^
    = help: did you mean 'stride'?\
"""
    )


def test_every_fault_of_a_file_is_told_at_once_in_order_of_place():
    text = """\
dims: 2
input: [8, 8]
layer: []
layers:
  - {kernel: 0}
  - {kernel: [3, 3, 3], strid: 2}
  - maxpol
  - {kernel: 3, name: a}
  - {kernel: 3, name: a}
  - {kernel: 3, from: nowhere}
  - {kernel: 99, padding: valid, from: a}
  - add
"""
    with pytest.raises(RfcalcError) as caught:
        net(text)
    assert str(caught.value) == snapshot(
        """\
net.yaml:3:1: RF102 a network file has no key 'layer'
  3 | layer: []
    | ^^^^^
    = help: did you mean 'layers'?
net.yaml:5:14: RF105 'kernel' of conv is 0
  5 |   - {kernel: 0}
    |              ^
    = help: it takes an integer from 1 to 65,536
net.yaml:6:14: RF106 'kernel' has 3 values for 2 axes
  6 |   - {kernel: [3, 3, 3], strid: 2}
    |              ^^^^^^^^^
    = help: give one value, or one per axis
net.yaml:6:25: RF102 conv has no parameter 'strid'
  6 |   - {kernel: [3, 3, 3], strid: 2}
    |                         ^^^^^
    = help: did you mean 'stride'?
net.yaml:7:5: RF103 there is no op 'maxpol'
  7 |   - maxpol
    |     ^^^^^^
    = help: did you mean 'maxpool'?
net.yaml:9:5: RF201 two layers are named 'a'; the first on line 8
  9 |   - {kernel: 3, name: a}
    |     ^^^^^^^^^^^^^^^^^^^^
    = help: give one of them another name
net.yaml:10:23: RF202 'from' names 'nowhere', and no layer has that name
  10 |   - {kernel: 3, from: nowhere}
     |                       ^^^^^^^
     = help: there is input, conv1, conv2, a, conv5, conv6, add1
net.yaml:12:5: RF205 'add' merges, and has one input
  12 |   - add
     |     ^^^
     = help: name them: 'from: [a, b]'\
"""
    )


def test_a_fault_in_a_repetition_is_told_once():
    assert codes("layers: [{repeat: {times: 1000, layers: [{kernel: 0}]}}]") == ["RF105"]


def test_of_a_long_line_the_part_around_the_fault_is_shown():
    """A network in minified JSON is one line."""
    text = json.dumps({"layers": [{"kernel": 3}] * 40 + [{"kernel": 0}] + [{"kernel": 3}] * 40})
    with pytest.raises(RfcalcError) as caught:
        net(text)
    (fault,) = caught.value.diagnostics
    _, line, caret, _ = str(fault).splitlines()
    assert len(line) < 180
    assert line[caret.index("^")] == "0"
    assert fault.at.text == text


def test_what_a_file_says_cannot_steer_the_terminal():
    with pytest.raises(RfcalcError) as caught:
        net('layers: [{kernel: 3, from: "\\e[2J\\n\\rall is well"}]')
    assert "\x1b" not in str(caught.value)
    assert "\r" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 4


def test_yaml_traps_stay_the_text_they_look_like():
    for value in ("1:30", "no", "yes", "on", "1_0:0"):
        (fault,) = faults(f"layers: [{{kernel: {value}}}]")
        assert fault.code == "RF104"
        assert value in fault.message
    assert net("layers: [{kernel: 3, name: no}]").nodes[1].name == "no"
    assert conv("{kernel: 010}").kernel == (10, 10)


@pytest.mark.parametrize("join", [", ", "\n  , "])
def test_layers_on_one_line_are_told_apart(join):
    """What stands later is no cycle, wherever the line breaks."""
    later = ["{op: relu, from: z, name: r}", "{kernel: 3, name: z, from: input}"]
    assert codes(f"layers: [{join.join(later)}]") == ["RF203"]
    circle = ["{op: relu, from: z, name: r}", "{kernel: 3, name: z, from: r}"]
    assert codes(f"layers: [{join.join(circle)}]") == ["RF204"]
