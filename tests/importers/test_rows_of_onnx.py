"""Is every row of the ONNX table run, and does it read what changes the output of the reference?"""

import pytest

pytest.importorskip("onnx")

from rfcalc.importers import read_onnx
from rfcalc.importers.deforming import bounded_offsets
from rfcalc.importers.onnx.operators import OPERATORS
from tests.importers.changing import samples
from tests.importers.onnx_oracle import ReferenceEvaluator, node, saved
from tests.importers.rows import assert_right, case, refusal, rows, watched
from tests.importers.rows_onnx import DRAWN, FOLDED, MS, ROWS, SPELLED, several

pytestmark = pytest.mark.filterwarnings("ignore")

PLACE = "ROWS of tests/importers/rows_onnx.py"
HOW = "a function that returns a small model with the operator between 'x' and 'y'"


@pytest.mark.parametrize("name", rows("onnx"))
def test_a_row_reads_what_changes_the_output(name, tmp_path, monkeypatch):
    made = case(ROWS, name, PLACE, HOW)()
    calls = watched(monkeypatch, OPERATORS, name)
    path = saved(made, tmp_path)

    def read(layout):
        with bounded_offsets(1 if "Deform" in name else None):
            return read_onnx(path, layout=[layout])

    evaluator = ReferenceEvaluator(SPELLED.get(name, lambda: made)())
    shape = [size.dim_value for size in made.graph.input[0].type.tensor_type.shape.dim]

    def run(x):
        return evaluator.run(None, {"x": x})[0]

    assert_right(read, run, samples(shape, DRAWN.get(name, 1)))
    assert bool(calls) == (name not in FOLDED)


@pytest.mark.parametrize("name", rows("onnx", refused=True))
def test_a_row_that_is_refused_says_so_and_where(name, tmp_path):
    domain = MS if "." in name else {}
    kind = name.rpartition(".")[2]
    path = saved(
        several([node("Abs", ["x"], "a"), node(kind, ["a"], name="here", **domain)]), tmp_path
    )
    fault = refusal(lambda: read_onnx(path))
    assert fault.code == "RF501"
    assert fault.message.startswith(f"'here': {kind}: ")


def test_every_case_is_of_a_row():
    assert {*ROWS, *SPELLED} <= {*rows("onnx")}
