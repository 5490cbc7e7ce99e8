"""Does what a file says reach a terminal as text, and never as an order?"""

import json

import pytest

NAME = "a\x1b[31mb\u202ec"
LINES = {
    "analyze": ["analyze {net}", "analyze {net} --show --measures", "analyze {net} -f markdown"],
    "check": ["check {net} --no-holes --no-config"],
    "compare": ["compare {net} {net}", "compare {net} k5 --all", "compare {net} k5 -f markdown"],
    "graph": ["graph {net}", "graph {net} -f mermaid"],
    "sizes": ["sizes {net}", "sizes {net} -f markdown"],
    "verify": ["verify {net}"],
    "tile": ["tile {net} --tile 8"],
    "stream": ["stream {net} --axis 0"],
    "where": ["where {net}", "where {net} --pixel 3,3", "where {net} --at 3,3 -f markdown"],
    "heatmap": ["heatmap {net} -o {out}.png"],
    "growth": ["growth {net} -o {out}.png"],
    "report": ["report {net} -o {out}.html"],
    "export": ["export {net} -o {out}.npy"],
    "convert": ["convert {net}"],
}


@pytest.mark.parametrize("line", [line for lines in LINES.values() for line in lines])
def test_a_name_never_steers_the_terminal(run, tmp_path, line):
    net = tmp_path / "net.json"
    layers = [
        {"kernel": 3, "dilation": 2, "padding": 2, "name": NAME},
        {"kernel": 3, "dilation": 2, "padding": 2, "name": "out"},
        {"op": "add", "from": [NAME, "out"]},
    ]
    held = {"name": NAME, "input": [24, 24], "layers": layers, "assumed": [NAME]}
    net.write_text(json.dumps(held))
    words = [word.format(net=net, out=tmp_path / "a") for word in line.split()]
    status, out, err = run(*words)
    assert status in (0, 1)
    assert "b" in out + err
    assert not [c for c in out + err if not c.isprintable() and c != "\n"]
