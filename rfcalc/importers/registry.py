"""Which operators of a framework are handled, and how? One registered function per operator."""

from collections.abc import Callable, Collection
from typing import Generic, TypeVar

import msgspec

from rfcalc.errors import RfcalcError
from rfcalc.importers.misused import given_up
from rfcalc.importers.operation import Operation, Result
from rfcalc.importers.tables import Kind

__all__ = ["Operator", "Registry"]

T = TypeVar("T", bound=Operation)


class Operator(msgspec.Struct, Generic[T], frozen=True):
    """An operator's handler, its kind, and what it does in a line."""

    name: str
    kind: Kind
    handler: Callable[[T], Result]
    how: str


class Registry(Generic[T]):
    """Every operator that is known, by the name that ``operators`` has it under."""

    def __init__(self) -> None:
        self.operators: dict[str, Operator[T]] = {}

    def operator(
        self, *names: str, kind: Kind
    ) -> Callable[[Callable[[T], Result]], Callable[[T], Result]]:
        """Register the handler of operators; the first line of its docstring says how."""

        def register(handler: Callable[[T], Result]) -> Callable[[T], Result]:
            how = (handler.__doc__ or "").strip().partition("\n")[0]
            for name in names:
                self.operators[name] = Operator(name, kind, handler, how)
            return handler

        return register

    def refused(self, why: str, *names: str) -> None:
        """Register operators that are refused, with the reason that the message gives."""

        def never(op: T) -> Result:
            raise op.unsupported(f"{op.kind}: {why}")

        for name in names:
            self.operators[name] = Operator(name, "refused", never, why)

    def run(
        self,
        op: T,
        name: str,
        unknown: str,
        typed: Collection[str] = (),
        wrong: Callable[[], str | None] = lambda: None,
    ) -> Result:
        """Return what the handler of an operator gives, or say why there is none.

        Parameters
        ----------
        unknown : what to say of an operator that is not known.
        typed : operators that take the type of an input and nothing else of it.
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
        try:
            done = found.handler(op)
            lacking = op.overlooked() if found.kind != "constant" and name not in typed else None
            if lacking is not None:
                raise op.lost(
                    f"its input {lacking} depends on the model's input; it has to be constant"
                )
            return done
        except RfcalcError:
            raise
        except Exception as fault:
            raise given_up(op.graph.here, name, fault, wrong()) from fault
