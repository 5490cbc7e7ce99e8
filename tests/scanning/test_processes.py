"""Does a worker process live as long as it is asked, and is one that fails never waited for?"""

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec
import pytest

from rfcalc.scanning import Item, Line, child, listed, measurable, process, workers
from rfcalc.scanning.child import Asked
from rfcalc.scanning.process import Fell, Process
from tests.cli.processes import ROOT

pytestmark = pytest.mark.slow

CHILD = "from rfcalc.scanning.child import main; main()"
K3 = Item(path="it", net="k3", folder=str(ROOT))


def exact(reply):
    line = msgspec.json.decode(reply, type=Line)
    return line.status == "exact" and line.rf == (3, 3)


def test_a_process_ends_when_it_is_asked_no_more():
    asked = pickle.dumps(Asked(K3, 100, False))
    found = subprocess.run(
        [sys.executable, "-c", CHILD],
        input=asked * 2,
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    ready, *replies = found.stdout.splitlines()
    assert (found.returncode, found.stderr, ready) == (0, b"", b"")
    assert [exact(reply) for reply in replies] == [True, True]


def test_a_process_ends_with_the_one_that_started_it():
    """The test holds both of its pipes open, and it ends all the same."""
    asks, asked = os.pipe()
    replies, answers = os.pipe()
    start = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {CHILD!r}])\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", start], stdin=asks, stdout=answers, cwd=ROOT)
    os.close(answers)
    with open(replies, "rb") as heard:
        assert heard.readline() == b"\n"
        parent.kill()
        parent.wait(60)
        assert heard.read() == b""
    os.close(asks)
    os.close(asked)


def gone(pid):
    """Wait until a process has ended; nobody may ask for the status of an orphan."""
    psutil = pytest.importorskip("psutil")
    end = time.monotonic() + 30
    with suppress(psutil.NoSuchProcess):
        while psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
            assert time.monotonic() < end
            time.sleep(0.01)


STARTER = """
import subprocess, sys
from rfcalc.scanning import child
other = [sys.executable, "-c", "import time; time.sleep(60)"]
with open("NUMBER", "w") as file:
    file.write(str(subprocess.Popen(other, stdout=-3, start_new_session=True).pid))
child.main()
"""


@pytest.mark.parametrize("asked", ["-1", "None"])
def test_what_a_process_has_started_ends_with_the_one_that_started_it(tmp_path, asked):
    """Though that one was killed, and what was started has left every group.

    Who asks the process is gone as well, or is not, as when it is busy with an item.
    """
    psutil = pytest.importorskip("psutil")
    number = tmp_path / "number"
    code = STARTER.replace("NUMBER", str(number))
    start = (
        "import subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {code!r}], stdin={asked})\n"
        "time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", start], stdin=-1, stdout=-1, cwd=ROOT)
    with parent.stdin, parent.stdout:
        assert parent.stdout.readline() == b"\n"
        started = psutil.Process(int(number.read_text()))
        assert started.is_running()
        parent.kill()
        parent.wait(60)
        assert parent.stdout.read() == b""
    gone(started.pid)


def test_a_process_that_does_not_come_back_from_a_library_is_ended(limits, monkeypatch):
    """A library that holds Python's lock lets no signal and no thread of Python through."""
    monkeypatch.setattr(child, "GRACE", 0.0)
    held = "import re; re.match('(a+)+b', 'a' * 60)"
    code = (
        "import io, pickle, sys\n"
        "from rfcalc.scanning import child\n"
        f"def answer(*_): exec({held!r})\n"
        "child.answer, child.GRACE = answer, 0.0\n"
        "child.main()\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", code],
        input=pickle.dumps(Asked(K3, 0.1, False)),
        capture_output=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert (found.returncode, found.stdout) == (1, b"\n")


STUBS = {
    "never ready": ("time.sleep(60)", "timeout", "a worker process did not start in 0.5 s"),
    "silent": ("say(b'\\n'); time.sleep(60)", "timeout", "no answer within 0.5 s"),
    "hungry": ("say(b'\\n'); time.sleep(60)", "memory", "took more than 1 MB"),
    "closed": (
        "say(b'\\n'); os.close(1); time.sleep(60)",
        "crashed",
        "the process closed its output",
    ),
    "cut short": ("say(b'\\n{'); os._exit(4)", "crashed", "the process ended with exit status 4"),
    "killed": (
        "say(b'\\n'); os.kill(os.getpid(), signal.SIGKILL)",
        "crashed",
        "the process was ended by SIGKILL; the system may be out of memory",
    ),
}


