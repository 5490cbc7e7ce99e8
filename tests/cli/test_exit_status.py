"""Does the exit status tell a fine answer from a no and from bad input?"""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from rfcalc import __version__
from rfcalc.cli import COMMANDS, app
from tests.cli.processes import ROOT

EXAMPLES = ROOT / "examples"


def test_help_lists_every_command_with_its_line():
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for command in COMMANDS:
        assert command in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(app, [command, "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.stdout
    assert len(result.stdout.splitlines()) > 5


def test_the_version_is_told(run):
    assert run("--version") == (0, f"rfcalc {__version__}\n", "")


# Exit status: 0 fine, 1 the answer is no, 2 bad input.


@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (0, ["analyze", "k3,k3d2,k3d5"]),
        (0, ["analyze", "k3d2,k3d2"]),  # gridding is an answer, not a failure
        (0, ["hdc-check", "1,2,5"]),
        (0, ["hdc-check", "1,2,5,1,2,5"]),
        (0, ["hdc-check", "1,2,5", "--strict"]),
        (0, ["hdc-check", "1,2,4"]),
        (1, ["hdc-check", "1,2,4", "--strict"]),  # as the paper words it: 2 and 4 share a factor
        (1, ["hdc-check", "2,3", "--strict"]),
        (1, ["hdc-check", "1,2,9"]),
        (1, ["hdc-check", "1,1,1"]),  # hole-free, and the published rules do not hold
        (1, ["hdc-check", "2,3"]),  # the published rules hold, and there are holes
        (0, ["hdc-check", "1,5", "--kernel", "5"]),
        (0, ["hdc-check", "1, 2, 5"]),
        (1, ["hdc-check", "1,5", "--kernel", "3,5"]),
        (0, ["verify", "k3,k3d2", "--input", "12,12"]),
        (1, ["design", "--layers", "1", "--rf", "9"]),
        (1, ["fix", "k3d2"]),  # nine paths cannot fill 25 cells
        (0, ["explain"]),
        (0, ["explain", "rg101"]),
        (0, ["schema"]),
        (0, ["zoo"]),
    ],
)
def test_exit_status(run, status, arguments):
    found, out, err = run(*arguments)
    assert found == status
    assert out
    assert err == ""


@pytest.mark.parametrize(
    "arguments", [["analyze", "k3d2"], ["hdc-check", "2,2"], ["hdc-check", "1"]]
)
def test_quiet_prints_nothing_and_keeps_the_exit_status(run, arguments):
    status, out, _ = run(*arguments)
    assert out
    assert run(*arguments, "--quiet") == (status, "", "")


@pytest.mark.usefixtures("uncached")
def test_a_refuted_mask_exits_1_and_shows_where(run, monkeypatch):
    from rfcalc.layers.window import Conv
    from rfcalc.taps import window

    monkeypatch.setattr(
        Conv, "taps", lambda layer, n, axis: window(layer.kernel[axis], layer.step(axis), 1, 1)
    )
    status, out, _ = run("verify", "k3,k3d2", "--input", "12,12")
    assert status == 1
    assert "conv2" in out
    assert "refuted" in out


def test_a_reader_that_goes_away_is_no_fault():
    result = subprocess.run(
        f"{sys.executable} -m rfcalc analyze zoo:resnet152 | head -1",
        shell=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert len(result.stdout.splitlines()) == 1
    assert result.stderr == ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(max_size=20) | st.text("0123456789,-x. k", max_size=20))
def test_any_schedule_is_judged_or_refused(run, text):
    status, _, err = run("hdc-check", "--", text)
    assert status in (0, 1, 2)
    assert "Traceback" not in err
    assert (status == 2) == bool(err)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text("0123456789ksdpx,", max_size=16).map(lambda tail: "k" + tail))
def test_any_chain_is_answered_or_refused(run, text):
    status, out, err = run("analyze", text)
    assert status in (0, 2)
    assert (status == 2) == bool(err) == (not out)


@pytest.mark.parametrize("seed", ["-1", str(2**32), "1.5"])
def test_a_seed_that_is_none_is_bad_input(run, seed):
    status, out, err = run("verify", "k3", "--seed", seed)
    assert (status, out) == (2, "")
    assert "--seed" in err
