"""Tiles of dask and zarr arrays equal the whole; a cluster that is gone leaves nothing behind."""

import os
import signal
import time

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.tiling import run, tile

arrays = pytest.importorskip("dask.array")
distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.filterwarnings("default")

SIZE = (60, 44)


def sums(x):
    """Return what a 3x3 convolution of ones and a stride of 2 behind it give."""
    wide = np.pad(x, 1)
    rows, columns = x.shape
    boxes = [wide[i : i + rows, j : j + columns] for i in range(3) for j in range(3)]
    return sum(boxes)[::2, ::2]


ARRAY = np.random.default_rng(0).integers(0, 99, SIZE).astype("float32")
PLAN = tile(load("k3s2", input=SIZE), (16, 12))


@pytest.fixture(scope="module")
def client():
    quiet = {"dashboard_address": None, "silence_logs": 60, "processes": False}
    cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet)
    with cluster, distributed.Client(cluster, set_as_default=False) as made:
        yield made


def test_a_dask_array_gives_a_dask_array_that_equals_the_whole():
    lazy = run(sums, arrays.from_array(ARRAY, chunks=(13, 20)), PLAN)
    assert lazy.chunks == ((8, 8, 8, 6), (6, 6, 6, 4))
    np.testing.assert_array_equal(lazy.compute(scheduler="synchronous"), sums(ARRAY))


def test_a_dask_array_is_written_where_it_is_to_go():
    out = np.zeros((30, 22), "float32")
    run(sums, arrays.from_array(ARRAY, chunks=(13, 20)), PLAN, out=out)
    np.testing.assert_array_equal(out, sums(ARRAY))


def test_workers_send_back_what_is_no_zarr_array(client):
    seen = []
    found = run(sums, ARRAY, PLAN, client=client, progress=lambda *done: seen.append(done))
    np.testing.assert_array_equal(found, sums(ARRAY))
    assert seen[-1] == (16, 16)


def test_what_the_function_raises_on_a_worker_is_raised(client):
    with pytest.raises(ZeroDivisionError):
        run(lambda x: sums(x) / (1 // 0), ARRAY, PLAN, client=client)
    with pytest.raises(RfcalcError, match="RF466"):
        run(lambda x: sums(x)[1:], ARRAY, PLAN, client=client)


def test_a_cluster_that_is_gone_is_refused(tmp_path):
    with pytest.raises(RfcalcError, match="RF414"):
        run(sums, ARRAY, PLAN, client="tcp://127.0.0.1:many")
    quiet = {"dashboard_address": None, "silence_logs": 60, "processes": False}
    with distributed.LocalCluster(n_workers=1, threads_per_worker=1, **quiet) as cluster:
        gone = distributed.Client(cluster, set_as_default=False)
        gone.close()
    with pytest.raises(RfcalcError, match="RF414"):
        run(sums, ARRAY, PLAN, client=gone)


@pytest.mark.slow
def test_what_a_worker_did_that_is_lost_midway_is_done_again(tmp_path):
    zarr = pytest.importorskip("zarr")
    source = zarr.create_array(
        store=str(tmp_path / "in.zarr"), shape=SIZE, chunks=(10, 10), dtype="float32"
    )
    source[:] = ARRAY
    quiet = {"dashboard_address": None, "silence_logs": 60}
    with (
        distributed.LocalCluster(n_workers=2, threads_per_worker=1, **quiet) as cluster,
        distributed.Client(cluster, set_as_default=False) as held,
    ):
        for out in (None, tmp_path / "out.zarr"):
            lost = []

            def told(done, _total, lost=lost):
                if done == 3 and not lost:
                    lost.append(min(held.run(os.getpid).values()))
                    os.kill(lost[0], signal.SIGKILL)

            found = run(slowly, source, PLAN, client=held, out=out, progress=told)
            assert lost
            np.testing.assert_array_equal(found[:], sums(ARRAY))


def slowly(x):
    """Return the same after a while, so that some tiles are still to be run when one is lost."""
    time.sleep(0.1)
    return sums(x)


class TestZarr:
    """What is written to a store."""

    @pytest.fixture
    def source(self, tmp_path):
        zarr = pytest.importorskip("zarr")
        made = zarr.create_array(
            store=str(tmp_path / "in.zarr"), shape=SIZE, chunks=(10, 10), dtype="float32"
        )
        made[:] = ARRAY
        return made

    def test_a_path_holds_the_whole_and_nothing_else_is_left(self, source, tmp_path, client):
        for name, more in (("alone", {}), ("cluster", {"client": client})):
            found = run(sums, source, PLAN, out=tmp_path / name, **more)
            np.testing.assert_array_equal(found[:], sums(ARRAY))
            assert found.chunks == (8, 6)
        found = run(sums, arrays.from_zarr(source), PLAN, out=str(tmp_path / "lazy"))
        np.testing.assert_array_equal(found[:], sums(ARRAY))
        assert {p.name for p in tmp_path.iterdir()} == {"in.zarr", "alone", "cluster", "lazy"}

    def test_a_fault_leaves_nothing_half_written(self, source, tmp_path):
        calls = []

        def failing(x):
            calls.append(x)
            return sums(x) if len(calls) < 3 else sums(x)[1:]

        with pytest.raises(RfcalcError, match="RF466"):
            run(failing, source, PLAN, out=tmp_path / "out")
        assert {p.name for p in tmp_path.iterdir()} == {"in.zarr"}

    def test_a_store_in_a_folder_that_takes_none_is_refused(self, source, tmp_path):
        with pytest.raises(RfcalcError, match="RF407"):
            run(sums, source, PLAN, out=tmp_path / ("long" * 99))
        assert {p.name for p in tmp_path.iterdir()} == {"in.zarr"}

    def test_tiles_that_would_share_a_chunk_are_refused_on_a_cluster(self, source, client):
        zarr = pytest.importorskip("zarr")
        out = zarr.create_array(store={}, shape=(30, 22), chunks=(5, 5), dtype="float32")
        with pytest.raises(RfcalcError, match="divisor of 8"):
            run(sums, source, PLAN, out=out, client=client)