@pytest.mark.parametrize("name", STUBS)
def test_a_process_that_fails_is_told_from_one_that_is_late(monkeypatch, limits, name):
    if name == "hungry":
        pytest.importorskip("psutil")
    code, status, message = STUBS[name]
    say = "say = lambda text: os.write(1, text)"
    monkeypatch.setattr(process, "_CODE", f"import os, signal, time\n{say}\n{code}")
    monkeypatch.setattr(process, "START", 0.5 if name == "never ready" else 60)
    monkeypatch.setattr(process, "END", 0.5 if name == "closed" else 60)
    timeout = 0.5 if name == "silent" else 60
    memory = 1 << 20 if name == "hungry" else 0
    asked = Process()
    with pytest.raises(Fell) as caught:
        asked.ask(K3, msgspec.structs.replace(limits, timeout=timeout, memory=memory))
    assert (caught.value.status, str(caught.value)) == (status, message)
    asked.end()
    assert asked._run.poll() is not None


@pytest.mark.parametrize("lacking", [False, True])
def test_an_end_is_an_end_with_and_without_psutil(monkeypatch, limits, lacking):
    if lacking:
        monkeypatch.setitem(sys.modules, "psutil", None)
    asked = Process()
    assert asked.ask(K3, limits).rf == (3, 3)
    assert (asked.resident > 0) == measurable() == (not lacking)
    asked.end()
    assert asked._run.returncode == -signal.SIGKILL
    asked.end()
    with pytest.raises(Fell, match="SIGKILL"):
        asked.ask(K3, limits)


def test_an_item_that_a_dead_process_did_not_take_is_given_to_a_new_one(folder, limits):
    items = listed(str(folder)).items
    assert workers.work(items[0], limits).rf == (5, 5)
    (first,) = workers._idle
    os.kill(first._run.pid, signal.SIGKILL)
    os.waitid(os.P_PID, first._run.pid, os.WEXITED | os.WNOWAIT)
    assert workers.work(items[1], limits).rf == (7, 7)
    (second,) = workers._idle
    assert (second is not first, second.served) == (True, 1)


SERVES_ONE = """
import os, pickle, sys
sys.path.append(sys.argv[1])
os.write(1, b"\\n")
asked = pickle.load(sys.stdin.buffer)
os.write(1, b'{"path": "%s", "status": "exact"}\\n' % asked.item.path.encode())
pickle.load(sys.stdin.buffer)
os._exit(5)
"""


def test_a_death_in_a_process_that_has_served_is_tried_again_in_a_new_one(monkeypatch, limits):
    monkeypatch.setattr(process, "_CODE", SERVES_ONE)
    items = [msgspec.structs.replace(K3, path=path) for path in ("first", "second")]
    served = []
    for item in items:
        line = workers.work(item, limits)
        assert (line.path, line.status) == (item.path, "exact")
        served += workers._idle
    first, second = served
    assert first is not second
    assert (first.served, second.served) == (1, 1)
    assert first._run.returncode == 5


def test_a_death_in_a_new_process_is_the_doing_of_its_item(monkeypatch, limits):
    monkeypatch.setattr(process, "_CODE", "import os; os.write(1, b'\\n'); os._exit(4)")
    line = workers.work(K3, limits)
    assert (line.status, line.message) == ("crashed", "the process ended with exit status 4")
    assert (workers._idle, workers._busy) == ([], {})


def test_a_scan_that_is_closed_ends_what_runs_for_it_and_nothing_else(monkeypatch, limits):
    monkeypatch.setattr(process, "_CODE", "import os, time; os.write(1, b'\\n'); time.sleep(60)")
    other = msgspec.structs.replace(limits, scan="another")
    with ThreadPoolExecutor(2) as executor:
        ended, going = (executor.submit(workers.work, K3, one) for one in (limits, other))
        until = time.monotonic() + 60
        while not {"another", limits.scan} <= {*workers._busy.values()}:
            assert time.monotonic() < until
            time.sleep(0.01)
        workers.close(limits.scan)
        assert ended.result(60).message == "the scan was ended"
        assert not going.done()
        assert [*workers._busy.values()] == ["another"]
        workers.close("another")
        assert going.result(60).status == "crashed"
    assert (workers._idle, workers._busy) == ([], {})


