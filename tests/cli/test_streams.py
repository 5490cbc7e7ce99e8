"""What if the reader goes away, the disk is full, a stream is closed, or the user leaves?"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rfcalc.cli import COMMANDS, main
from tests.cli.processes import ROOT, UNMEASURED
from tests.whole import amount, sample

pytestmark = pytest.mark.slow

FULL = Path("/dev/full")

TALK = {
    "analyze": "analyze zoo:resnet152",
    "hdc-check": "hdc-check 1,2,9 --suggest",
    "graph": "graph zoo:resnet152",
    "convert": "convert zoo:resnet152",
    "verify": "verify k3,k3d2 --input 12,12",
    "compare": "compare zoo:resnet18 zoo:resnet34 --all",
    "check": "check zoo:resnet152 --max-rf 3 --format junit --no-config",
    "zoo": "zoo resnet152",
    "design": "design --rf 65 --count 50",
    "fix": "fix k3d2,k3d2",
    "tile": "tile zoo:unet --tile 192 --input 572,572",
    "stream": "stream zoo:wavenet",
    "where": "where zoo:unet",
    "sizes": "sizes zoo:unet",
    "erf": "erf k3,k3d2",
    "fit": "fit k3,k3d2 --sizes 3,5",
    "ops": "ops torch",
    "schema": "schema",
    "explain": "explain",
}
"""A line per command that prints its result."""
NO = ("hdc-check", "check")
"""Commands whose answer above is no, so that they exit with 1."""
WRITE = {
    "heatmap": "heatmap k3,k3d2 -o {}/a.png",
    "growth": "growth k3,k3d2 -o {}/a.svg",
    "report": "report k3,k3d2 -o {}/a.html",
    "export": "export k3,k3d2 -o {}/a.npy",
}
"""A line per command that writes its result to a file."""


def test_every_command_is_among_those_tried():
    assert {*TALK, *WRITE} >= {*COMMANDS} - {"scan"}


def run(line, env=None, **options):
    """Run a command line in a shell; what it prints is buffered unless the environment says no."""
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    return subprocess.run(
        f"{sys.executable} -m rfcalc {line}",
        shell=True,
        executable="/bin/bash",
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=usual | (env or {}),
        timeout=120,
        check=False,
        **{"stdout": subprocess.PIPE, **options},
    )


@pytest.mark.parametrize("command", sample(TALK, 7))
def test_a_reader_who_goes_away_changes_nothing(command):
    """With a pipe that nobody reads every write fails, the first one included."""
    for line in (f"{TALK[command]} | head -1", f"{TALK[command]} | sleep 0"):
        result = run(line + "; exit ${PIPESTATUS[0]}")
        assert result.stderr == ""
        assert bool(result.stdout) == ("head" in line)
        assert result.returncode == (command in NO)


@pytest.mark.skipif(not FULL.exists(), reason="there is no full device")
@pytest.mark.parametrize(
    ("command", "unbuffered"), [*((command, "") for command in TALK), ("analyze", "1")]
)
def test_a_full_disk_is_told_and_exits_2(command, unbuffered):
    with FULL.open("w") as full:
        result = run(TALK[command], env={"PYTHONUNBUFFERED": unbuffered}, stdout=full)
    assert result.returncode == 2
    assert result.stderr.startswith("RF407 standard output cannot be")
    assert "No space left" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
@pytest.mark.parametrize("line", ["analyze k3", "analyze k0", "zoo unet", "--help"])
def test_a_closed_stream_ends_in_no_trace(closed, line):
    result = run(f"{line} {closed}")
    assert "Traceback" not in result.stderr + result.stdout
    assert result.returncode == (2 if line == "analyze k0" else 0)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("verify k3 --input 8,8", 0),
        ("hdc-check 1,2,9", 1),
        ("scan {}/nets.txt -o {}/lines.jsonl -j 1", 0),
        ("growth k3 -o {}/a.png", 0),
    ],
)
def test_nothing_is_lost_where_no_stream_is_open(tmp_path, line, status):
    """What the system opens next takes the numbers of the closed streams."""
    (tmp_path / "nets.txt").write_text("zoo:srcnn\n")
    assert run(f"{line.replace('{}', str(tmp_path))} <&- 2>&-").returncode == status
    assert run(f"{line.replace('{}', str(tmp_path))} <&- >&- 2>&-").returncode == status
    if "scan" in line:
        assert '"exact"' in (tmp_path / "lines.jsonl").read_text()


@pytest.mark.parametrize(
    ("line", "status"),
    [("--help", 0), ("--version", 0), ("zoo --help", 0), ("growth k3,k3", 0), ("plot", 2)],
)
def test_a_reader_of_help_who_goes_away_changes_nothing(line, status):
    result = run(f"{line} 2>&1 | true; exit ${{PIPESTATUS[0]}}")
    assert result.returncode == status


def test_what_nobody_is_told_of_stays_the_answer(tmp_path):
    """Standard error's reader has gone; a file that is written is written."""
    (tmp_path / "bad.yaml").write_text("layers: [{kernal: 3}]\n")
    lines = {
        f"check {tmp_path}/bad.yaml --min-rf 3 --no-config": 2,
        "check k3 --min-rf 30 --no-config": 1,
        "analyze k0": 2,
        f"growth k3 -o {tmp_path}/a.svg": 0,
    }
    # Bash waits for no reader that stands behind `>`: the pipe is broken from the start.
    gone = "2> >(exec 0<&- >&- 2>&-; sleep 9); exit $?"
    for line, status in lines.items():
        assert run(f"{line} {gone}", stdout=subprocess.DEVNULL).returncode == status, line
    if FULL.exists():
        for line, status in lines.items():
            assert run(f"{line} 2> /dev/full").returncode == status, line
    assert (tmp_path / "a.svg").stat().st_size


