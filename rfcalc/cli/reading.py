"""How is a NET of the command line read? The options that every command with networks has."""

import inspect
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Optional, cast

import typer

from rfcalc.cli.options import integers, variables
from rfcalc.errors import fail

if TYPE_CHECKING:
    from rfcalc.network import Network

__all__ = ["Reading", "spread"]

Input = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads the older spelling on every version
    typer.Option(
        "--input",
        metavar="H,W",
        help="Input size; goes before the file's own. For a model in Python the whole shape, "
        "1,3,224,224; once per input.",
    ),
]
Set = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option("--set", metavar="VAR=VALUE", help="Value of one of the file's vars."),
]
IgnoreGlobal = Annotated[
    bool,
    typer.Option("--ignore-global", help="Leave layers that read the whole input aside."),
]
Submodule = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--submodule", metavar="PATH", help="Read only this part of a model."),
]
Kwargs = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--kwargs", metavar="JSON", help="What package.module:factory is called with."),
]
AssumePointwise = Annotated[
    Optional[list[str]],  # noqa: UP045
    typer.Option(
        "--assume-pointwise",
        metavar="OP",
        help="Take an operator of a model for element-wise; the result is then not exact.",
    ),
]


class Reading(NamedTuple):
    """What the options say about reading networks.

    A parameter of this type stands for all its options in a command's signature: ``spread``
    writes them out.
    """

    input: tuple[tuple[int, ...], ...] = ()
    variables: Mapping[str, int] = {}
    ignore_global: bool = False
    submodule: str | None = None
    kwargs: Mapping[str, Any] | None = None
    assume_pointwise: tuple[str, ...] = ()

    def load(self, net: str) -> "Network":
        """Return the network that an argument names, its global layers included."""
        from rfcalc.loading import load

        return load(
            net,
            input=self.input or None,
            set=self.variables,
            kwargs=self.kwargs,
            submodule=self.submodule,
            assume_pointwise=self.assume_pointwise,
        )

    def network(self, net: str) -> "Network":
        """Return the network that an argument names, as ``--ignore-global`` wants it."""
        from rfcalc.network import without_global

        found = self.load(net)
        return without_global(found) if self.ignore_global else found

    def at(self, size: Sequence[int]) -> "Reading":
        """Return the same reading for another input size."""
        return self._replace(input=(tuple(size),))


def read(
    input: Input = None,
    set: Set = None,
    ignore_global: IgnoreGlobal = False,
    submodule: Submodule = None,
    kwargs: Kwargs = None,
    assume_pointwise: AssumePointwise = None,
) -> Reading:
    """Return what the options say.

    Raises
    ------
    RfcalcError
        RF406: a value that is not of its option's form.
    """
    return Reading(
        tuple(_size(text) for text in input or ()),
        variables(set),
        ignore_global,
        submodule,
        _keywords(kwargs),
        tuple(assume_pointwise or ()),
    )


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """Return the command with its ``Reading`` parameter written out as options."""
    signature = inspect.signature(command)
    held = next((p for p in signature.parameters.values() if p.annotation is Reading), None)
    if held is None:
        return command
    options = list(inspect.signature(read).parameters.values())
    names = [option.name for option in options]

    def spreading(**given: Any) -> None:
        taken = {name: given.pop(name) for name in names}
        command(**given, **{held.name: read(**taken)})

    own = [parameter for parameter in signature.parameters.values() if parameter is not held]
    listed = [p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own + options]
    # typer reads the signature and the annotations, each for itself.
    spreading.__signature__ = signature.replace(parameters=listed)  # pyright: ignore[reportFunctionMemberAccess]
    spreading.__annotations__ = {p.name: p.annotation for p in listed}
    return spreading


def _size(text: str) -> tuple[int, ...]:
    size = integers("--input", text) or ()
    if not all(1 <= n <= 1 << 31 for n in size):
        raise fail("RF406", f"--input is '{text}'", "sizes are positive, as in --input 512,512")
    return size


def _keywords(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        help = """write a JSON object, as in --kwargs '{"pretrained": false}'"""
        raise fail("RF406", f"--kwargs is '{text}'", help)
    return cast("dict[str, Any]", found)
