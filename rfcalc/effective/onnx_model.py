"""How is an ONNX file measured? By ONNX Runtime, forward, with changed inputs."""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from rfcalc.effective.runner import Runner
from rfcalc.errors import RfcalcError, by, fail
from rfcalc.gradients import Place
from rfcalc.gradients.occlusion import NEGLIGIBLE, Occlusion, Run, first_side
from rfcalc.gradients.seats import Seat, parts_of
from rfcalc.importers.axes import Pieces, Tensor
from rfcalc.importers.operation import Held
from rfcalc.loading import Sizes, shapes_of
from rfcalc.loading.options import LoadOptions
from rfcalc.network import Network
from rfcalc.packages import package

if TYPE_CHECKING:
    import numpy as np
    import onnx
    from numpy.typing import NDArray

    Array = NDArray[np.floating]

else:
    Array = object

__all__ = ["onnx_runner"]


class Session(Protocol):
    """A model that ONNX Runtime has opened."""

    def run(
        self, names: Sequence[str], given: "Mapping[str, NDArray[np.float32]]"
    ) -> "Sequence[Array]":
        """Return the values of some names."""
        ...


def onnx_runner(path: str, input: Sizes | None, reading: LoadOptions) -> Runner:
    """Return the model of an ONNX file, which holds its weights.

    Raises
    ------
    RfcalcError
        RF406: an option that has no meaning for it; RF505: onnx or onnxruntime is missing; RF507:
        the model does not run; and as ``read_onnx``.
    """
    fact = "measuring an ONNX model needs onnx"
    onnx = package("onnx", fact, "rfcalc[onnx]")
    runtime = package("onnxruntime", "measuring an ONNX model needs onnxruntime", "onnxruntime")
    from rfcalc.importers.malformed import untrusted
    from rfcalc.importers.onnx.model import program_in
    from rfcalc.importers.onnx.reader import read_values

    for option in ("submodule", "kwargs", "set", "dims", "take_values"):
        if reading[option]:
            raise fail("RF406", f"`{option}=` is not for an ONNX model", f"omit `{option}=`")
    with untrusted(path):
        network, values, shapes = read_values(
            program_in(path),
            shapes_of(input),
            reading["assume_pointwise"],
            reading["layout"],
        )
    try:
        proto = onnx.load(path)
    except Exception as fault:
        raise _theirs("reading the file", fault) from None
    held = {one.name for one in proto.graph.initializer}
    names = [one.name for one in proto.graph.input if one.name not in held]
    kinds = {one.name: one.type.tensor_type.elem_type for one in proto.graph.input}
    known: list[Tensor] = []
    for name in names:
        value = values.get(name)
        if not isinstance(value, Tensor) or kinds[name] != onnx.TensorProto.FLOAT:
            fact = f"the input '{name}' is no tensor of float32"
            raise fail("RF441", fact, "measure the model in PyTorch")
        known.append(value)
    seats = _seats(network, values, [one.name for one in proto.graph.output])

    def probing(places: Sequence[Place]) -> AbstractContextManager[Occlusion]:
        def session(wanted: Sequence[str]) -> Session:
            return _session(onnx, runtime, proto, wanted, network, names)

        return _probe(session, names, places, [seats.get(p.target) for p in places], known)

    note = (
        "gradients are differences of ONNX Runtime's float32 outputs, by changing inputs a little"
    )
    sources = tuple(range(len(names)))
    return Runner(
        name=path,
        network=network,
        shapes=tuple(shapes),
        sources=sources,
        how="occlusion",
        notes=(note,),
        probe=probing,
        assumed=tuple(_block_notes(network, names)),
    )


def _block_notes(network: Network, names: Sequence[str]) -> Iterator[str]:
    """Yield for each input that is changed in blocks that some of them are not looked into."""
    for node in network.nodes[: len(names)]:
        if node.size is not None and (side := first_side(node.size)) > 1:
            cells = by((side,) * len(node.size))
            yield (
                f"'{node.name}' is changed in blocks of {cells} cells first, halved in turn: those "
                f"that answer with at most {NEGLIGIBLE:g} of the largest answer are taken for 0"
            )


