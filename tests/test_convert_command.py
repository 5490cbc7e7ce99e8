"""What does ``rfcalc convert`` print, write and refuse?"""

import json

import pytest
import yaml
from typer.testing import CliRunner

from rfcalc.architectures import zoo_names
from rfcalc.cli import app
from rfcalc.loading import load
from rfcalc.spec.schema import schema
from tests.json_schema import validator
from tests.whole import sample

pytestmark = pytest.mark.slow

GATED = """
input: [32, 32]
layers:
  - {kernel: 3, name: stem}
  - squeeze_excite: {name: gate}
  - repeat: {times: 4, name: body, layers: [{kernel: 3, name: conv}, {relu: {name: act}}]}
"""


def run(*words, **options):
    return CliRunner().invoke(app, ["convert", *words], **options)


def test_without_a_file_it_is_printed_and_can_be_piped_on():
    found = run("k3,k3d2,k3d5", "--input", "64,64")
    assert found.exit_code == 0
    assert found.stderr == ""
    again = run("-", input=found.stdout)
    assert again.stdout.splitlines()[1:] == found.stdout.splitlines()[1:]
    assert found.stdout.startswith("# k3,k3d2,k3d5, converted by rfcalc ")
    assert "input: [64, 64]\n" in found.stdout


def test_with_a_file_it_is_written_whole_and_told_in_a_line(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("old")
    found = run("zoo:resnet152", "-o", str(path))
    assert (found.exit_code, found.stdout) == (0, "")
    assert found.stderr == f"wrote {path}: 207 layers in 24 lines\n"
    assert load(path).name == "resnet152"
    assert run("zoo:resnet152", "-o", str(path), "--quiet").stderr == ""
    assert [one.name for one in tmp_path.iterdir()] == ["net.yaml"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("k3", "-o", "net.json"), "RF408"),
        (("k3", "-o", "missing/net.yaml"), "RF407"),
        (("nothing.yaml",), "RF112"),
        (("k3", "--input", "x"), "RF406"),
        (("k3,k3p0", "--input", "2,2", "--set", "a=1"), "RF111"),
    ],
)
def test_what_cannot_be_read_or_written_is_refused(words, code, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run(*words)
    assert [fault.code for fault in found.exception.diagnostics] == [code]
    assert list(tmp_path.iterdir()) == []


def test_options_that_choose_what_is_written(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text(GATED)
    flat = run(str(path), "--flat").stdout
    assert flat.count("name: body.") == 8
    assert "repeat" not in flat
    bare = run(str(path), "--no-pointwise").stdout
    assert "relu" not in bare.replace("name: act", "").split("body.3")[0]
    assert "repeat" in run(str(path)).stdout
    local = run(str(path), "--ignore-global")
    assert "not exact: the global context of 'gate' is ignored" in local.stderr
    assert "assumed:\n" in local.stdout
    path.write_text(local.stdout)
    analysed = CliRunner().invoke(app, ["analyze", str(path), "--format", "json"])
    found = json.loads(analysed.stdout)
    assert (found["exact"], found["layers"][-1]["rf"]) == (False, [11, 11])


def test_values_and_sizes_go_before_those_of_the_file(tmp_path):
    path = tmp_path / "net.yaml"
    path.write_text("vars: {rate: 2}\ninput: [9, 9]\nlayers: [{kernel: 3, dilation: rate}]")
    found = run(str(path), "--set", "rate=4", "--input", "20,30").stdout
    assert "- {kernel: 3, dilation: 4}\n" in found
    assert "input: [20, 30]\n" in found


@pytest.mark.parametrize("name", sample(zoo_names(), 8))
def test_what_is_written_keeps_to_the_schema(name):
    judge = validator(schema())
    for words in ((), ("--flat",), ("--no-pointwise",)):
        found = run(f"zoo:{name}", *words).stdout
        assert judge.is_valid(yaml.load(found, yaml.CSafeLoader))
        assert max(map(len, found.splitlines())) <= 120
