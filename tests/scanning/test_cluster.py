"""On a cluster the same lines come, a killed worker costs none, and what is no cluster is told."""

import os
import signal
import time

import pytest

from rfcalc import __version__
from rfcalc.architectures import zoo_names
from rfcalc.errors import RfcalcError
from rfcalc.scanning import cluster as clusters
from rfcalc.scanning import lines, listed
from rfcalc.scanning.cluster import cluster
from tests.cli.conftest import run
from tests.whole import sample

__all__ = ["run"]

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture
def local():
    """Start two worker processes, one item at a time each."""
    quiet = {"dashboard_address": None, "silence_logs": 60}
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as made:
        yield made


@pytest.fixture
def threads():
    """Start one worker in a thread of this process."""
    quiet = {"dashboard_address": None, "silence_logs": 60, "processes": False}
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, **quiet) as made:
        yield made


def until(done):
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def refused(address, scan):
    """Return what is said of a cluster that cannot be used."""
    with pytest.raises(RfcalcError) as caught, cluster(address, scan):
        pytest.fail("the cluster was given")
    (told,) = caught.value.diagnostics
    assert told.code == "RF414"
    assert f"'{address}'" in told.message
    return told


@pytest.mark.parametrize(
    "address", ["tcp://127.0.0.1:1", "nosuch://127.0.0.1:8786", "tcp://127.0.0.1:many"]
)
def test_an_address_without_a_scheduler_is_refused_in_time(monkeypatch, limits, address):
    monkeypatch.setattr(clusters, "REACHED", 0.5)
    begun = time.monotonic()
    assert "`dask='tcp://host:8786'`" in refused(address, limits.scan).help
    assert time.monotonic() - begun < 30


def test_a_cluster_without_workers_is_refused(threads, monkeypatch, limits):
    threads.scale(0)
    until(lambda: not threads.workers)
    monkeypatch.setattr(clusters, "REACHED", 0.5)
    told = refused(threads.scheduler_address, limits.scan)
    assert "it has no workers (" in told.message


def test_workers_of_another_version_are_refused(threads, monkeypatch, limits):
    monkeypatch.setattr(clusters, "version", lambda: "0.0.1")
    told = refused(threads.scheduler_address, limits.scan)
    assert f"have rfcalc 0.0.1, and this is {__version__}" in told.message
    assert told.help == f"pip install rfcalc=={__version__} on them"


def test_workers_that_cannot_run_rfcalc_are_refused(threads, monkeypatch, limits):
    def missing():
        raise ModuleNotFoundError("No module named 'rfcalc'")

    monkeypatch.setattr(clusters, "version", missing)
    told = refused(threads.scheduler_address, limits.scan)
    said = "its workers cannot run rfcalc (ModuleNotFoundError: No module named 'rfcalc')"
    assert told.message.endswith(said)


def test_a_cluster_that_has_lost_its_workers_is_given_up_after_a_while(
    threads, monkeypatch, limits
):
    with cluster(threads.scheduler_address, limits.scan) as (_, check):
        check()
        threads.scale(0)
        until(lambda: not threads.scheduler_info["workers"])
        check()
        monkeypatch.setattr(clusters, "ALONE", 0)
        with pytest.raises(RfcalcError, match="no worker is left since 0 s"):
            until(check)


def test_a_connection_that_is_closed_is_told(threads, monkeypatch, limits):
    made = []

    class Client(distributed.Client):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            made.append(self)

    monkeypatch.setattr(distributed, "Client", Client)
    with cluster(threads.scheduler_address, limits.scan) as (_, check):
        made[0].close()
        with pytest.raises(RfcalcError, match="the connection is closed"):
            check()


@pytest.mark.slow
def test_a_killed_worker_costs_no_line(local, tmp_path, limits):
    names = sorted({*sample(zoo_names(), 24), "resnet18", "resnet152"})
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
    assert (status, err) == (0, f"wrote {there}\n")
    same = [
        {path: {**row, "seconds": None} for path, row in rows(out).items()} for out in (here, there)
    ]
    assert same[0] == same[1]
    assert len(same[0]) == 6
