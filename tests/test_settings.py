"""Are the limits of a project read whole, and its faults told with their places?"""

import time

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError
from rfcalc.gates.settings import contradictions, limit, settings


def run(*words, cwd=None, monkeypatch=None):
    if monkeypatch is not None:
        monkeypatch.chdir(cwd)
    return CliRunner().invoke(app, ["check", *map(str, words)])


def fault(result):
    """Return the error that the command ended in; ``main`` prints it and exits with 2."""
    assert isinstance(result.exception, RfcalcError)
    return result.exception.diagnostics[0]


def project(folder, text):
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_settings_come_from_the_nearest_pyproject_that_has_them(tmp_path, monkeypatch):
    project(tmp_path, "[tool.rfcalc]\nno-holes = true\nmin-rf = [3, 5]\n")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    project(tmp_path / "a", "[project]\nname = 'x'\n")
    found = settings(inner)
    assert found.gates == {"no-holes": True, "min-rf": (3, 5)}
    result = run("k3x5d2", cwd=inner, monkeypatch=monkeypatch)
    assert result.exit_code == 1
    assert "no-holes" in result.stdout
    project(inner, "[tool.rfcalc]\nhdc = true\n")
    assert settings(inner).gates == {"hdc": True}
    assert run("k3", "--no-config", cwd=inner, monkeypatch=monkeypatch).exit_code == 1
    assert "no gate is set" in fault(run("k3", "--no-config")).message


def test_every_key_reads(tmp_path):
    project(
        tmp_path,
        "[tool.rfcalc]\nmin-rf = 9\nmax-rf = [9, 11]\nmin-density = 1\nno-holes = true\n"
        "no-gridding = false\nno-checkerboard = true\nno-unseen = true\nhdc = true\n"
        'max-jump = 4\nlayer = "a"\nsource = "b"\nignore-global = true\n',
    )
    found = settings(tmp_path)
    assert found.gates == {
        "min-rf": (9,), "max-rf": (9, 11), "min-density": 1.0, "no-holes": True,
        "no-checkerboard": True, "no-unseen": True, "hdc": True, "max-jump": (4,),
    }  # fmt: skip
    assert (found.layer, found.source, found.ignore_global) == ("a", "b", True)


def test_what_is_typed_goes_before_what_is_written(tmp_path, monkeypatch):
    folder = project(tmp_path, "[tool.rfcalc]\nmin-rf = 100\nlayer = 'conv1'\n")
    assert run("k3,k3", cwd=folder, monkeypatch=monkeypatch).exit_code == 1
    assert run("k3,k3", "--min-rf", 3).exit_code == 0
    assert run("k3,k3", "--min-rf", 4).exit_code == 1
    assert run("k3,k3", "--min-rf", 5, "--layer", "conv2").exit_code == 0
    found = fault(run("k3", "--max-rf", 50))
    assert found.code == "RF406"
    assert "min-rf is 100 and max-rf is 50" in found.message
    assert "pyproject.toml" in found.message


def test_all_faults_of_the_configuration_are_told_with_their_places(tmp_path, monkeypatch):
    text = (
        "[tool.other]\nmin_rf = 1\n\n[tool.rfcalc]\nmin_rf = 100\nno-hole = true\n"
        "max-rf = -4\nmin-density = 'a'\nhdc = 1\nlayer = 3\nmax-jump = true\nzzz = 1\n"
    )
    folder = project(tmp_path, text)
    monkeypatch.chdir(folder)
    with pytest.raises(RfcalcError) as caught:
        settings(folder)
    found = caught.value.diagnostics
    assert {d.code for d in found} == {"RF430"}
    assert [d.at.line for d in found] == [5, 6, 7, 8, 9, 10, 11, 12]
    assert found[0].help == "did you mean 'min-rf'?"
    assert found[1].help == "did you mean 'no-holes'?"
    assert str(found[0]).startswith("pyproject.toml:5:1: RF430 [tool.rfcalc] has no key 'min_rf'")
    assert run("k3", "--no-holes").exit_code != 0
    assert run("k3", "--no-holes", "--no-config").exit_code == 0


@pytest.mark.parametrize(
    "text", ["[tool.rfcalc\n", "[tool.rfcalc]\nmin-rf = \n", "a = 1\na = 2\n", "x = '", "\x00"]
)
def test_toml_that_does_not_parse_is_told_with_its_place(tmp_path, text, monkeypatch):
    with pytest.raises(RfcalcError) as caught:
        settings(project(tmp_path, text))
    (found,) = caught.value.diagnostics
    assert found.code == "RF430"
    assert 1 <= found.at.line <= text.count("\n") + 1
    assert found.at.column >= 1
    monkeypatch.chdir(tmp_path)
    assert "--no-config" in fault(CliRunner().invoke(app, ["check", "k3"])).help


def test_a_switch_takes_no_number(tmp_path):
    with pytest.raises(RfcalcError, match=r"(?s)RF430 .*it takes true or false"):
        settings(project(tmp_path, "[tool.rfcalc]\nignore-global = 3\n"))


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nrfcalc = 3\n", "tool.rfcalc.zzz = 3\n"])
def test_odd_tables_do_not_end_in_a_trace(tmp_path, text):
    folder = project(tmp_path, text)
    if text.startswith("tool = "):
        assert settings(folder).gates == {}
    else:
        with pytest.raises(RfcalcError, match="RF430"):
            settings(folder)


def test_limits_of_a_wrong_kind_are_refused():
    for name, value in [("min-rf", True), ("min-rf", []), ("min-rf", [1] * 4), ("min-rf", 1.5),
                        ("min-density", 0), ("min-density", True), ("hdc", 1)]:  # fmt: skip
        with pytest.raises(ValueError, match="it takes"):
            limit(name, value)


def test_gates_that_agree_are_no_contradiction():
    assert not list(contradictions({"min-rf": (9,), "max-rf": (9, 11)}))
    assert not list(contradictions({"min-rf": (9,)}))


HOSTILE = {
    "deep lists": "x = " + "[" * 100_000,
    "deep lists that close": "x = " + "[" * 5000 + "]" * 5000,
    "deep tables": "x = " + "{a=" * 5000,
    "a key of many parts": "[tool.rfcalc]\n" + ".".join("a" * 20_000) + " = 1",
    "a table of many parts": "[" + " . ".join(["'a'"] * 20_000) + "]",
    "a huge file": "#\n" * (1 << 20),
    "many unknown keys": "[tool.rfcalc]\n" + "\n".join(f"a{i} = 1" for i in range(20_000)),
    "a number of many digits": "[tool.rfcalc]\nmin-rf = " + "9" * 10_000,
    "a word for a number": "[tool.rfcalc]\nmin-rf = '" + "9" * 900_000 + "'",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_configurations_end_in_a_clear_fault_and_bounded_time(tmp_path, text):
    begun = time.process_time()
    with pytest.raises(RfcalcError) as caught:
        settings(project(tmp_path, text))
    assert time.process_time() - begun < 5
    assert {fault.code for fault in caught.value.diagnostics} == {"RF430"}
    assert len(str(caught.value)) < 100_000


@pytest.mark.parametrize("value", ["0x" + "f" * 5000, "[1, 0x" + "f" * 5000 + "]"])
def test_a_number_of_too_many_digits_is_refused(tmp_path, value):
    with pytest.raises(RfcalcError, match="a number of too many digits"):
        settings(project(tmp_path, f"[tool.rfcalc]\nmin-rf = {value}\n"))
