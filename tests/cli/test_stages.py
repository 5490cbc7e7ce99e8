"""Does ``--stage`` stand for a stage's source and target, and do the commands shown work?"""

import shlex

import numpy as np
import pytest

HEAD = """
layers:
  - {kernel: 3, stride: 2, name: trunk}
  - squeeze_excite
  - stack: {kernel: 3, dilations: [2, 4], name: context}
  - {global_pool: {from: context, name: pooled}}
  - concat: {from: [context, pooled]}
"""


@pytest.fixture
def head(tmp_path):
    path = tmp_path / "a head.yaml"
    path.write_text(HEAD)
    return path


def test_a_stage_stands_for_its_pair_without_global_context(run, head, tmp_path):
    numbered, named = tmp_path / "stage.npy", tmp_path / "pair.npy"
    assert run("export", head, "--stage", "1", "-o", numbered)[0] == 0
    pair = ["--ignore-global", "--source", "trunk", "--layer", "concat1"]
    assert run("export", head, *pair, "-o", named)[0] == 0
    found = np.load(numbered)
    np.testing.assert_array_equal(found, np.load(named))
    assert found.shape == (13, 13)
    assert found.sum() == 49
    status, out, _ = run("analyze", head, "--stage", "1")
    assert status == 0
    assert "verdict: gridded: 'concat1' samples 29.0% of its field" in out


def test_the_commands_that_analyze_shows_draw_what_it_names(run, head, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, _ = run("analyze", head)
    assert status == 0
    shown = [line.removeprefix("see it: ") for line in out.splitlines() if "see it:" in line]
    assert len(shown) == 2
    for line, picture in zip(shown, ("stage.png", "run.png"), strict=True):
        words = shlex.split(line)
        assert words[0] == "rfcalc"
        status, _, err = run(*words[1:])
        assert status == 0
        assert "the global context of 'pooled' is ignored\n" in err
        assert err.endswith(f"wrote {picture}\n")
        assert (tmp_path / picture).read_bytes().startswith(b"\x89PNG")


def test_what_was_asked_is_asked_again_by_the_commands_shown(run):
    status, out, _ = run("analyze", "zoo:espnet", "--input", "256,256", "--set", "p=1")
    assert status == 0
    assert "rfcalc heatmap zoo:espnet --input 256,256 --set p=1 --stage 1 -o stage.png" in out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["analyze", "k3,k3d2", "--stage", "2"], "RF415"),
        (["analyze", "k3", "--stage", "1"], "RF415"),
        (["export", "k3,k3d2", "--stage", "0", "-o", "x.npy"], "RF415"),
        (["heatmap", "k3,k3d2", "--stage", "1", "--layer", "conv1", "-o", "x.png"], "RF406"),
        (["heatmap", "k3,k3d2", "--stage", "1", "--compare", "k3,k3d3", "-o", "x.png"], "RF406"),
    ],
)
def test_a_stage_that_is_none_or_asked_twice_is_refused(run, tmp_path, monkeypatch, words, code):
    monkeypatch.chdir(tmp_path)
    status, out, err = run(*words)
    assert status == 2
    assert code in out + err
    assert not list(tmp_path.iterdir())
