"""Does a project's configuration name its networks, their own limits, and what it accepts?"""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.gates import check
from rfcalc.gates.baseline import read_baseline, write_baseline
from rfcalc.gates.settings import settings
from rfcalc.loading import load

HOLED = "layers: [{kernel: 3, dilation: 2}, {kernel: 3, dilation: 2}]\n"
SOLID = "layers: [{kernel: 3, dilation: 2}, {kernel: 3}]\n"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with two networks, and what writes its configuration."""
    (tmp_path / "nets").mkdir()
    (tmp_path / "nets" / "holed.net.yaml").write_text(HOLED)
    (tmp_path / "nets" / "solid.net.yaml").write_text(SOLID)
    monkeypatch.chdir(tmp_path)

    def write(text):
        (tmp_path / "pyproject.toml").write_text(f"[tool.rfcalc]\n{text}\n")
        return tmp_path

    return write


def test_check_alone_judges_every_network_that_is_named(project, run):
    project('no-gridding = true\nnetworks = ["nets/*.net.yaml", "k3,k3d2,k3d9"]')
    done = run("check", "-f", "json")
    found = {one["net"]: one["passed"] for one in json.loads(done[1])["networks"]}
    holed, solid = (os.path.join("nets", name) for name in ("holed.net.yaml", "solid.net.yaml"))
    assert found == {holed: False, solid: True, "k3,k3d2,k3d9": False}
    assert done[0] == 1


@pytest.mark.parametrize("written", ["'9,9'", "['9,9']", "[9, 9]", "[[9, 9]]"])
def test_an_input_is_a_text_or_numbers(project, written):
    folder = project(f'networks = [{{net = "k3,k3", input = {written}}}]')
    assert settings(folder).networks[0].input == ((9, 9),)


def test_limits_of_one_network_go_before_those_of_all(project, run):
    project(
        "no-gridding = true\nmin-rf = 7\n"
        'networks = [{net = "nets/holed.net.yaml", no-gridding = false, min-rf = 9},'
        ' {net = "k3", min-rf = 4}]'
    )
    done = run("check", "-f", "json")
    first, second = json.loads(done[1])["networks"]
    assert (first["passed"], first["gates"]) == (True, {"min-rf": [9]})
    assert [one["gate"] for one in second["failures"]] == ["min-rf"]
    assert second["gates"] == {"no-gridding": True, "min-rf": [4]}


def test_limits_of_a_file_go_for_it_when_it_is_named_from_another_folder(project, monkeypatch, run):
    folder = project(
        'no-gridding = true\nnetworks = [{net = "nets/h*.yaml", no-gridding = false, max-rf = 99}]'
    )
    monkeypatch.chdir(folder / "nets")
    assert run("check", "holed.net.yaml")[0] == 0
    assert run("check", "holed.net.yaml", "--max-rf", "8")[0] == 1


@pytest.mark.parametrize(
    ("ignore", "status"),
    [
        ('{code = "RG205", reason = "old"}', 0),
        ('{code = "RG205", layer = "conv1", net = "nets/*", reason = "old"}', 0),
        ('{code = "RG205", layer = "conv2", reason = "old"}', 1),
        ('{code = "RG205", net = "other/*", reason = "old"}', 1),
        ('{code = "RG204", reason = "old"}', 1),
    ],
)
def test_a_failure_is_ignored_by_its_code_layer_and_network(project, ignore, status, run):
    project(f'no-gridding = true\nnetworks = ["nets/holed.net.yaml"]\nignore = [{ignore}]')
    done = run("check")
    assert done[0] == status
    assert ("matches no failure: remove it" in done[1]) == bool(status)
    assert ("1 failure ignored" in done[1]) == (not status)


def test_only_failures_that_are_new_fail_beside_a_baseline(project, monkeypatch, run):
    folder = project('no-gridding = true\nbaseline = "known.json"\nnetworks = ["nets/*.yaml"]')
    assert run("check")[0] == 2
    assert run("check", "--update-baseline")[0] == 0
    assert run("check")[0] == 0
    monkeypatch.chdir(folder / "nets")
    assert run("check")[0] == 0
    (folder / "nets" / "solid.net.yaml").write_text(HOLED)
    done = run("check", "-f", "json")
    assert done[0] == 1
    assert [bool(one["failures"]) for one in json.loads(done[1])["networks"]] == [False, True]
    for name in ("solid", "holed"):
        (folder / "nets" / f"{name}.net.yaml").write_text(SOLID)
    done = run("check")
    assert done[0] == 0
    assert "1 failure of the baseline did not occur" in done[1]


def test_a_second_failure_of_a_kind_is_new(tmp_path):
    (failure,) = check(load("k3d2,k3d2"), {"no-gridding": True})
    write_baseline(tmp_path / "known.json", [("net", failure)])
    baseline = read_baseline(tmp_path / "known.json")
    assert [baseline.take(*one) for one in [("net", failure), ("net", failure)]] == [True, False]
    assert not baseline.take("other", failure)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("networks = 3", "a list of networks"),
        ("networks = [3]", "each takes a table with 'net'"),
        ('networks = [{path = "a"}]', "each takes a table with 'net'"),
        ('networks = [{net = "a", least = 3}]', "has no key 'least'"),
        ('networks = [{net = "a", min-rf = 0}]', "'min-rf' of 'a': it takes a positive integer"),
        ('networks = [{net = "a", input = "x"}]', "'input' takes a shape"),
        ('networks = [{net = "a", kwargs = 3}]', "'kwargs' of 'a' takes a table"),
        ('networks = [{net = "a", layer = 3}]', "'layer' of 'a' takes a name"),
        ('networks = [{net = "a", ignore-global = 3}]', "takes true or false"),
        ("ignore = true", "a list of tables"),
        ('ignore = [{code = "RG205"}]', "ignored without a reason"),
        ('ignore = [{code = "RG999", reason = "x"}]', "there is no code 'RG999'"),
        ('ignore = [{code = "RG205", reason = 3}]', "'reason' takes a text"),
        ("baseline = 3", "it takes the name of a file"),
    ],
)
def test_what_is_no_configuration_is_refused_with_what_it_takes(project, text, said):
    with pytest.raises(RfcalcError) as caught:
        settings(project(text))
    (fault,) = caught.value.diagnostics
    assert fault.code == "RF430"
    assert said in fault.help


@pytest.mark.parametrize(
    ("text", "words", "said"),
    [
        ("no-gridding = true", (), "pyproject.toml lists none"),
        ('no-gridding = true\nnetworks = ["none/*.yaml"]', (), "no file matches 'none/*.yaml'"),
        ('networks = ["k3"]', (), "no gate is set"),
        ('networks = [{net = "k3", min-rf = 9, max-rf = 3}]', (), "no field satisfies both"),
        ("no-gridding = true", ("k3", "--update-baseline"), "writes no file"),
        ("no-gridding = true", ("k3", "--baseline", "nets"), "cannot be read"),
        ("no-gridding = true", ("k3", "--baseline", "pyproject.toml"), "is no baseline"),
    ],
)
def test_what_cannot_be_checked_ends_with_its_reason(project, text, words, said, run):
    project(text)
    done = run("check", *words)
    assert done[0] == 2
    assert said in done[2]


def test_a_report_in_a_file_leaves_the_lines_for_people(project, run):
    folder = project('no-gridding = true\nnetworks = ["nets/*.yaml"]')
    done = run("check", "-o", "report.sarif")
    assert done[0] == 1
    assert "1 failure in 1 of 2 networks" in done[1]
    assert json.loads((folder / "report.sarif").read_text())["runs"][0]["results"]


@pytest.fixture
def watching():
    """Start `check --watch`; give what waits for words in all that it has printed since."""
    running = []

    def start(folder, *words):
        log = folder / "log"
        command = [sys.executable, "-m", "rfcalc", "check", *words, "--watch"]
        with log.open("w") as out:
            run = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder)
        running.append(run)
        read = 0

        def sees(words):
            nonlocal read
            until = time.monotonic() + 60
            while time.monotonic() < until:
                now = log.read_text()
                if words in now[read:]:
                    read = now.index(words, read) + len(words)
                    return True
                time.sleep(0.05)
            return False

        return sees

    yield start
    for run in running:
        run.send_signal(signal.SIGINT)
        assert run.wait(60) == 130


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="it is ended by a signal")
def test_watching_checks_again_when_a_file_changes(project, watching):
    folder = project('no-gridding = true\nnetworks = ["nets/*.yaml"]')
    sees = watching(folder)
    assert sees("1 failure in 1 of 2 networks")
    (folder / "nets" / "holed.net.yaml").write_text(SOLID + "# changed\n")
    assert sees("2 networks passed")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="it is ended by a signal")
@pytest.mark.parametrize("words", [["nets"], ["nets/*.yaml"]])
def test_watching_a_folder_or_a_pattern_sees_files_change_come_and_go(project, watching, words):
    folder = project("no-gridding = true")
    sees = watching(folder, *words)
    nets = folder / "nets"
    assert sees("1 failure in 1 of 2 networks")
    # As editors do: a new file takes the place of the old one.
    (folder / "swap").write_text(SOLID + "# changed\n")
    (folder / "swap").replace(nets / "holed.net.yaml")
    assert sees("2 networks passed")
    (nets / "third.net.yaml").write_text(SOLID)
    assert sees("3 networks passed")
    (nets / "third.net.yaml").unlink()
    assert sees("2 networks passed")


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="it is ended by a signal")
def test_watching_goes_on_while_settings_or_networks_cannot_be_read(project, watching):
    text = 'no-gridding = true\nnetworks = ["nets/*.yaml"]'
    folder = project(text)
    sees = watching(folder)
    assert sees("1 failure in 1 of 2 networks")
    project(text + "\nno-such-key = 1")
    assert sees("RF430")
    assert sees("watching")
    project(text)
    assert sees("1 failure in 1 of 2 networks")
    (folder / "nets" / "holed.net.yaml").write_text("layers: [")
    assert sees("watching")
    (folder / "nets" / "holed.net.yaml").write_text(SOLID)
    assert sees("2 networks passed")
