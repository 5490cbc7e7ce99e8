"""Is what was taken for granted told, by every command and of every network?"""

import json

import pytest


@pytest.fixture
def nets(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("one", "two"):
        held = {
            "assumed": [f"of {name}"],
            "input": [32, 32],
            "layers": [{"kernel": 3, "name": f"c-{name}"}],
        }
        (tmp_path / f"{name}.yaml").write_text(json.dumps(held))


PRINTED = [
    "analyze one.yaml",
    "compare one.yaml two.yaml",
    "check one.yaml two.yaml --no-holes --no-config",
    "sizes one.yaml",
    "tile one.yaml --tile 8",
    "stream one.yaml --axis 0",
    "verify one.yaml",
    "where one.yaml",
    "where one.yaml --pixel 3,3",
]
WRITTEN = [
    "heatmap one.yaml -o a.png",
    "heatmap one.yaml --compare two.yaml -o a.png",
    "growth one.yaml two.yaml -o a.svg",
    "report one.yaml two.yaml -o a.html",
    "graph one.yaml -o a.dot",
    "graph one.yaml",
    "convert one.yaml",
    "export one.yaml -o a.npy",
]


@pytest.mark.parametrize("line", PRINTED)
def test_results_say_what_was_assumed_of_every_network(run, nets, line):
    status, out, err = run(*line.split())
    assert (status, err) == (0, "")
    assert "assumed" in out
    assert all(f"of {name}" in out for name in ("one", "two") if name in line)
    _, out, _ = run(*line.split(), "--format", "json")
    found = json.loads(out)
    told = found.get("networks", [found])
    assert all(net["exact"] is False for net in told)
    assert [note for net in told for note in net["assumed"]] == [
        f"of {name}" for name in ("one", "two") if name in line
    ]


@pytest.mark.parametrize("line", WRITTEN)
def test_what_was_assumed_is_said_beside_a_file_unless_told_to_be_quiet(run, nets, line):
    status, _, err = run(*line.split())
    assert status == 0
    assert all(f"of {name}\n" in err for name in ("one", "two") if name in line)
    assert run(*line.split(), "--quiet") == (0, "", "")


def test_a_network_that_could_not_be_judged_is_not_exact(run):
    _, out, _ = run("check", "nothing.yaml", "k3", "--no-holes", "--no-config", "-f", "json")
    assert [net["exact"] for net in json.loads(out)["networks"]] == [False, True]


def test_tiles_and_sizes_agree_on_which_sizes_are_taken_without_global_layers(run, tmp_path):
    file = tmp_path / "net.yaml"
    file.write_text(
        "input: [16, 16]\nlayers:\n- {kernel: 3, name: a}\n- global_pool\n"
        "- {op: upsample, size: 16, name: up}\n- {op: add, from: [a, up]}\n"
    )
    rules = [
        json.loads(run(*words, file, "--ignore-global", "-f", "json")[1])["sizes"]
        for words in (["sizes"], ["tile", "--tile", "8"])
    ]
    assert rules[0] == rules[1]
