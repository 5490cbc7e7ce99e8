"""Which values does an exported PyTorch program have, run operator by operator?"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from rfcalc.verification.exchanged import (
    EXCHANGES,
    HIDDEN,
    LINEAR,
    PRODUCTS,
    SOFTMAXES,
    hides,
)

if TYPE_CHECKING:
    from torch import Tensor
else:
    Tensor = Any

__all__ = ["Run"]

_WEIGHTED = ("conv", "linear", "matmul", "mm", "bmm", "addmm", "einsum")
_THROUGH = ("wrap_with_set_grad_enabled", "wrap_with_autocast")


class Run:
    """One run of a program: its values by name, and what was done to the operators.

    Parameters
    ----------
    program : a ``torch.export.ExportedProgram``.
    inputs : by the name of a placeholder of the user's, its value.
    exchange : whether operators that saturate or pick are exchanged for sums.
    wanted : names of values to be held as they are when they are made.

    Attributes
    ----------
    held : the wanted values, untouched by what is written over them later.
    values : tensors by name, as ``importers.torch.exported.program_of`` names them.
    exchanged, kept : how often each operator was exchanged, or kept although its derivative may
        be 0 where it reads.
    doubts : by name of a value, the operators before it through which no derivative passes
        although they read.
    """

    def __init__(
        self,
        program: Any,
        inputs: "Mapping[str, Tensor]",
        exchange: bool,
        wanted: Collection[str] = (),
    ) -> None:
        self.values: dict[str, Any] = dict(inputs)
        self.held: dict[str, Tensor] = {}
        self.exchanged: Counter[str] = Counter()
        self.kept: Counter[str] = Counter()
        self.doubts: dict[str, frozenset[str]] = {}
        self._exchange = exchange
        self._wanted = wanted
        held = {**program.state_dict, **program.constants}
        for spec in program.graph_signature.input_specs:
            if spec.target is not None and spec.target in held:
                self.values[spec.arg.name] = held[spec.target]
        self._walk(program.graph_module, "")

    def _walk(self, module: Any, prefix: str) -> Any:
        """Run the nodes of a graph; return what it puts out."""
        *steps, end = module.graph.nodes
        for node in steps:
            name = prefix + node.name
            if node.op == "get_attr":
                self.values[name] = getattr(module, node.target)
            elif node.op == "call_function":
                before = [prefix + n.name for n in node.all_input_nodes]
                doubt = frozenset[str]().union(*(self.doubts.get(n, ()) for n in before))
                args = self._given(list(node.args), prefix)
                kwargs = self._given(dict(node.kwargs), prefix)
                made, own = self._call(node, args, kwargs, name, doubt)
                doubt |= {own} if own else frozenset()
                self._keep(name, made, doubt)
                schema = getattr(node.target, "_schema", None)
                if doubt and schema is not None and schema.is_mutable and before:
                    self.doubts[before[0]] = self.doubts.get(before[0], frozenset()) | doubt
        return self._given(end.args[0], prefix)

    def _keep(self, name: str, made: Any, doubt: frozenset[str]) -> None:
        """Keep a value, and each of several under a name of its own."""
        self.values[name] = made
        if name in self._wanted:
            self.held[name] = made.clone()
        if doubt:
            self.doubts[name] = doubt
        if isinstance(made, tuple | list):
            for number, item in enumerate(cast("Sequence[Any]", made)):
                self._keep(f"{name}.{number}", item, doubt)

    def _given(self, arg: Any, prefix: str) -> Any:
        """Return an argument with values in place of nodes."""
        import torch

        return torch.fx.map_arg(arg, lambda node: self.values[prefix + node.name])

    def _call(
        self,
        node: Any,
        args: list[Any],
        kwargs: dict[str, object],
        name: str,
        doubt: frozenset[str],
    ) -> tuple[Any, str]:
        """Return what a call gives, and its operator if a derivative may be 0 where it reads."""
        import torch

        target = str(node.target)
        if any(word in target for word in _THROUGH):
            at = next(i for i, arg in enumerate(args) if isinstance(arg, torch.fx.GraphModule))
            inner, below = args[at], f"{name}."
            places = [n.name for n in inner.graph.nodes if n.op == "placeholder"]
            for place, given in zip(places, args[at + 1 :], strict=True):
                self._keep(below + place, given, doubt)
            return self._through(inner, below, args[0], target), ""
        schema = getattr(node.target, "_schema", None)
        if schema is None:
            return node.target(*args, **kwargs), ""
        given = _name_arguments(schema, args, kwargs)
        live = [x for x in _tensors(given.values()) if x.requires_grad]
        op = schema.name.partition("::")[2]
        inplace = schema.is_mutable and op.endswith("_") and not op.endswith("__")
        op = op.removesuffix("_") if inplace else op
        if not live:
            return node.target(*args, **kwargs), ""
        if not self._exchange or (_is_linear(op, given, live) and op != "detach"):
            made = node.target(*args, **kwargs)
            return (_levelled(made) if self._exchange and op.startswith(_WEIGHTED) else made), ""
        if op == "detach":
            return live[0], ""
        if op not in EXCHANGES:
            made = node.target(*args, **kwargs)
            self.kept[op] += made is not None
            return made, op
        self.exchanged[op] += 1
        total = EXCHANGES[op](given, live)
        if inplace:
            return live[0].copy_(_drawn(total)), ""
        if len(schema.returns) > 1:
            return self._several(node.target(*args, **kwargs), total), ""
        # What a mask hides has the weight 0 in a sum of values, whatever stands beside it.
        seen = live[0].detach() > HIDDEN if op in SOFTMAXES else 1
        return _drawn(total) * seen, ""

    def _through(self, inner: Any, below: str, enabled: Any, target: str) -> Any:
        """Run a part that the module runs without derivatives: exchanged, they pass."""
        import torch

        off = "set_grad" in target and enabled is False and not self._exchange
        with torch.no_grad() if off else torch.enable_grad():
            return self._walk(inner, below)

    def _several(self, made: "Sequence[Tensor]", total: "Tensor") -> "list[Any]":
        """Return several results, each that has the shape of the sum exchanged for it."""
        return [
            _drawn(total) if one.shape == total.shape and one.is_floating_point() else one
            for one in made
        ]


def _name_arguments(
    schema: Any, args: Sequence[object], kwargs: Mapping[str, object]
) -> dict[str, Any]:
    """Return the arguments of a call by name, with the defaults of the operator's schema."""
    named = {arg.name: arg.default_value for arg in schema.arguments}
    named |= dict(zip(named, args, strict=False))
    return named | dict(kwargs)


