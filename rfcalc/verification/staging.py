"""How is a PyTorch module made ready to be compared? Weights, program, network and layers."""

from collections import Counter
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rfcalc.errors import RfcalcError, fail, many
from rfcalc.importers.axes import Tensor
from rfcalc.importers.torch.exported import program_of
from rfcalc.importers.torch.raised import theirs
from rfcalc.importers.torch.reader import read_values
from rfcalc.network import Input
from rfcalc.verification.assumed import assumed_nodes
from rfcalc.verification.preparing import copied, is_float, leaves, live, precision, ready
from rfcalc.verification.running import Run

if TYPE_CHECKING:
    import torch

__all__ = ["Staged", "staged"]

SPREAD = 8
"""Layers compared beside the outputs when none is named."""


class Staged:
    """A module with positive weights, the network that was read from it, and what is compared.

    Attributes
    ----------
    network : read from the module's own program.
    inputs : by position of an input, the tensor that gradients are taken of; whole numbers have
        none.
    compared : positions of the nodes to compare, in order.
    skipped : outputs that cannot be distinguished, each with the reason.
    assumed : positions of the nodes that may read less than their masks say, by an assumption.
    """

    def __init__(
        self,
        module: "torch.nn.Module",
        call: tuple[tuple[Any, ...], dict[str, Any]],
        program: Any,
        seed: int,
        assume_pointwise: Sequence[str],
        layout: Sequence[str],
    ) -> None:
        data = program_of(program, type(module).__name__)
        self.network, made, results = read_values(data, layout or None, assume_pointwise)
        self.skipped: dict[str, str] = {}
        self.assumed = assumed_nodes(self.network)
        self._module = module
        self._call = call
        self._program = program
        self._seed = seed
        self._float = next((x.dtype for x in leaves(call) if is_float(x)), None)
        self._given = dict(zip(program.graph_signature.user_inputs, leaves(call), strict=True))
        self.inputs: dict[int, torch.Tensor] = {}
        self._held: dict[int, Tensor] = {}
        self._layers: dict[int, str] = {}
        for name, value in made.items():
            if isinstance(value, Tensor) and value.node is not None:
                self._held.setdefault(value.node, value)
                self._layers.setdefault(value.node, name)
        self._sources: dict[int, Tensor] = {}
        for node, name in enumerate(data.inputs):  # the first nodes of a network are its inputs
            self._sources[node] = self._held[node]
            del self._layers[node]
            if is_float(self._given[name]):
                self.inputs[node] = self._given[name].requires_grad_()
        self._results = data.outputs
        self._outputs: dict[int, int] = {}
        for number, value in enumerate(results):
            if isinstance(value, Tensor) and value.node in self.network.outputs:
                self._outputs.setdefault(value.node, number)
                self._held[value.node] = value
        self._run: Run | None = None
        self._other = ""
        self.compared: list[int] = []

    def choose(self, layer: str | None) -> None:
        """Choose the layers to compare: the one named, or outputs and some on the way.

        Raises
        ------
        RfcalcError
            RF401 an unknown layer, RF441 one that is an input or stands for no value of the module.
        """
        network = self.network
        outputs = {*network.outputs}
        if layer is None:
            inner = [i for i in sorted(self._layers) if i not in outputs]
            step = max(1, len(inner) / SPREAD)
            spread = [inner[int(number * step)] for number in range(min(SPREAD, len(inner)))]
            self.compared = sorted({*spread, *outputs})
            return
        node = network.index(layer, network.output)
        if node not in self._layers and node not in outputs:
            if isinstance(network.nodes[node].layer, Input):
                fact = f"'{layer}' is an input: it is given, not computed"
                raise fail("RF441", fact, "name a layer behind it")
            fact = f"'{layer}' is a step of rfcalc's own: no value of the module is its output"
            raise fail("RF441", fact, "name the module around it")
        self.compared = [node]

    @contextmanager
    def exchanged(self) -> "Generator[dict[int, torch.Tensor]]":
        """Give the compared values, with saturating and picking operators exchanged."""
        with self._running():
            self._run = self._made(True, self._wanted(self.compared))
            values = {
                node: self._run.values[self._results[number]]
                for node, number in self._outputs.items()
            }
            yield self._found(values, self._run)

    @contextmanager
    def standing(self) -> "Generator[dict[int, torch.Tensor]]":
        """Give the values of the module as it stands: outputs from the module itself.

        Layers on the way come from its program, whose outputs are held against the module's.
        """
        import torch

        with self._running():
            run = self._made(False, self._wanted(self.compared))
            torch.manual_seed(self._seed)  # pyright: ignore[reportUnknownMemberType]
            try:
                args, kwargs = copied(self._call)
                given = leaves(self._module(*args, **kwargs))
            except (Exception, SystemExit) as fault:
                raise theirs("the module", fault) from None
            made = [value for value in given if isinstance(value, torch.Tensor)]
            values: dict[int, torch.Tensor] = {}
            for node, number in self._outputs.items():
                mine = run.values[self._results[number]]
                own = made[number] if len(made) == len(self._results) else None
                alike = own is not None and own.shape == mine.shape
                if own is None or not alike or not torch.allclose(own, mine, equal_nan=True):
                    self._other = "the exported program gives other values than the module itself"
                values[node] = own if own is not None and alike else mine
            yield self._found(values, run)

    def held(self, node: int) -> Tensor:
        """Return how the tensor of a compared node holds its grid."""
        return self._held[node]

    def given(self, node: int) -> Tensor:
        """Return how the tensor of an input holds its grid: put out, it may lie otherwise."""
        return self._sources[node]

    def doubt(self, node: int) -> str:
        """Return the operators before a node that read but pass no derivative."""
        assert self._run is not None
        out = self._outputs.get(node)
        name = self._layers.get(node, "") if out is None else self._results[out]
        held = self._run.doubts.get(name, frozenset())
        return ", ".join(sorted(held))

    def notes(self) -> tuple[str, ...]:
        """Return how the module was run: weights, exchanges, and which layers were compared."""
        assert self._run is not None
        precision = str(self._float).removeprefix("torch.")
        notes = [f"{precision}, evaluation mode, positive random weights (seed {self._seed})"]
        if "32" in precision:
            notes.append("the module does not run in float64")
        if self._run.exchanged:
            listed = _listed(self._run.exchanged)
            notes.append(f"for equality exchanged by sums that read the same: {listed}")
        if self._run.kept:
            notes.append(f"run as they are, though they may pass no derivative: {self._kept()}")
        ends = {*self.network.outputs}
        inner = self._layers.keys() - ends
        done = {i for i in self.compared if self.network.nodes[i].name not in self.skipped}
        notes.append(
            f"compared: {len(ends & done)} of {many(len(ends), 'output')}, "
            f"{len(inner & done)} of {many(len(inner), 'other layer')}; `layer=NAME` for another"
        )
        return (*notes, *([self._other] if self._other else []))

    def _kept(self) -> str:
        assert self._run is not None
        return _listed(self._run.kept)

    def _wanted(self, nodes: Iterable[int]) -> frozenset[str]:
        return frozenset(self._layers[node] for node in nodes if node in self._layers)

    def _found(self, values: "dict[int, torch.Tensor]", run: Run) -> "dict[int, torch.Tensor]":
        for node in self.compared:
            name = self.network.nodes[node].name
            value = values.get(node, run.held.get(self._layers.get(node, "")))
            if value is None:
                self.skipped[name] = "it is only a part of a tensor of the module"
            elif not live(value):
                self.skipped[name] = "as it stands no derivative reaches it"
            else:
                values[node] = value
        return {n: values[n] for n in self.compared if n in values and live(values[n])}

    def _made(self, exchange: bool, wanted: Collection[str]) -> Run:
        """Return a run of the program on copies of the inputs, which may be written to.

        Raises
        ------
        RfcalcError
            RF507: an operator raised.
        """
        try:
            return Run(self._program, copied(self._given), exchange, wanted)
        except (RuntimeError, IndexError, ValueError) as fault:
            raise theirs("the module's program", fault) from None

    @contextmanager
    def _running(self) -> Generator[None]:
        """Run with the module's precision, repeatably, and let values be written over."""
        import torch

        saved = torch.autograd.graph.allow_mutation_on_saved_tensors()
        library: Any = torch
        with precision(self._float), library.random.fork_rng(devices=[]), saved:
            torch.manual_seed(self._seed)  # pyright: ignore[reportUnknownMemberType]
            yield


def staged(
    module: "torch.nn.Module",
    args: Sequence[object],
    kwargs: Mapping[str, object] | None,
    layer: str | None,
    seed: int,
    assume_pointwise: Sequence[str],
    layout: Sequence[str] = (),
) -> Staged:
    """Return a module ready to be compared, in float64 where it runs in that, else in float32.

    Raises
    ------
    RfcalcError
        As ``Staged.choose`` and ``importers.from_torch``.
    """
    import torch

    call = (tuple(args), dict(kwargs or {}))
    try:
        made, program = ready(module, call, seed, torch.float64)
    except RfcalcError:
        made, program = ready(module, call, seed, torch.float32)
    found = Staged(module, made, program, seed, assume_pointwise, layout)
    found.choose(layer)
    return found


def _listed(counts: "Counter[str]") -> str:
    return ", ".join(f"{number} {op}" for op, number in counts.most_common())
