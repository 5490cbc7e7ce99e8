"""On a cluster the same lines come, also when a worker is killed in the middle."""

import os
import signal

import pytest

from rfcalc.scan import lines, listed
from rfcalc.scan.cluster import cluster
from rfcalc.zoo import zoo_names
from tests.cli.conftest import run

__all__ = ["run"]

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def local():
    """Start two worker processes, one item at a time each."""
    quiet = {"dashboard_address": None, "silence_logs": 60}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as made:
        yield made


@pytest.mark.slow
def test_a_killed_worker_costs_no_line(local, tmp_path, limits):
    names = zoo_names()
    listing = tmp_path / "nets.txt"
    listing.write_text("".join(f"zoo:{name}\n" for name in names))
    items = listed(str(listing)).items
    first = next(iter(local.workers.values()))
    killed = first.pid
    found = []
    with cluster(local.scheduler_address, limits.scan) as (executor, check):
        for line in lines(executor, items, limits, check):
            found.append(line)
            if len(found) == 5:
                os.kill(killed, signal.SIGKILL)
    assert first.pid != killed
    assert sorted(line.path for line in found) == sorted(f"zoo:{name}" for name in names)
    assert {line.status for line in found} <= {"exact", "unbounded", "assumed"}
    by_path = {line.path: line for line in found}
    assert by_path["zoo:resnet18"].rf == (435, 435)
    assert by_path["zoo:resnet152"].rf == (1451, 1451)


@pytest.mark.slow
def test_the_command_on_a_cluster_writes_what_it_writes_here(local, tmp_path, folder, run, rows):
    here, there = tmp_path / "here.jsonl", tmp_path / "there.jsonl"
    assert run("scan", folder, "-o", here, "--jobs", 2)[0] == 0
    status, _, err = run("scan", folder, "-o", there, "--dask", local.scheduler_address)
    assert (status, err) == (0, "")
    same = [
        {path: {**row, "seconds": None} for path, row in rows(out).items()} for out in (here, there)
    ]
    assert same[0] == same[1]
    assert len(same[0]) == 6
