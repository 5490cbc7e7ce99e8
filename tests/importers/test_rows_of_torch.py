"""Is every row of the PyTorch table run, and does it read what changes the output of the call?"""

import pytest

pytest.importorskip("torch")

from rfcalc.importers.torch.operators import OPERATORS
from rfcalc.importers.torch.program import Call, Program, Ref
from rfcalc.importers.torch.reader import read_program
from tests.importers.changing import samples
from tests.importers.rows import assert_right, case, refusal, rows, watched
from tests.importers.rows_torch import DRAWN, ELSEWHERE, FOLDED, RENAMED, ROWS, SHAPE, SHAPES
from tests.importers.tape_torch import Tape

torch = pytest.importorskip("torch")

pytestmark = pytest.mark.filterwarnings("ignore")

PLACE = "ROWS of tests/importers/rows_torch.py"
HOW = "a function of torch.ops.aten and the input that calls the operator"


def target_of(name):
    return name if "." in name else f"aten.{name}"


@pytest.mark.parametrize("name", [name for name in rows("torch") if name not in ELSEWHERE])
def test_a_row_reads_what_changes_the_output(name, monkeypatch):
    made = case(ROWS, RENAMED.get(name, name), PLACE, HOW)
    calls = watched(monkeypatch, OPERATORS, target_of(name))
    inputs = samples(SHAPES.get(name, SHAPE), DRAWN.get(name, 1), "float64")
    x = torch.tensor(inputs[0])
    tape = Tape(x, {f"aten.{other}": target_of(name) for other in [RENAMED.get(name)] if other})
    program = tape.program(made(tape, x))

    def run(array):
        # manual_seed of the package would write down the stack for other devices each time.
        torch.default_generator.manual_seed(0)
        return made(torch.ops.aten, torch.tensor(array)).resolve_conj().numpy()

    assert_right(lambda layout: read_program(program, [layout]), run, inputs)
    assert bool(calls) == (name not in FOLDED)


@pytest.mark.parametrize("name", rows("torch", refused=True))
def test_a_row_that_is_refused_says_so_and_where(name):
    call = Call(target_of(name), "", False, {"self": Ref("x")}, ("y",))
    program = Program("made", ("x",), ("y",), (call,), {"x": SHAPE, "y": SHAPE})
    fault = refusal(lambda: read_program(program, ["NCHW"]))
    assert fault.code in ("RF501", "RF502")
    assert target_of(name) in fault.message


def test_every_case_is_of_a_row():
    assert {*ROWS, *RENAMED} <= {*rows("torch")}
    assert not {*ROWS} & {*RENAMED}


def test_every_row_is_an_operator_that_there_is():
    aten = [name for name in rows("torch") + rows("torch", refused=True) if "." not in name]
    assert [name for name in aten if not hasattr(torch.ops.aten, name)] == []
