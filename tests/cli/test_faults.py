"""What does the program say when a command meets its limits, or the system lacks something?"""

import json
import signal
import time
from types import SimpleNamespace

import pytest

from rfcalc import overlaps
from rfcalc.cli import patience

BRANCHES = ", ".join(f"[{{kernel: [3, {41 - 2 * i}], dilation: [{i + 1}, 1]}}]" for i in range(9))


def raising(fault):
    def load(*_, **__):
        raise fault

    return load


def test_sets_of_cells_beyond_the_limits_are_not_counted(run, tmp_path, monkeypatch):
    net = tmp_path / "net.yaml"
    net.write_text(f"input: [64, 64]\nlayers: [{{parallel: {{branches: [{BRANCHES}]}}}}]\n")
    assert run("verify", net, "--positions", "1", "-q")[0] == 0
    monkeypatch.setattr(overlaps, "WORK_LIMIT", 4)
    told = "its boxes overlap in too many ways to count their cells"
    status, out, _ = run("analyze", net, "-f", "json")
    assert status == 0
    assert json.loads(out)["layers"][-1]["cells"] is None
    assert told in str(json.loads(out)["assumed"])
    assert run("check", net, "--no-holes", "-q")[0] == 1


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (MemoryError(), "RF305 there is not enough memory for the answer\n"),
        (
            OverflowError("too large"),
            "RF305 a number of the answer is too long to be written out\n",
        ),
        (
            OSError(5, "Input/output error", "a"),
            "RF407 'a' cannot be read or written: Input/output",
        ),
        (OSError("odd"), "RF407 standard output cannot be read or written: OSError\n"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_system_lacks_is_told(run, monkeypatch, fault, told):
    monkeypatch.setattr("rfcalc.library.reading.load", raising(fault))
    status, out, err = run("analyze", "k3")
    assert (status, out, err[: len(told)]) == (2, "", told)


def test_a_fault_of_the_program_itself_is_not_hidden(run, monkeypatch):
    monkeypatch.setattr("rfcalc.library.reading.load", raising(ValueError("never mind")))
    with pytest.raises(ValueError, match="never mind"):
        run("analyze", "k3")


def test_a_command_whose_time_is_up_stops_where_it_is(run, monkeypatch):
    assert run("--timeout", "60", "analyze", "k3", "-q") == (0, "", "")
    monkeypatch.setattr("rfcalc.library.reading.load", lambda *_, **__: time.sleep(60))
    begun = time.monotonic()
    status, out, err = run("--timeout", "0.3", "analyze", "k3")
    assert (status, out) == (2, "")
    assert err == "RF412 the command ran for longer than 0.3 s (--timeout)\n"
    assert time.monotonic() - begun < 30
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_a_system_without_such_a_clock_runs_commands_and_refuses_a_limit(run, monkeypatch):
    monkeypatch.setattr(patience, "sys", SimpleNamespace(platform="win32"))
    assert run("hdc-check", "1,2,5", "-q") == (0, "", "")
    status, out, err = run("--timeout", "5", "hdc-check", "1,2,5")
    assert (status, out, err[:5]) == (2, "", "RF406")
    assert "this system lacks" in err
