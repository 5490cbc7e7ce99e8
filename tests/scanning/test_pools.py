"""Processes that run at once share the processors, unless the user has said how many threads."""

import json
import os

import pytest

from rfcalc.library import scan_tasks
from rfcalc.scanning import process
from rfcalc.scanning.pools import OPENMP, OWN, shared
from tests.cli.conftest import run

__all__ = ["run"]

# It tells what its environment says.
TELLS = """
import json, os, pickle, sys
sys.path.append(sys.argv[1])
os.write(1, b"\\n")
while True:
    asked = pickle.load(sys.stdin.buffer)
    said = json.dumps({name: os.environ.get(name) for name in NAMES})
    told = {"path": asked.item.path, "status": "exact", "message": said}
    os.write(1, json.dumps(told).encode() + b"\\n")
"""


@pytest.fixture
def told(tmp_path, run, rows, monkeypatch):
    """Return what a process of a scan on eight processors has in its environment."""
    for name in (OPENMP, *OWN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(scan_tasks, "_cpus", lambda: 8)
    monkeypatch.setattr(process, "_CODE", TELLS.replace("NAMES", repr((OPENMP, *OWN))))

    def ask(*arguments):
        (tmp_path / "list.txt").write_text("k3\nmodels:net --input 1,3\n")
        out = tmp_path / "out.jsonl"
        assert run("scan", tmp_path / "list.txt", "-o", out, *arguments)[0] == 0
        first, second = (row["message"] for row in rows(out).values())
        assert first == second
        return {name: value for name, value in json.loads(first).items() if value}

    return ask


@pytest.mark.parametrize(("jobs", "threads"), [(None, 1), (3, 2), (40, 1)])
def test_each_library_has_the_share_of_its_process(told, jobs, threads):
    given = () if jobs is None else ("--jobs", jobs)
    assert told(*given) == dict.fromkeys((OPENMP, *OWN), str(threads))


def test_what_the_user_has_set_stays_and_the_rest_is_shared(told, monkeypatch):
    monkeypatch.setenv("MKL_NUM_THREADS", "5")
    assert told("--jobs", 2) == dict.fromkeys((OPENMP, *OWN), "4") | {"MKL_NUM_THREADS": "5"}
    for name in OWN:
        assert shared({name: "5", "PATH": ""}, 1) == dict.fromkeys((OPENMP, *OWN), "1") | {
            name: "5",
            "PATH": "",
        }


def test_where_openmp_has_a_number_every_library_follows_it(told, monkeypatch):
    """PyTorch with MKL believes a number of MKL before that of OpenMP."""
    monkeypatch.setenv(OPENMP, "3")
    assert told("--jobs", 8) == {OPENMP: "3"}


def test_a_variable_that_is_set_to_nothing_says_nothing(told, monkeypatch):
    monkeypatch.setenv(OPENMP, "")
    assert told("--jobs", 4) == dict.fromkeys((OPENMP, *OWN), "2")


@pytest.mark.filterwarnings("default")
def test_a_process_of_a_cluster_has_one_thread_a_library(told):
    distributed = pytest.importorskip("distributed")
    quiet = {"dashboard_address": None, "silence_logs": 60, "processes": False}
    with distributed.LocalCluster(n_workers=1, threads_per_worker=2, **quiet) as made:
        found = told("--dask", made.scheduler_address)
    assert found == dict.fromkeys((OPENMP, *OWN), "1")


def test_torch_takes_the_share(tmp_path, run, rows, monkeypatch):
    """The model's kernel says how many threads it was built with."""
    pytest.importorskip("torch")
    if (os.cpu_count() or 1) < 2:
        pytest.skip("torch has one thread here in any case")
    for name in (OPENMP, *OWN):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(scan_tasks, "_cpus", lambda: 2)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nets_of_threads.py").write_text(
        "import torch\n\n\ndef net():\n"
        "    return torch.nn.Conv2d(3, 1, 2 * torch.get_num_threads() + 1)\n"
    )
    (tmp_path / "list.txt").write_text("nets_of_threads:net --input 1,3,9,9\n")
    for jobs, field in ((1, 5), (2, 3)):
        out = tmp_path / f"{jobs}.jsonl"
        assert run("scan", "list.txt", "-o", out, "--jobs", jobs)[0] == 0
        (row,) = rows(out).values()
        assert row["rf"] == [field, field]
