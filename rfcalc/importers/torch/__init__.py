"""How is a PyTorch model read? As a ``.pt2`` file, as a module in hand, or by its import path."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from rfcalc.importers.inputs import Written, filled, shown, space_of
from rfcalc.importers.torch.program import Program
from rfcalc.importers.torch.pt2 import program_in
from rfcalc.importers.torch.reader import read_program
from rfcalc.network import Network, PartlyRead
from rfcalc.parameters import as_list, expect

if TYPE_CHECKING:
    import torch

__all__ = ["from_target", "from_torch", "read_pt2"]


def read_pt2(
    path: str | Path,
    *,
    shapes: Sequence[Sequence[int]] = (),
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    layout: Sequence[str] = (),
) -> Network:
    """Return the network of a file saved by ``torch.export.save``; PyTorch is not needed.

    Parameters
    ----------
    shapes : one per input of the model, whole or of the spatial sizes alone, where it was
        exported with ``dynamic_shapes``; by default those of the example that it was exported at.
    submodule : the module path of a part to read.
    layout : one string per input, a letter per dimension (``NCHW``), in place of what the
        model's windows say.

    Raises
    ------
    RfcalcError
        RF504 an unreadable file, RF501 an operator that is not handled, RF502 axes that cannot
        be followed, RF510 no such submodule; RF462 a size that it was not exported for, RF512
        shapes that are not those of its inputs.
    """
    from rfcalc.importers.torch.parts import part

    program = program_in(path)
    if shapes:
        program = program_in(path, _whole(program, shapes, submodule, layout, assume_pointwise))
    if submodule is not None:
        program = part(program, submodule)
    return read_program(program, layout, assume_pointwise)


def _whole(
    program: Program,
    shapes: Sequence[Sequence[int]],
    submodule: str | None,
    layout: Sequence[str],
    assume_pointwise: Sequence[str],
) -> list[Sequence[int]]:
    """Return whole shapes of a program's inputs, of which some have the spatial sizes alone."""
    own = [program.shapes[name] for name in program.inputs]
    if all(len(one) in (0, len(other)) for one, other in zip(shapes, own, strict=False)):
        return list(shapes)
    said = () if submodule else layout
    try:
        letters = read_program(program, said, () if submodule else assume_pointwise).layouts
    except PartlyRead as fault:
        letters = fault.network.layouts
    whole: list[Sequence[int]] = []
    for number, (one, sizes) in enumerate(zip(shapes, own, strict=False)):
        space = space_of(letters[number]) if number < len(letters) else []
        name = program.inputs[number]
        held = [n or 0 for n in filled(Written(name, shown(sizes), sizes, space), one)]
        whole.append(held if one else ())
    return [*whole, *shapes[len(own) :]]


def from_torch(
    model: "torch.nn.Module",
    example_input: Any,
    *,
    kwargs: Mapping[str, Any] | None = None,
    submodule: str | None = None,
    layout: Sequence[str] | None = None,
    assume_pointwise: Sequence[str] = (),
    take_values: bool = False,
    max_offset: int | None = None,
) -> Network:
    """Return the network of a PyTorch module at an example input.

    Layers have the module paths that ``model.named_modules()`` knows; a module's path also
    stands for its output. ``submodule`` asks for a part, at the input it receives there. The
    model comes back as it was. It is read by recording a forward pass, else by ``torch.export``;
    the network's ``read`` says which.

    Parameters
    ----------
    model : the module; it is run once, in evaluation mode.
    example_input : a tensor, or a tuple of tensors for several inputs; or the shape of one, batch
        and channels included, ``(1, 3, 224, 224)``, or one shape per input.
    kwargs : further arguments of the forward pass, by name.
    submodule : the module path of a part to read, as ``"layer4.1"``.
    layout : one string per input, a letter per dimension: ``N`` batch, ``C`` channels, any other
        an axis (``NCHW``). By default the model's windows say what is space.
    assume_pointwise : operators to take for element-wise; the network is then not exact.
    take_values : go on with the values that the model's code reads of its tensors (``.item()``,
        ``if x.sum() > 0``); the network is then not exact. By default they are refused.
    max_offset : how many cells the offsets of deformable convolutions, and of ``grid_sample`` from
        the places of its cells, reach at most; the network is then not exact. By default the
        first are refused, and the second reads any cell.

    Raises
    ------
    RfcalcError
        RF501 an operator that is not handled, RF502 axes that cannot be followed, RF505 torch is
        missing, RF507 the model raised, RF508 it can neither be recorded nor exported, RF510 no
        such submodule, RF515 its code reads values.
    TypeError
        ``model`` is no module, or a parameter of a type that it does not take.

    Examples
    --------
    >>> import torch
    >>> from_torch(torch.nn.Conv2d(3, 8, 3, dilation=2), (1, 3, 9, 9)).input
    (9, 9)
    """
    if not all(hasattr(model, name) for name in ("named_modules", "forward")):
        raise TypeError(f"model is of type {type(model).__name__}; it takes a torch.nn.Module")
    given: object = example_input
    if isinstance(given, str | bytes | int | float | set) or (given is None and not kwargs):
        kind = type(given).__name__  # pyright: ignore[reportUnknownArgumentType]
        raise TypeError(
            f"example_input is of type {kind}; it takes tensors, or their shapes: (1, 3, 224, 224)"
        )
    expect(kwargs=kwargs, submodule=submodule, layout=layout, assume_pointwise=assume_pointwise)
    expect(take_values=take_values, max_offset=max_offset)
    from rfcalc.importers.deforming import bounded_offsets
    from rfcalc.importers.torch.reading import read_module
    from rfcalc.importers.torch.target import part_of

    if _is_shape(example_input):
        from rfcalc.importers.torch.target import example

        example_input = example(_shapes(example_input), model)
    several = isinstance(example_input, tuple | list)
    args = tuple(cast("Sequence[Any]", example_input)) if several else (example_input,)
    if submodule is not None:
        model, args, kwargs = part_of(model, submodule, args, kwargs)
    named = None if layout is None else as_list(layout)
    with bounded_offsets(max_offset):
        return read_module(model, args, kwargs, named, as_list(assume_pointwise), take_values)


def _is_shape(given: Any) -> bool:
    """Whether an example input is a shape of integers, or a sequence of such shapes."""
    if not isinstance(given, tuple | list) or not given:
        return False
    held = cast("Sequence[Any]", given)
    return _are_sizes(held) or all(
        isinstance(one, tuple | list) and _are_sizes(one) for one in held
    )


def _are_sizes(given: Any) -> bool:
    return bool(given) and all(type(one) is int for one in given)


def _shapes(given: Any) -> Sequence[Sequence[int]]:
    return [given] if isinstance(given[0], int) else given


def from_target(
    target: str,
    inputs: Sequence[Sequence[int]],
    *,
    kwargs: Mapping[str, Any] | None = None,
    submodule: str | None = None,
    assume_pointwise: Sequence[str] = (),
    take_values: bool = False,
    layout: Sequence[str] = (),
) -> Network:
    """Return the network of ``package.module:factory``: a module, its class, or its maker.

    Parameters
    ----------
    inputs : shape of each example input, batch and channels included.
    kwargs : what the class or function is called with.
    layout : one string per input, as for ``from_torch``.

    Raises
    ------
    RfcalcError
        RF506: the target cannot be imported or gives no module; and as ``from_torch``.
    """
    from rfcalc.importers.torch.target import example, made

    model = made(target, kwargs)
    return from_torch(
        model,
        example(inputs, model),
        submodule=submodule,
        layout=layout,
        assume_pointwise=assume_pointwise,
        take_values=take_values,
    )
