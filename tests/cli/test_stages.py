"""Does ``--stage`` stand for a stage's source and target, and do the commands shown work?"""

import json
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


def test_nothing_is_said_of_layers_beside_the_stage_that_was_asked_about(run):
    """RG111 of the strided stem, and a map that is not the input."""
    words = ("analyze", "k3s2,k3d2,k3d2,k3s2", "--input", "14,14", "--measures")
    assert "RG111" in run(*words)[1]
    _, text, _ = run(*words, "--stage", "1")
    assert "RG111" not in text
    assert "RG107" in text
    assert "is larger than the map of 'conv1', 7 x 7" in text
    assert "larger than the input" in run("analyze", "k9", "--input", "7,7")[1]


def test_commands_that_are_left_out_are_counted(run):
    text = run("analyze", "k3d2,k3s2,k3d2,k3s2,k3d2,k3s2,k3d2")[1]
    assert text.count("see it:") == 2
    assert "and 2 more, alike" in text
    assert "more, alike" not in run("analyze", "k3d2,k3s2,k3d2")[1]


def test_the_published_rules_are_left_open_where_attention_widens_a_stage(run, tmp_path):
    file = tmp_path / "net.yaml"
    layer = "{kernel: 3, dilation: 2}"
    file.write_text(f"dims: 1\nlayers: [{layer}, {{window_attention: {{window: 4}}}}, {layer}]\n")
    (stage,) = json.loads(run("analyze", file, "--format", "json")[1])["stages"]
    assert stage["hdc"] is None
    file.write_text(f"dims: 1\nlayers: [{layer}, relu, {layer}]\n")
    (stage,) = json.loads(run("analyze", file, "--format", "json")[1])["stages"]
    assert stage["hdc"] is not None


def test_a_dilation_along_a_kernel_of_1_is_shown_as_1(run, tmp_path):
    """It spreads nothing, whether it is written or not."""
    shown = []
    for rate in ("2", "[2, 1]"):
        (tmp_path / "net.yaml").write_text(
            f"layers: [{{kernel: [3, 1], dilation: {rate}}}, {{kernel: 3, dilation: 3}}]\n"
        )
        (stage,) = json.loads(run("analyze", tmp_path / "net.yaml", "-f", "json")[1])["stages"]
        shown.append(stage["dilations"])
    assert shown == [[[2, 1], 3]] * 2


def test_what_was_written_is_said(run, tmp_path):
    path = tmp_path / "x.npz"
    assert run("export", "k3,k3d2", "-o", path)[2].endswith(f"wrote {path}\n")
    assert run("export", "k3,k3d2", "-o", path, "--quiet")[2] == ""


def test_kernels_of_1_have_no_dilation_to_judge(run):
    text = run("hdc-check", "1,2,5", "--kernel", "1")[1]
    assert "kernels of 1 read one cell whatever their dilation" in text
    assert "M' = none, no layer has a step" in text