def _seats(
    network: Network, values: Mapping[str, Held], outputs: Sequence[str]
) -> dict[int, tuple[str, Seat]]:
    """Return for each node the name of a value of the graph that holds it, and how."""
    found: dict[int, tuple[str, Seat]] = {}
    for name in (*outputs, *values):
        value = values.get(name)
        if not isinstance(value, (Tensor, Pieces)):
            continue
        for held, part in parts_of(value):
            if held.node is not None and (part is None or name in outputs):
                found.setdefault(held.node, (name, Seat(0, None, held, part)))
    return {node: one for node, one in found.items() if node < len(network.nodes)}


def _session(
    onnx: ModuleType,
    runtime: ModuleType,
    proto: "onnx.ModelProto",
    wanted: Sequence[str],
    network: Network,
    inputs: Sequence[str],
) -> Session:
    """Return a session that gives some values, batches of any size where the model allows it."""
    model = onnx.ModelProto()
    model.CopyFrom(proto)
    for value, layout in zip(
        (one for one in model.graph.input if one.name in inputs), network.layouts, strict=False
    ):
        for number, (dim, letter) in enumerate(
            zip(value.type.tensor_type.shape.dim, layout, strict=False)
        ):
            if letter != "C":
                dim.dim_param = f"{value.name}_{number}"
    del model.graph.value_info[:]
    outputs = {one.name for one in model.graph.output}
    for one in model.graph.output:
        one.type.tensor_type.ClearField("shape")
    for name in wanted:
        if name not in outputs:
            model.graph.output.append(onnx.ValueInfoProto(name=name))
            outputs.add(name)
    options = runtime.SessionOptions()
    options.log_severity_level = 4
    try:
        return runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
    except Exception as fault:
        raise _theirs("the model", fault) from None


@contextmanager
def _probe(
    opened: Callable[[Sequence[str]], Session],
    names: Sequence[str],
    places: Sequence[Place],
    found: Sequence[tuple[str, Seat] | None],
    known: Sequence[Tensor],
) -> Generator[Occlusion]:
    """Give the function that measures some places."""
    import numpy as np

    wanted: list[str] = []
    seats: list[Seat] = []
    for place, one in zip(places, found, strict=True):
        if one is None:
            fact = f"'{place.layer}' is a step of rfcalc's own: no value of the model is its output"
            raise fail("RF441", fact, "name another layer")
        if len(place.cells) > 1:
            fact = "positions are averaged by gradients, and an ONNX model is run forward"
            raise fail("RF406", fact, "omit `positions=`")
        if one[0] not in wanted:
            wanted.append(one[0])
        seats.append(one[1]._replace(output=wanted.index(one[0])))
    session = opened(wanted)

    def run(arrays: Sequence[Array]) -> list[Array]:
        given = {n: np.asarray(a, np.float32) for n, a in zip(names, arrays, strict=True)}
        try:
            return list(session.run(wanted, given))
        except Exception as fault:
            raise _theirs("the model", fault) from None

    stacked = _stacks(run, places[0].network, known)
    yield Occlusion(run, tuple(places), tuple(seats), tuple(known), stacked)


def _stacks(run: Run, network: Network, known: Sequence[Tensor]) -> bool:
    """Whether a batch of two inputs gives what each of them gives alone."""
    import numpy as np

    if not all(letters.startswith("N") for letters in network.layouts):
        return False
    generator = np.random.default_rng(0)
    pair = [[generator.standard_normal(one.shape) for one in known] for _ in range(2)]
    try:
        alone = [run(one) for one in pair]
        both = run([np.concatenate(one) for one in zip(*pair, strict=True)])
    except RfcalcError:
        return False
    for first, second, two in zip(*alone, both, strict=True):
        apart = np.concatenate([first, second])
        if apart.shape != two.shape or not np.allclose(apart, two, rtol=1e-4, atol=1e-5):
            return False
    return True


def _theirs(who: str, fault: Exception) -> RfcalcError:
    line = next((text for text in str(fault).splitlines() if text.strip()), "")
    fact = f"{who} raised {type(fault).__name__}: {line[:300]}"
    return fail("RF507", fact, "this comes from the model, not from rfcalc")
