"""Does a function or an array of an unusual kind give the whole by tiles, or a clear error?"""

from functools import partial

import numpy as np
import pytest

from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.tiling import run, tile

PLAN = tile(load("k3p0", dims=2, input=(20, 24)), (4, 5))
ARRAY = np.sin(np.arange(480.0).reshape(20, 24))


def total(x):
    x = np.asarray(x)
    x = x[..., :-2] + x[..., 1:-1] + x[..., 2:]
    return x[..., :-2, :] + x[..., 1:-1, :] + x[..., 2:, :]


WHOLE = total(ARRAY)


class Totals:
    def __call__(self, x):
        return total(x)


def after(count, then, first=total):
    """Return a function that gives something else from some call on."""
    calls = []

    def called(x):
        calls.append(x)
        return first(x) if len(calls) <= count else then(x)

    return called


def in_place(x):
    x += 1
    return total(x)


@pytest.mark.parametrize(
    "predict",
    [
        Totals(),
        partial(lambda times, x: times * total(x), 1),
        lambda x: [total(x)],
        lambda x: (total(x),),
        lambda x: total(x).tolist(),
        lambda x: np.ma.masked_invalid(total(x)),
    ],
    ids=["object", "partial", "list of arrays", "tuple", "list of numbers", "unmasked"],
)
def test_what_gives_an_array_of_any_kind_gives_the_whole(predict):
    np.testing.assert_array_equal(run(predict, ARRAY, PLAN), WHOLE)


@pytest.mark.parametrize("kind", ["numpy", "dask"])
def test_a_function_that_works_in_place_changes_nothing_beside_its_window(kind):
    array = ARRAY.copy()
    given = array
    if kind == "dask":
        given = pytest.importorskip("dask.array").from_array(array, chunks=(7, 24))
    np.testing.assert_array_equal(np.asarray(run(in_place, given, PLAN)), total(ARRAY + 1))
    np.testing.assert_array_equal(array, ARRAY)


def test_a_function_that_returns_one_buffer_again_and_again_gives_the_whole():
    arrays = pytest.importorskip("dask.array")
    buffers = {}

    def predict(x):
        found = total(x)
        buffer = buffers.setdefault(found.shape, np.empty_like(found))
        buffer[:] = found
        return buffer

    np.testing.assert_array_equal(run(predict, ARRAY, PLAN), WHOLE)
    lazy = run(predict, arrays.from_array(ARRAY, chunks=6), PLAN)
    np.testing.assert_array_equal(lazy.compute(scheduler="synchronous"), WHOLE)


@pytest.mark.parametrize(
    ("predict", "says"),
    [
        (lambda x: None, "NoneType, which is no array"),
        (lambda x: "0", "str, which is no array"),
        (lambda x: {"out": total(x)}, "dict, which is no array"),
        (lambda x: (one for one in [total(x)]), "generator, which is no array"),
        (lambda x: 1.0, "float, which is no array"),
        (lambda x: [[1.0], [1.0, 2.0]], "list, which is no array"),
        (lambda x: np.ma.masked_array(total(x), total(x) > 0), "masked"),
        (lambda x: total(x)[0], "1 dimension does not have 2 axes"),
        (after(2, lambda x: total(x)[None]), r"\(1, n, n\) on one window, and on another of"),
        (after(2, lambda x: total(x) + 0.5, lambda x: total(x).astype(int)), "of int64"),
        (after(2, total, lambda x: total(x).astype("f4")), "float64 on one window"),
        (after(2, lambda x: total(x) + 1j), "complex128 on one window"),
    ],
)
def test_what_gives_no_array_or_another_kind_later_is_refused(predict, says):
    with pytest.raises(RfcalcError, match=rf"RF466.*{says}"):
        run(predict, ARRAY, PLAN)


def test_a_tensor_that_numpy_does_not_take_is_refused_with_what_makes_it_one():
    torch = pytest.importorskip("torch")
    made = torch.tensor
    for predict in (
        lambda x: made(total(x), requires_grad=True),
        lambda x: made(total(x), dtype=torch.bfloat16),
    ):
        with pytest.raises(RfcalcError, match=r"Tensor, which is no array[^$]*detach"):
            run(predict, ARRAY, PLAN)
    np.testing.assert_array_equal(run(lambda x: made(total(x)), ARRAY, PLAN), WHOLE)