def _is_linear(op: str, given: Mapping[str, object], live: "Sequence[Tensor]") -> bool:
    """Whether the derivative of a call is 0 only where it reads nothing."""
    factor = op in PRODUCTS and len(live) == 1 and live[0] is given["self"]
    still = op == "batch_norm" and not given["training"]
    return op in LINEAR or still or factor or hides(op, given, live)


def _tensors(given: Any) -> "list[Tensor]":
    """Return the tensors among arguments, those in lists too."""
    import torch

    found: list[Tensor] = []
    for one in given:
        listed = cast("Sequence[Any]", one) if isinstance(one, list | tuple) else [one]
        found += [item for item in listed if isinstance(item, torch.Tensor)]
    return found


def _drawn(total: "Tensor") -> "Tensor":
    """Return random values of the order of 1 whose derivative is that of the sum, levelled."""
    return _leveller().apply(total, _noise(total).expand_as(total))


def _noise(like: "Tensor") -> "Tensor":
    """Return positive random values that vary along channels and columns: as many are cheap."""
    import torch

    shapes = [[1] * like.dim() for _ in range(2)]
    for shape, d in zip(shapes, (1, -1), strict=True):
        if like.dim() > 1:
            shape[d] = like.shape[d]
    one, other = (torch.rand(shape, dtype=like.dtype) + 0.5 for shape in shapes)
    return one * other


def _levelled(value: "Tensor") -> "Tensor":
    """Return the same values, their derivative levelled."""
    return _leveller().apply(value, value.detach())


@cache
def _leveller() -> Any:
    """Return the function whose derivative keeps what is 0 and is of the order of 1 elsewhere.

    Products of many small weights would otherwise run below the smallest float. The factor is
    random, so that derivatives do not cancel by chance of equal weights.
    """
    import torch

    class Leveller(torch.autograd.Function):
        @staticmethod
        def forward(_: Any, read: Any, value: Any) -> Any:  # noqa: ARG004 - it is read in name only
            return value.clone()

        @staticmethod
        def backward(_: Any, gradient: Any) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
            return gradient.sign() * _noise(gradient), None

    return Leveller
