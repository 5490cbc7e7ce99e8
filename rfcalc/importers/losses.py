"""Which steps of a model could not be followed, and what is read of it all the same?"""

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec

from rfcalc.errors import Diagnostic, RfcalcError
from rfcalc.importers.axes import Pieces, Tensor, Value
from rfcalc.importers.ending import entitled, finish
from rfcalc.importers.graph import Graph
from rfcalc.importers.works import valued
from rfcalc.network import Input as Source
from rfcalc.network import Network, PartlyRead, Unread, build

__all__ = ["Losses"]

_LASTING = frozenset(("RF501", "RF502"))
"""Codes of operators and forms that are not followed; any other fault ends the reading."""

_PART = re.compile(r"ask for the part before it \(--submodule\)(, or )?")


class Losses:
    """The values of a program that are not known, and the steps that gave none.

    A reader hands every fault of a step to ``take``, which keeps it or raises it, and asks
    ``check`` of each value before it is read. At the end ``finish`` makes the network.
    """

    def __init__(self) -> None:
        self.faults: dict[str, RfcalcError] = {}
        self.steps: list[Unread] = []
        self._by: dict[str, str] = {}
        # By the identity of a fault, which lives as long as the values that are lost by it.
        self._met: dict[int, str] = {}
        self._step: dict[str, str] = {}

    def check(self, name: str) -> None:
        """Raise the fault for which a value is not known, if there is one."""
        if name in self.faults:
            raise self.faults[name]

    def take(
        self,
        fault: RfcalcError,
        graph: Graph,
        refs: Iterable[str],
        outputs: Iterable[str | None],
        values: Mapping[str, Any],
    ) -> None:
        """Keep the fault of the current step of a graph, and go on without its outputs.

        Parameters
        ----------
        refs, outputs : names of what the step reads and gives.
        values : those that are known, by name.

        Raises
        ------
        RfcalcError
            The fault, where it is not of an operator alone.
        """
        if any(one.code not in _LASTING for one in fault.diagnostics):
            raise fault
        graph.undo()
        name = graph.here
        refs = list(refs)
        # A step that holds others fails by the fault of one of them, and reads what is known.
        by = next(
            (self._by[ref] for ref in refs if ref in self._by), self._met.get(id(fault), name)
        )
        self._met[id(fault)] = by
        inputs = dict.fromkeys(
            one
            for ref in refs
            for one in ([self._step[ref]] if ref in self._step else _names(graph, values.get(ref)))
        )
        self.steps.append(Unread(name, tuple(inputs), by, fault.diagnostics[0].message))
        for output in outputs:
            if output:
                self.faults[output] = fault
                self._step[output] = name
                self._by[output] = by

    def finish(
        self,
        graph: Graph,
        name: str,
        outputs: Sequence[Value | RfcalcError],
        labels: Sequence[str | None] = (),
        modules: bool = True,
    ) -> Network:
        """Return the network of a graph, as ``ending.finish``.

        Parameters
        ----------
        outputs : each output, or the fault for which it is not known.
        modules : whether the model names modules, which may be asked for.

        Raises
        ------
        PartlyRead
            An output is not known, and a layer before it is.
        RfcalcError
            As ``ending.finish``, and the fault of an output without a layer before it.
        """
        fault = next((one for one in outputs if isinstance(one, RfcalcError)), None)
        known = [
            (one, label)
            for one, label in _paired(outputs, labels)
            if not isinstance(one, RfcalcError)
        ]
        if fault is None:
            return finish(graph, name, [one for one, _ in known], [label for _, label in known])
        told = fault if modules else _without_part(fault)
        network = None
        with contextlib.suppress(RfcalcError):
            network = self._before(graph, name, known)
        if network is None:
            raise told
        raise PartlyRead(told, network) from fault

    def _before(
        self, graph: Graph, name: str, known: Sequence[tuple[Value, str | None]]
    ) -> Network | None:
        """Return what was read: with the outputs that are known, or the last layers."""
        if all(isinstance(draft.layer, Source) for draft in graph.drafts):
            return None
        unread = tuple(self.steps)
        with contextlib.suppress(RfcalcError):
            whole = finish(graph, name, [one for one, _ in known], [label for _, label in known])
            return msgspec.structs.replace(whole, unread=unread)
        whole = build(
            name,
            graph.dims,
            valued(graph),
            graph.given,
            aliases=entitled(graph.aliases, graph.names, ()),
            assumed=graph.assumed,
            lenient=True,
            layouts=graph.layouts,
        )
        return msgspec.structs.replace(whole, unread=unread)


def _names(graph: Graph, held: Any) -> Iterator[str]:
    """Yield the names of the nodes on which a value, or a sequence of them, lies."""
    if isinstance(held, Tensor) and held.node is not None:
        yield graph.drafts[held.node].name
    if isinstance(held, Pieces | list):
        for item in held.items if isinstance(held, Pieces) else cast("list[Value]", held):
            yield from _names(graph, item)


def _paired(
    outputs: Sequence[Value | RfcalcError], labels: Sequence[str | None]
) -> Iterator[tuple[Value | RfcalcError, str | None]]:
    for number, one in enumerate(outputs):
        yield one, labels[number] if number < len(labels) else None


def _without_part(fault: RfcalcError) -> RfcalcError:
    """Return a fault whose help does not ask for a module: the model names none."""
    return RfcalcError([_shortened(one) for one in fault.diagnostics])


def _shortened(one: Diagnostic) -> Diagnostic:
    return msgspec.structs.replace(one, help=_PART.sub("", one.help))