def test_a_process_whose_scan_was_closed_as_it_answered_is_not_kept(monkeypatch, limits):
    class Late(Process):
        def ask(self, item, limits):
            line = super().ask(item, limits)
            workers.close(limits.scan)
            return line

    monkeypatch.setattr(workers, "Process", Late)
    assert workers.work(K3, limits).status == "exact"
    assert (workers._idle, workers._busy) == ([], {})


def test_a_system_that_starts_no_process_costs_a_line(monkeypatch, limits):
    def refuse(code, threads):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(workers, "Process", refuse)
    line = workers.work(K3, limits)
    assert (line.path, line.status) == ("it", "crashed")
    assert line.message == "no process can be started: Resource temporarily unavailable"


def test_a_process_is_ended_when_its_item_is_interrupted(monkeypatch, limits):
    started = []

    class Interrupted(Process):
        def ask(self, item, limits):
            started.append(self)
            raise KeyboardInterrupt

    monkeypatch.setattr(workers, "Process", Interrupted)
    with pytest.raises(KeyboardInterrupt):
        workers.work(K3, limits)
    assert [made._run.poll() for made in started] == [-signal.SIGKILL]
    assert not {*started} & {*workers._idle, *workers._busy}


# Each answers with its own number.
NUMBERED = """
import os, pickle, sys
sys.path.append(sys.argv[1])
os.write(1, b"\\n")
while True:
    asked = pickle.load(sys.stdin.buffer)
    told = '{"path": "%s", "status": "exact", "nodes": %d}\\n' % (asked.item.path, os.getpid())
    os.write(1, told.encode())
"""


def test_what_runs_code_has_a_process_of_its_own_and_nothing_else_has(
    tmp_path, monkeypatch, limits
):
    """As it may have changed anything in it."""
    monkeypatch.setattr(process, "_CODE", NUMBERED)
    text = "k3\na.b:c --input 1,3\nzoo:unet\na.b:d --input 1,3\nnet.yaml\nm.onnx\n"
    (tmp_path / "list.txt").write_text(text)
    items = listed(str(tmp_path / "list.txt")).items
    numbers = [workers.work(item, limits).nodes for item in items]
    assert len({numbers[1], numbers[3], numbers[0]}) == 3
    assert {numbers[2], numbers[4], numbers[5]} == {numbers[0]}


ODD = {
    "another": ('{"path": "other", "status": "exact"}', "the process answered for another item"),
    "text": ("no JSON", "the process wrote something else than its answer"),
    "list": ("[3]", "the process wrote something else than its answer"),
}


@pytest.mark.parametrize("name", ODD)
def test_a_reply_that_is_no_answer_is_not_believed(monkeypatch, limits, name):
    reply, message = ODD[name]
    code = f"import os, time; os.write(1, {(chr(10) + reply + chr(10)).encode()!r}); time.sleep(60)"
    monkeypatch.setattr(process, "_CODE", code)
    line = workers.work(K3, limits)
    assert (line.path, line.status, line.message) == ("it", "crashed", message)


# It starts another, in a session of its own, that holds 100 MB, and tells its number.
PARENT = """
import os, subprocess, sys, time
held = "input(); held = bytearray(b'x' * (100 << 20)); import time; time.sleep(60)"
os.write(1, b"\\n")
other = subprocess.Popen([sys.executable, "-c", held], stdin=-1, start_new_session=True)
with open("NUMBER", "w") as file:
    file.write(str(other.pid))
other.stdin.write(b"\\n")
other.stdin.flush()
time.sleep(60)
"""


def test_what_an_item_starts_counts_as_its_memory_and_ends_with_it(tmp_path, monkeypatch, limits):
    pytest.importorskip("psutil")
    number = tmp_path / "number"
    monkeypatch.setattr(process, "_CODE", PARENT.replace("NUMBER", str(number)))
    strict = msgspec.structs.replace(limits, memory=90 << 20)
    line = workers.work(msgspec.structs.replace(K3, code=True), strict)
    assert (line.status, line.message) == ("memory", "took more than 90 MB")
    gone(int(number.read_text()))
