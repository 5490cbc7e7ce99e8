"""Does a worker process live as long as it is asked, and is one that fails never waited for?"""

import os
import pickle
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import msgspec
import pytest

from rfcalc.scan import Item, Line, child, listed, measurable, process, workers
from rfcalc.scan.child import Asked
from rfcalc.scan.process import Fell, Process, resident
from tests.cli.processes import ROOT

pytestmark = pytest.mark.slow

CHILD = "from rfcalc.scan.child import main; main()"
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


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no such clock")
def test_a_process_that_does_not_come_back_from_a_library_is_ended():
    code = "from rfcalc.scan import child; import time; child._allow(0.05); time.sleep(60)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, timeout=60, check=False)
    assert found.returncode == -signal.SIGALRM


def test_a_system_without_such_a_clock_leaves_it_to_the_parent(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    before = signal.getsignal(signal.SIGALRM)
    child._allow(0.01)
    time.sleep(0.02)
    assert signal.getsignal(signal.SIGALRM) is before


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
def test_an_end_is_an_end_with_and_without_groups_of_processes(monkeypatch, limits, lacking):
    if lacking:
        monkeypatch.delattr(os, "killpg")
    asked = Process()
    assert asked.ask(K3, limits).rf == (3, 3)
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
    def refuse():
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


@pytest.mark.skipif(not measurable(), reason="the memory of a process cannot be seen")
def test_memory_is_seen_in_one_way_or_another_or_not_at_all(monkeypatch):
    pytest.importorskip("psutil")

    def nothing(*_):
        raise FileNotFoundError

    seen = resident(os.getpid())
    assert resident(1 << 30) == 0
    with monkeypatch.context() as patched:
        patched.setattr(process, "open", nothing, raising=False)
        assert 0.5 * seen < resident(os.getpid()) < 2 * seen
        assert resident(1 << 30) == 0
        patched.setitem(sys.modules, "psutil", None)
        assert resident(os.getpid()) == 0
        assert not measurable()