def test_what_the_function_raises_says_on_which_window(tmp_path):
    pytest.importorskip("zarr")

    def stumble(x):
        raise KeyError("third")

    with pytest.raises(KeyError, match="third") as raised:
        run(after(2, stumble), ARRAY, PLAN, out=tmp_path / "out.zarr")
    assert raised.value.__notes__ == ["raised on the window of cells 0 x 10 to 5 x 16"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "given",
    [
        np.asfortranarray(ARRAY),
        ARRAY[::-1, ::-1],
        np.repeat(ARRAY, 2, 0)[::2],
        ARRAY.astype(">f8"),
        ARRAY.astype("f2"),
        ARRAY + 1j,
        (100 * ARRAY).astype("i1"),
        ARRAY.astype(object),
        np.stack([ARRAY, -ARRAY]),
        np.zeros((0, 20, 24)),
        np.where(ARRAY > 0.9, np.nan, ARRAY),
        np.where(ARRAY > 0.9, np.inf, ARRAY),
    ],
    ids=lambda a: f"{a.dtype}{a.shape}{'' if a.flags.c_contiguous else ' strided'}",
)
def test_arrays_of_any_kind_give_what_the_whole_gives(given):
    found = run(total, given, PLAN)
    assert found.dtype == total(given).dtype
    np.testing.assert_array_equal(found, total(given))


def test_arrays_that_may_not_be_written_to_or_lie_in_files_give_the_whole(tmp_path):
    fixed = ARRAY.copy()
    fixed.flags.writeable = False
    kept = np.memmap(tmp_path / "map", dtype=float, mode="w+", shape=ARRAY.shape)
    kept[:] = ARRAY
    for array in (fixed, kept, np.memmap(tmp_path / "map", float, "r", shape=ARRAY.shape)):
        np.testing.assert_array_equal(run(in_place, array, PLAN), total(ARRAY + 1))
    np.testing.assert_array_equal(kept, ARRAY)


def test_zarr_of_small_integers_and_dask_of_uneven_chunks_give_the_whole(tmp_path):
    zarr = pytest.importorskip("zarr")
    arrays = pytest.importorskip("dask.array")
    numbers = (100 * ARRAY).astype("i1")
    store = zarr.create_array(tmp_path / "in.zarr", shape=ARRAY.shape, chunks=(7, 5), dtype="i1")
    store[:] = numbers
    uneven = arrays.from_array(numbers, chunks=((3, 1, 16), (24,)))
    for array in (store, uneven):
        found = np.asarray(run(total, array, PLAN))
        assert found.dtype == np.int8
        np.testing.assert_array_equal(found, total(numbers))
    unknown = uneven[uneven[:, 0] > -101]
    with pytest.raises(RfcalcError, match="RF466"):
        run(total, unknown, PLAN)


@pytest.mark.parametrize("lazy", [False, True], ids=["numpy", "dask"])
class TestOut:
    @pytest.fixture
    def array(self, lazy):
        if not lazy:
            return ARRAY
        return pytest.importorskip("dask.array").from_array(ARRAY, chunks=6)

    @pytest.mark.parametrize(
        ("out", "code"),
        [
            (np.zeros(WHOLE.shape, int), "RF466"),
            (np.zeros(WHOLE.shape, "u1"), "RF466"),
            (np.zeros((1, *WHOLE.shape)), "RF466"),
            (np.zeros((2, *WHOLE.shape)), "RF466"),
            (np.broadcast_to(0.0, WHOLE.shape), "RF407"),
        ],
        ids=["integers", "bytes", "one more", "two", "read-only"],
    )
    def test_an_array_that_cannot_hold_the_results_is_refused(self, array, out, code):
        with pytest.raises(RfcalcError, match=code):
            run(total, array, PLAN, out=out)
        assert not out.any()

    def test_whole_numbers_go_into_integers_and_floats_are_rounded(self, array):
        labels = np.zeros(WHOLE.shape, "u1")
        run(lambda x: (total(x) > 0).astype(int), array, PLAN, out=labels)
        np.testing.assert_array_equal(labels, WHOLE > 0)
        rounded = np.zeros(WHOLE.shape, "f4", order="F")
        run(total, array, PLAN, out=rounded)
        np.testing.assert_array_equal(rounded, WHOLE.astype("f4"))

    def test_a_number_that_integers_cannot_hold_is_no_other_number(self, array):
        with pytest.raises(RfcalcError, match=r"RF466.*`out=` is of uint8"):
            run(lambda x: 300 + (total(x) > 9), array, PLAN, out=np.zeros((18, 22), "u1"))

    def test_a_store_that_is_read_alone_is_refused(self, array, tmp_path):
        zarr = pytest.importorskip("zarr")
        zarr.create_array(tmp_path / "o", shape=WHOLE.shape, chunks=(4, 5), dtype="f8")
        with pytest.raises(RfcalcError, match=r"RF407.*read-only"):
            run(total, array, PLAN, out=zarr.open_array(str(tmp_path / "o"), mode="r"))


def test_what_takes_no_values_of_numpy_is_no_out():
    arrays, torch = pytest.importorskip("dask.array"), pytest.importorskip("torch")
    for out in (arrays.zeros(WHOLE.shape), torch.zeros(WHOLE.shape), [[0.0]], b"out"):
        with pytest.raises(TypeError, match="out is of type"):
            run(total, ARRAY, PLAN, out=out)
