"""Does a signal end a command as a shell expects, unless it is to be ignored?"""

import os
import signal
import subprocess
import sys
import threading

import pytest

from rfcalc import __main__ as program
from tests.cli.processes import ROOT, UNMEASURED
from tests.whole import amount

ENDS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGXCPU")
IGNORED = ("SIGINT", "SIGHUP", "SIGQUIT")
"""What `&` in a script and `nohup` have their programs ignore."""
SURVIVED = 7


@pytest.mark.parametrize(
    ("name", "ignored"), [*((name, False) for name in ENDS), *((name, True) for name in IGNORED)]
)
def test_a_signal_in_the_middle_of_the_work(tmp_path, name, ignored):
    """It is sent by the library that reads the file."""
    (tmp_path / "net.yaml").write_text("layers: [{kernel: 3}]\n")
    (tmp_path / "yaml.py").write_text(
        f"import os, signal\nos.kill(os.getpid(), signal.{name})\nraise SystemExit({SURVIVED})\n"
    )
    number = getattr(signal, name)
    handler = signal.SIG_IGN if ignored else signal.SIG_DFL
    child = subprocess.run(
        [sys.executable, "-P", "-m", "rfcalc", "analyze", "net.yaml"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"},
        capture_output=True,
        preexec_fn=lambda: signal.signal(number, handler),
        timeout=60,
        check=False,
    )
    assert (child.stdout, child.stderr) == (b"", b"")
    assert child.returncode == (SURVIVED if ignored else 128 + number)


AT = """
import os, sys
sent, wanted = [], int(os.environ["WANTED"])
def look(event, arguments):
    # From where the program has said what Ctrl-C does; `import` is told of what is not yet there.
    if event == "import" and hasattr(sys.modules["__main__"], "_leave"):
        sent.append(arguments[0])
        if len(sent) == wanted:
            os.kill(os.getpid(), 2)
        if not wanted:
            os.write(1, b"\\0")
sys.addaudithook(look)
"""
"""Sends SIGINT when the program imports its n-th module."""


def start_up(folder, wanted, *words):
    return subprocess.run(
        [sys.executable, "-P", "-m", "rfcalc", *words],
        cwd=folder,
        env=UNMEASURED | {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "WANTED": str(wanted)},
        capture_output=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", ["hdc-check 1,2,5", "analyze k3,k3d2 -f json", "--help"])
def test_ctrl_c_at_any_moment_of_the_start_is_quiet(tmp_path, words):
    (tmp_path / "sitecustomize.py").write_text(AT)
    modules = start_up(tmp_path, 0, *words.split()).stdout.count(b"\0")
    assert modules > 40
    for wanted in sorted({1, 2, 3, *range(4, modules, -(-modules // amount(4, 60)))}):
        ended = start_up(tmp_path, wanted, *words.split())
        assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b""), wanted


def test_what_a_library_makes_of_ctrl_c_is_no_fault(tmp_path):
    """Compiled modules turn it into an ImportError."""
    (tmp_path / "net.yaml").write_text("layers: [{kernel: 3}]\n")
    (tmp_path / "yaml.py").write_text(
        "import os\ntry:\n    os.kill(os.getpid(), 2)\n    sum(range(9))\n"
        "except KeyboardInterrupt:\n    raise ImportError('initialization failed') from None\n"
    )
    ended = start_up(tmp_path, 0, "analyze", "net.yaml")
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")


@pytest.fixture
def _as_before():
    """Give Ctrl-C back to the tests; at its end the program leaves at once."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


class Waiting:
    """A stream whose reader takes nothing until the user presses Ctrl-C."""

    encoding = "utf-8"

    def write(self, text):
        raise KeyboardInterrupt

    flush = close = lambda self: self.write("")

    def isatty(self):
        return False


@pytest.mark.usefixtures("_as_before")
@pytest.mark.parametrize(
    ("stream", "words"), [("stdout", "schema"), ("stdout", "--version"), ("stderr", "analyze k0")]
)
def test_ctrl_c_while_a_reader_keeps_the_program_waiting(monkeypatch, stream, words):
    monkeypatch.setattr(sys, "argv", ["rfcalc", *words.split()])
    with monkeypatch.context() as patched:
        patched.setattr(sys, stream, Waiting())
        with pytest.raises(SystemExit) as caught:
            program.main()
    assert caught.value.code == 130


def test_a_command_runs_in_a_thread_that_no_signal_reaches(run):
    found = []
    thread = threading.Thread(target=lambda: found.append(run("hdc-check", "1,2,9")))
    thread.start()
    thread.join(60)
    assert found == [run("hdc-check", "1,2,9")]
