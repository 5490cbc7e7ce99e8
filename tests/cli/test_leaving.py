"""Does a signal end a command as a shell expects, unless it is to be ignored?"""

import os
import signal
import subprocess
import sys
import threading

import pytest

from rfcalc import __main__ as program
from tests.cli.processes import ROOT

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