@pytest.mark.skipif(not FULL.exists(), reason="no device that is full")
def test_a_repair_that_cannot_be_printed_is_not_written(tmp_path):
    result = run(f"fix k3,k3d2,k3d9 -o {tmp_path}/a.yaml > /dev/full")
    assert (result.returncode, [*tmp_path.iterdir()]) == (2, [])


def test_a_pipe_that_breaks_inside_the_work_is_a_fault(monkeypatch, capsys):
    """It says nothing of standard output, whose reader may go as he likes."""

    def broken(*_, **__):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("rfcalc.cli.judging.judge", broken)
    monkeypatch.setattr(sys, "argv", ["rfcalc", "check", "k3", "--no-holes", "--no-config"])
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    assert "RF407 a pipe broke" in capsys.readouterr().err


NAMED = {
    "analyze": ["analyze {}", "analyze {} -f json", "analyze {} -f csv"],
    "check": ["check {} --no-gridding --no-config", "check {} --no-gridding --no-config -f sarif"],
    "others": ["fix {}", "sizes {}", "compare {} {}", "stream {} --axis 0", "graph {}"],
}


@pytest.mark.parametrize(
    ("line", "encoding"),
    [*((line, "ascii") for lines in NAMED.values() for line in lines), ("analyze {}", "cp1252")],
)
def test_a_name_that_the_encoding_lacks_is_escaped(tmp_path, line, encoding):
    net = tmp_path / "net.yaml"
    text = "input: [24, 24]\nlayers: [{kernel: 3, dilation: 2, name: 層}]\n"
    net.write_text(text, encoding="utf-8")
    told = run(line.format(net, net), env={"PYTHONIOENCODING": encoding})
    assert "Traceback" not in told.stderr, told.stderr
    assert told.returncode in (0, 1)
    assert "\\u5c64" in told.stdout + told.stderr


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "rfcalc", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=UNMEASURED,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def bare():
    """Seconds until Python itself is up, before which nothing of rfcalc has run."""
    begun = time.monotonic()
    code = "import rfcalc.__main__"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, env=UNMEASURED)
    return time.monotonic() - begun


LONG = ["verify", "zoo:resnet50", "--input", "64,64", "--positions", "1000"]


def test_ctrl_c_leaves_no_trace_and_exits_130_at_every_stage(tmp_path):
    """While modules are imported, while it works, while it prints and while it ends."""
    begin, draw, ended, turns = bare(), random.Random(0), [], amount(3, 6)
    for arguments in (LONG, ["heatmap", "k3,k3", "-o", str(tmp_path / "a.png")], ["schema"]):
        for _ in range(turns):
            child = start(*arguments)
            time.sleep(1.2 * begin + draw.random())
            child.send_signal(signal.SIGINT)
            _, err = child.communicate(timeout=60)
            assert "Traceback" not in err, err
            assert "Exception ignored" not in err, err
            ended.append(child.returncode)
            assert [p.name for p in tmp_path.iterdir()] in ([], ["a.png"])
    # When the interpreter ends it lets the signal end it, which a shell shows as 130 too.
    assert set(ended) <= {0, 130, -signal.SIGINT}
    assert ended[:turns] == [130] * turns


def test_ctrl_c_while_python_imports_the_program_leaves_no_trace(tmp_path):
    """A signal that comes with the first module after `signal` itself finds the handler set."""
    probe = "import os, signal; os.kill(os.getpid(), signal.SIGINT); raise SystemExit(7)"
    (tmp_path / "typer.py").write_text(probe)
    child = subprocess.run(
        [sys.executable, "-P", "-m", "rfcalc", "schema"],
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        timeout=60,
        check=False,
    )
    assert (child.returncode, child.stderr) == (130, b"")


def test_a_command_asked_to_end_leaves_no_trace():
    child = start(*LONG)
    time.sleep(3 * bare() + 0.3)
    child.terminate()
    _, err = child.communicate(timeout=60)
    assert child.returncode == 143
    assert err == ""


def test_a_working_folder_that_is_gone_is_no_trace(tmp_path):
    gone = tmp_path / "gone"
    line = f"mkdir {gone}; cd {gone}; rmdir {gone}; {sys.executable} -m rfcalc"
    for rest in ("analyze k3", "check k3 --min-rf 3", "analyze nothing.yaml", "schema -o a.json"):
        result = subprocess.run(
            ["bash", "-c", f"{line} {rest}"],
            capture_output=True,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            timeout=60,
            check=False,
        )
        assert "Traceback" not in result.stderr, result.stderr
        assert result.returncode in (0, 2)


@pytest.mark.parametrize("command", TALK)
def test_a_command_told_to_be_quiet_prints_nothing(command):
    result = run(f"{TALK[command]} -q")
    assert (result.stdout, result.stderr) == ("", "")
    assert result.returncode == (command in NO)
