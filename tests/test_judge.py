"""Law: the NumPy backend judges from the parameters of a layer, and calls none of its methods."""

import ast
from pathlib import Path

import msgspec
import pytest

import rfcalc.numpy_backend
from rfcalc.layers import LAYERS
from rfcalc.layers.base import Layer
from rfcalc.numpy_backend import forward
from rfcalc.numpy_backend.geometry import cells
from rfcalc.numpy_backend.positive import positive
from rfcalc.numpy_backend.pull import pull

PARAMETERS = {field for kind in LAYERS.values() for field in kind.__struct_fields__}


def test_the_backend_reads_parameters_alone_of_a_layer():
    asked: dict[str, str] = {}
    for file in sorted(Path(rfcalc.numpy_backend.__file__).parent.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value).endswith("layer"):
                asked[node.attr] = f"{file.name}:{node.lineno}"
    asked.pop("op")  # its name, in what is refused
    assert {*asked} <= PARAMETERS, {n: at for n, at in asked.items() if n not in PARAMETERS}
    assert {"kernel", "over", "side"} <= {*asked}  # it is read at all


def test_what_the_backend_reads_is_data():
    """A parameter is a field: no property or method of a layer has the name of one."""
    for kind in LAYERS.values():
        names = {field.name for field in msgspec.structs.fields(kind)}
        assert not {name for name in names if isinstance(getattr(kind, name, None), property)}


ASKED = {"forward.py": forward, "positive.py": positive, "pull.py": pull, "geometry.py": cells}


@pytest.mark.parametrize("op", LAYERS)
@pytest.mark.parametrize("file", ASKED)
def test_the_backend_has_an_entry_for_every_op(op: str, file: str):
    """Of its own, or of the kind of layer that it is."""
    if LAYERS[op].merges and file != "forward.py":
        return  # a merge is a sum in each of them
    found, none = ASKED[file].dispatch(LAYERS[op]), ASKED[file].dispatch(Layer)
    name = ASKED[file].__name__
    assert found is not none, f"register '{op}' with `{name}` in rfcalc/numpy_backend/{file}"
