"""A model that hangs, dies or eats memory costs its own line, and no other model anything."""

import json
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import msgspec
import pytest

from rfcalc.scanning import Line, lines, listed, measurable, run, workers
from rfcalc.scanning.process import Process

MODELS = """
import os, signal, sys, time
import torch

def good(width=4):
    return torch.nn.Conv2d(3, width, 5)

def die():
    os.kill(os.getpid(), signal.SIGSEGV)

def stop():
    raise SystemExit(0)

def hungry():
    held = []
    while True:
        held.append(bytearray(b"x" * (1 << 24)))
        time.sleep(0.001)

def talk():
    # What it changes, no other meets.
    torch.nn.Conv2d.forward = lambda self, x: torch.nn.functional.avg_pool2d(x, 3)
    print("noise")
    os.write(1, b"more noise")
    return good(int(sys.stdin.read() or 4))
"""
BAD = {
    "die": ("crashed", "the process was ended by SIGSEGV"),
    "stop": (
        "refused",
        "'nets_that_fail:stop' raised SystemExit: 0 (nets_that_fail.py:12, in stop)",
    ),
    "hungry": ("memory", "took more than 1,500 MB"),
}


@pytest.mark.slow
def test_each_way_to_fail_costs_one_line(tmp_path, limits, monkeypatch):
    pytest.importorskip("torch")
    (tmp_path / "nets_that_fail.py").write_text(MODELS)
    monkeypatch.chdir(tmp_path)
    names = [*BAD, "talk", "good --kwargs '{\"width\": 8}'"]
    text = "".join(f"nets_that_fail:{name} --input 1,3,16,16\n" for name in names)
    (tmp_path / "list.txt").write_text(text + "k3,k3d2\n")
    items = listed("list.txt").items
    strict = msgspec.structs.replace(limits, memory=1500 << 20)
    with ThreadPoolExecutor(2) as executor:
        found = list(lines(executor, items, strict))
    told = {line.path: line for line in found}
    assert len(found) == len(told) == len(items)
    for item, name in zip(items, [*names, "k3"], strict=False):
        line = told[item.path]
        if name in BAD:
            assert (line.status, line.message) == BAD[name]
            assert line.rf is None
        else:
            sees = {"k3": (7, 7), "talk": (3, 3)}
            assert (line.status, line.rf) == ("exact", sees.get(name, (5, 5)))


def test_a_model_that_hangs_costs_its_line_and_the_next_is_answered(tmp_path, limits, monkeypatch):
    pytest.importorskip("torch")
    (tmp_path / "nets_that_hang.py").write_text(
        "import time\n\n\ndef hang():\n    time.sleep(999)\n"
    )
    monkeypatch.chdir(tmp_path)
    (tmp_path / "list.txt").write_text("nets_that_hang:hang --input 1,3,16,16\nk3,k3d2\n")
    strict = msgspec.structs.replace(limits, timeout=4)
    first, second = (workers.work(item, strict) for item in listed("list.txt").items)
    assert (first.status, first.message) == ("timeout", "no answer within 4 s")
    assert (second.status, second.rf) == ("exact", (7, 7))


def test_a_process_serves_many_and_a_dead_one_is_replaced(folder, limits):
    items = listed(str(folder)).items
    seen = [workers.work(item, limits) for item in items[:3]]
    (process,) = workers._idle
    assert process.served == 3
    process.end()
    seen += [workers.work(item, limits) for item in items[3:]]
    assert [line.rf for line in seen] == [(2 * n + 3,) * 2 for n in range(1, 7)]
    (other,) = workers._idle
    assert (other is not process, other.served) == (True, 3)


def test_a_process_that_has_grown_is_not_kept(folder, limits):
    process = Process()
    item = listed(str(folder)).items[0]
    assert process.ask(item, limits).rf == (5, 5)
    held = process.resident
    process.end()
    if not measurable():
        pytest.skip("the memory of a process cannot be seen")
    assert held > 1 << 20
    tight = msgspec.structs.replace(limits, memory=int(1.5 * held))
    assert workers.work(item, tight).rf == (5, 5)
    assert workers._idle == []


def test_a_file_that_vanishes_meanwhile_costs_its_line(folder, limits):
    items = listed(str(folder)).items
    (folder / "4.yaml").unlink()
    with ThreadPoolExecutor(2) as executor:
        found = {line.path: line for line in lines(executor, items, limits)}
    assert len(found) == 6
    gone = found[str(folder / "4.yaml")]
    assert (gone.status, gone.code) == ("refused", "RF112")
    assert sum(line.status == "exact" for line in found.values()) == 5


class Losing(Executor):
    """Loses the machine under some items, so many times each."""

    def __init__(self, losses):
        self.losses = losses
        self.asked = []

    def submit(self, fn, /, *args, **kwargs):
        item, _ = args
        self.asked.append(item.path)
        future = Future()
        if self.losses.get(item.path, 0):
            self.losses[item.path] -= 1
            future.set_exception(ConnectionError("the machine is gone"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


def test_a_lost_worker_is_given_one_more_chance(folder, limits):
    items = listed(str(folder)).items
    once, twice = items[1].path, items[4].path
    executor = Losing({once: 1, twice: 9})
    found = {line.path: line for line in lines(executor, items, limits)}
    assert len(found) == 6
    assert found[once].status == "exact"
    assert found[twice].status == "crashed"
    assert "lost" in found[twice].message
    assert [executor.asked.count(item.path) for item in items] == [1, 2, 1, 1, 2, 1]


class Slow(Executor):
    """Answers only when all that it may hold has been handed in."""

    def __init__(self, most):
        self.most = most
        self.held = []

    def submit(self, fn, /, item, limits):
        future = Future()
        self.held.append((future, item))
        assert len(self.held) <= self.most
        if len(self.held) == self.most:
            self.answer()
        return future

    def answer(self):
        while self.held:
            future, item = self.held.pop()
            future.set_result(Line(path=item.path, status="exact"))


def test_an_executor_holds_a_window_of_items_at_a_time(folder, limits, monkeypatch):
    items = listed(str(folder)).items
    monkeypatch.setattr(run, "WINDOW", 4)
    monkeypatch.setattr(run, "LOOK", 0.01)
    executor = Slow(4)
    found = [line.path for line in lines(executor, items, limits, executor.answer)]
    assert sorted(found) == sorted(item.path for item in items)


def test_an_executor_that_has_gone_is_not_waited_for(folder, limits, monkeypatch):
    def gone():
        raise ConnectionError("the cluster is gone")

    monkeypatch.setattr(run, "LOOK", 0.01)
    with pytest.raises(ConnectionError):
        list(lines(Slow(99), listed(str(folder)).items, limits, gone))


def test_a_scan_that_is_over_starts_no_process(folder, limits):
    workers.close(limits.scan)
    line = workers.work(listed(str(folder)).items[0], limits)
    assert (line.status, line.message) == ("crashed", "the scan was ended")
    assert workers._idle == []


def test_every_line_is_json_that_any_reader_takes(folder, limits):
    line = workers.work(listed(str(folder)).items[0], limits)
    read = json.loads(msgspec.json.encode(line))
    assert read == json.loads(json.dumps(msgspec.to_builtins(line)))
    assert (read["rf"], read["jump"]) == ([5, 5], [1, 1])
