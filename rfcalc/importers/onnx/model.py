"""What program is in an ONNX file? Its inputs, its nodes one by one, its constants."""

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

from rfcalc.errors import fail, many
from rfcalc.importers.onnx.inlining import OLDEST, laid_out
from rfcalc.importers.onnx.order import ordered
from rfcalc.importers.onnx.program import DEFAULT, Given, Program
from rfcalc.importers.onnx.wire import SAVE, without_weights
from rfcalc.spelling import nearest

__all__ = ["program_in"]

MOST_VALUES = 4096
"""Most numbers of an input whose values are given."""
UPGRADED = 13
"""The opset in which a model of an older one than is read comes to be."""


def program_in(
    path: str | Path, values: Mapping[str, float | Sequence[float]] | None = None
) -> Program:
    """Return the program of an ONNX file; weights are not read, and data outside only if small.

    Parameters
    ----------
    values : numbers of inputs, by name, which are constants of the program then.

    Raises
    ------
    RfcalcError
        RF504: the file is not ONNX, is cut short, or has an opset that is not known; RF505: the
        package ``onnx`` is missing; RF113: a limit; RF517: a value for what is no input, or of
        another size.
    """
    try:
        import onnx
    except ImportError:
        help = 'pip install "rfcalc[onnx]"'
        raise fail("RF505", "reading an ONNX model needs the package onnx", help) from None
    held = without_weights(path)
    try:
        model = onnx.ModelProto.FromString(held)
    except Exception as fault:
        first = str(fault).partition("\n")[0]
        fact = f"{path} is not an ONNX file, or is cut short ({first})"
        raise fail("RF504", fact, SAVE) from None
    del held
    if not model.HasField("graph") or not (model.graph.node or model.graph.output):
        raise fail("RF504", f"{path} holds no graph", "save the model, not its weights alone")
    model = _upgraded(model)
    _check(model.opset_import, onnx.defs.onnx_opset_version(), str(path))
    program = _program(model, Path(path))
    _fix(program, values or {})
    return program


def _fix(program: Program, values: Mapping[str, float | Sequence[float]]) -> None:
    """Give inputs of a program the numbers that are said, as constants."""
    import numpy as np
    from onnx.helper import tensor_dtype_to_np_dtype
    from onnx.numpy_helper import from_array

    for name, value in values.items():
        known = [one.name for one in program.inputs]
        if name not in known:
            raise fail("RF517", f"the model has no input '{name}'", nearest(name, known))
        one = program.inputs.pop(known.index(name))
        kind = next(held.type for held in program.model.graph.input if held.name == name)
        given = np.asarray(value)
        with np.errstate(all="ignore"):
            found = given.astype(tensor_dtype_to_np_dtype(kind.tensor_type.elem_type))
        if found.dtype.kind in "iub" and not (found == given).all():
            fact = f"the input '{name}' takes whole numbers of {found.dtype}, not {value}"
            raise fail("RF517", fact, "give a number that it can hold")
        sizes = [n if isinstance(n, int) and n > 0 else 1 for n in one.dims or ()]
        if found.size not in (1, prod(sizes)) or prod(sizes) > MOST_VALUES:
            held = many(prod(sizes), "number")
            fact = f"the input '{name}' takes {held}, and {found.size} are given"
            raise fail("RF517", fact, "give one number, which stands for all, or each of them")
        one_for_all = found.reshape(()) if found.size == 1 else found.reshape(sizes)
        filled = np.broadcast_to(one_for_all, sizes)
        program.tensors[name] = from_array(np.array(filled), name)


def _upgraded(model: Any) -> Any:
    """Return a model of an opset that is no longer read as one of a later opset."""
    opset = next((item.version for item in model.opset_import if item.domain in DEFAULT), OLDEST)
    if not 0 < opset < OLDEST:
        return model
    from onnx import version_converter

    # Before version 4 a constant had to be an input too, which the converter insists on.
    model.ir_version = max(model.ir_version, 4)
    try:
        return version_converter.convert_version(model, UPGRADED)
    except Exception:
        # The converter raises anything; what is reported of the file is that it is too old.
        return model


def _check(imports: Iterable[Any], newest: int, path: str) -> None:
    """Refuse a file without an opset, or with one that is not known."""
    opset = next((item.version for item in imports if item.domain in DEFAULT), None)
    if opset is None:
        if any(True for _ in imports):
            return
        raise fail("RF504", f"{path} names no opset, or is cut short", SAVE)
    if opset > newest:
        raise fail(
            "RF504",
            f"{path} has opset {opset}; the installed onnx knows opsets up to {newest}",
            "pip install --upgrade onnx",
        )
    if opset < OLDEST:
        raise fail(
            "RF504",
            f"{path} has opset {opset}; opsets from {OLDEST} up are read",
            "convert it with onnx.version_converter.convert_version(model, 13)",
        )


def _program(model: Any, path: Path) -> Program:
    graph = model.graph
    tensors = _tensors(graph)
    inputs = [
        Given(value.name, _dims(value.type)) for value in graph.input if value.name not in tensors
    ]
    outputs = [value.name for value in graph.output]
    program = Program(path.stem, inputs, outputs, [], tensors, model, path.parent)
    taken = [*tensors, *(one.name for one in inputs)]
    program.steps = ordered(laid_out(program, graph.node, {}, "", taken=taken))
    return program


def _tensors(graph: Any) -> dict[str, Any]:
    """Return the constants of a graph by name."""
    found = {tensor.name: tensor for tensor in graph.initializer}
    return found | {sparse.values.name: sparse for sparse in graph.sparse_initializer}


def _dims(kind: Any) -> tuple[int | str, ...] | None:
    if kind.WhichOneof("value") != "tensor_type" or not kind.tensor_type.HasField("shape"):
        return None
    return tuple(
        dim.dim_value if dim.WhichOneof("value") == "dim_value" else dim.dim_param
        for dim in kind.tensor_type.shape.dim
    )
