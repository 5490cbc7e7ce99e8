"""Which operators of a framework are handled, and how? One registered function per operator."""

from collections.abc import Callable, Collection
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.importers.graph import Graph
from rfcalc.importers.misused import given_up
from rfcalc.importers.operation import Result
from rfcalc.importers.tables import Kind

__all__ = ["InHand", "Operator", "Registry"]


class InHand(Protocol):
    """What every framework's step in the hands of its handler has."""

    graph: Graph
    defaults: dict[str, Any]

    @property
    def kind(self) -> str:
        """The operator's name in messages."""
        ...

    def overlooked(self, typed: bool) -> str | None:
        """Return an input that depends on the model's and that the handler did not look at.

        ``typed`` tells that the operator takes the type or shape of an input alone.
        """
        ...

    def lost(self, fact: str) -> RfcalcError:
        """Return the error of a step that cannot be followed."""
        ...

    def unsupported(self, fact: str) -> RfcalcError:
        """Return the error of a step that is not handled."""
        ...


T = TypeVar("T", bound=InHand)


class Operator(msgspec.Struct, Generic[T], frozen=True):
    """An operator's handler, its kind, what it does in a line.

    ``defaults`` are the settings that a file may omit.
    """

    name: str
    kind: Kind
    handler: Callable[[T], Result]
    how: str
    defaults: dict[str, Any] = {}


class Registry(Generic[T]):
    """Every operator that is known, by the name that ``operators`` has it under.

    Parameters
    ----------
    typed : operators that take the type of an input and nothing else of it.
    prefix : stands before names that have none.
    """

    def __init__(self, typed: Collection[str] = (), prefix: str = "") -> None:
        self.operators: dict[str, Operator[T]] = {}
        self._typed = frozenset(typed)
        self._prefix = prefix

    def operator(
        self, *names: str, kind: Kind, **defaults: Any
    ) -> Callable[[Callable[[T], Result]], Callable[[T], Result]]:
        """Register the handler of operators; the first line of its docstring says how."""

        def register(handler: Callable[[T], Result]) -> Callable[[T], Result]:
            how = (handler.__doc__ or "").strip().partition("\n")[0]
            for name in map(self._whole, names):
                self.operators[name] = Operator(name, kind, handler, how, defaults)
            return handler

        return register

    def refused(self, why: str, *names: str) -> None:
        """Register operators that are refused, with the reason that the message gives."""

        def never(op: T) -> Result:
            raise op.unsupported(f"{op.kind}: {why}")

        for name in map(self._whole, names):
            self.operators[name] = Operator(name, "refused", never, why)

    def run(
        self, op: T, name: str, unknown: str, wrong: Callable[[], str | None] = lambda: None
    ) -> Result:
        """Return what the handler of an operator gives, or say why there is none.

        Parameters
        ----------
        unknown : what to say of an operator that is not known.
        wrong : says what the file has otherwise than the operator's definition, if anything.

        Raises
        ------
        RfcalcError
            RF501 an operator that is not handled, RF502 axes that cannot be followed, RF301 an
            input too small, RF305 a relation beyond the limits.
        """
        found = self.operators.get(name)
        if found is None:
            raise op.unsupported(unknown)
        op.defaults = found.defaults
        try:
            done = found.handler(op)
            lacking = op.overlooked(found.kind == "constant" or name in self._typed)
            if lacking is not None:
                fact = f"its {lacking} depends on the model's input; it has to be constant"
                raise op.lost(fact)
            return done
        except RfcalcError:
            raise
        except Exception as fault:
            raise given_up(op.graph.here, name, fault, wrong()) from fault

    def _whole(self, name: str) -> str:
        return name if "." in name else f"{self._prefix}{name}"
