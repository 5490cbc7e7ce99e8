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
from rfcalc.importers.works import drafts_with_work
from rfcalc.network import Input as Source
from rfcalc.network import Network, PartlyRead, Unread, build

__all__ = ["Losses"]

_LASTING = frozenset(("RF501", "RF502"))
"""Codes of operators and forms that are not followed; any other fault ends the reading."""

_PART = re.compile(r"ask for the part before it \(`submodule=`\)(, or )?")


class Losses:
    """The values of a program that are not known, and the steps that gave none.

    A reader hands every fault of a step to ``take``, which keeps it or raises it, and asks
    ``check`` of each value before it is read. At the end ``finish`` makes the network.
    """

    def __init__(self) -> None:
        self.faults: dict[str, RfcalcError] = {}
        self.steps: list[Unread] = []
        # The step that gave each value, and by a fault the first step that met it: a step that
        # holds others fails by the fault of one of them. A fault lives as long as the values.
        self._givers: dict[str, Unread] = {}
        self._first: dict[int, str] = {}

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
        name, refs = graph.here, list(refs)
        givers = [self._givers[ref] for ref in refs if ref in self._givers]
        by = givers[0].by if givers else self._first.get(id(fault), name)
        self._first[id(fault)] = by
        inputs = dict.fromkeys(
            one
            for ref in refs
            for one in (
                [self._givers[ref].name]
                if ref in self._givers
                else _node_names(graph, values.get(ref))
            )
        )
        step = Unread(name, tuple(inputs), by, fault.diagnostics[0].message)
        self.steps.append(step)
        for output in outputs:
            if output:
                self.faults[output] = fault
                self._givers[output] = step

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
            for one, label in _with_labels(outputs, labels)
            if not isinstance(one, RfcalcError)
        ]
        if fault is None:
            return finish(graph, name, [one for one, _ in known], [label for _, label in known])
        told = fault if modules else _without_module_hint(fault)
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
            drafts_with_work(graph),
            graph.given,
            aliases=entitled(graph.aliases, graph.names, ()),
            assumed=graph.assumed,
            lenient=True,
            layouts=graph.layouts,
        )
        return msgspec.structs.replace(whole, unread=unread)


def _node_names(graph: Graph, held: Any) -> Iterator[str]:
    """Yield the names of the nodes on which a value, or a sequence of them, lies."""
    if isinstance(held, Tensor) and held.node is not None:
        yield graph.drafts[held.node].name
    if isinstance(held, Pieces | list):
        for item in held.items if isinstance(held, Pieces) else cast("list[Value]", held):
            yield from _node_names(graph, item)


def _with_labels(
    outputs: Sequence[Value | RfcalcError], labels: Sequence[str | None]
) -> Iterator[tuple[Value | RfcalcError, str | None]]:
    for number, one in enumerate(outputs):
        yield one, labels[number] if number < len(labels) else None


def _without_module_hint(fault: RfcalcError) -> RfcalcError:
    """Return a fault whose help does not ask for a module: the model names none."""
    return RfcalcError([_without_module(one) for one in fault.diagnostics])


def _without_module(one: Diagnostic) -> Diagnostic:
    return msgspec.structs.replace(one, help=_PART.sub("", one.help))
