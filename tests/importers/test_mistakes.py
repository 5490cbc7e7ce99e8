"""Is a mistake of a handler told as rfcalc's own, and a fault of the file as the file's?"""

import sys

import pytest

from rfcalc.cli import main
from rfcalc.errors import RfcalcError
from rfcalc.importers import read_onnx
from rfcalc.importers.misused import given_up
from rfcalc.importers.onnx.operators import OPERATORS
from rfcalc.importers.registry import Operator
from tests.importers.onnx_oracle import model, node, saved

pytest.importorskip("onnx")

IMAGE = [1, 3, 8, 8]


@pytest.fixture
def broken(monkeypatch):
    """A handler of Relu that raises what it is told to."""

    def with_fault(fault):
        def handler(op):
            raise fault

        held = Operator("Relu", "element-wise", handler, "Broken")
        monkeypatch.setitem(OPERATORS, "Relu", held)

    return with_fault


def told(made, folder):
    with pytest.raises(RfcalcError) as caught:
        read_onnx(saved(made, folder))
    return caught.value.diagnostics[0]


@pytest.mark.parametrize(
    "fault", [AttributeError("no such"), TypeError("not so"), NameError("who"), RuntimeError("?")]
)
def test_a_mistake_of_a_handler_is_rfcalcs_own(fault, broken, tmp_path):
    broken(fault)
    found = told(model([node("Relu", ["x"], name="act")], IMAGE), tmp_path)
    assert found.code == "RF513"
    what = f"{type(fault).__name__}: {fault}"
    assert found.message == f"'act': rfcalc cannot read Relu by a mistake of its own ({what})"
    assert "report it with the model; RFCALC_DEBUG=1" in found.help


@pytest.mark.parametrize(
    ("op", "inputs", "attributes", "said"),
    [
        ("Relu", ["x", "x"], {}, "it has 2 inputs, and the operator takes 1"),
        ("Concat", ["x", "x"], {}, "its attribute 'axis' is missing"),
        ("Softmax", ["x"], {"axis": "last"}, "its attribute 'axis' is 'last', not of INT"),
        ("Transpose", ["x"], {"perm": 3}, "its attribute 'perm' is 3, not of INTS"),
        ("Conv", ["x", ""], {}, "its input 'W' is left out"),
    ],
)
def test_what_a_definition_does_not_allow_is_the_files_fault(
    op, inputs, attributes, said, monkeypatch, tmp_path
):
    def handler(op):
        raise TypeError("whatever came of it")

    monkeypatch.setitem(OPERATORS, op, Operator(op, "layout", handler, "Broken"))
    found = told(model([node(op, inputs, name="n", **attributes)], IMAGE), tmp_path)
    assert found.code == "RF504"
    assert found.message == f"'n' ({op}): {said}"


def test_a_form_that_is_not_known_stays_one():
    found = given_up("a", "Op", ValueError("three of two")).diagnostics[0]
    assert (found.code, "a form that is not understood" in found.message) == ("RF502", True)


def test_a_trace_is_shown_to_who_asks(broken, tmp_path, monkeypatch, capsys):
    broken(AttributeError("no such"))
    path = saved(model([node("Relu", ["x"], name="act")], IMAGE), tmp_path)
    monkeypatch.setattr(sys, "argv", ["rfcalc", "analyze", str(path)])
    for asked, traced in (("", False), ("0", False), ("1", True)):
        monkeypatch.setenv("RFCALC_DEBUG", asked)
        with pytest.raises(SystemExit) as caught:
            main()
        err = capsys.readouterr().err
        assert caught.value.code == 2
        assert err.startswith("RF513 'act'")
        assert ("Traceback" in err, "test_mistakes.py" in err) == (traced, traced)


def test_a_mistake_outside_of_a_handler_is_told_so(tmp_path, monkeypatch):
    from rfcalc import importers
    from rfcalc.loading import load

    def broken(*_, **__):
        raise TypeError("not so")

    monkeypatch.setattr(importers, "read_onnx", broken, raising=False)
    with pytest.raises(RfcalcError, match=r"RF513 .* by a mistake of rfcalc \(TypeError: not so\)"):
        load(tmp_path / "net.onnx")
