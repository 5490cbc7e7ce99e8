"""How does a PyTorch module get the weights of a file? Read as data, and every one of them."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard, cast

from rfcalc.errors import fail
from rfcalc.packages import package

if TYPE_CHECKING:
    import torch

__all__ = ["load_weights"]

_AROUND = ("state_dict", "model_state_dict", "model", "model_state", "weights")
"""Keys under which training scripts keep the weights beside other things."""
_WRAPPED = "module."
"""What DataParallel puts before every name."""
_NAMED = 4
"""Most keys that are named."""


def load_weights(module: "torch.nn.Module", path: str | Path) -> tuple[str, ...]:
    """Give a module the weights of a file; return what was done to their names.

    Parameters
    ----------
    path : ``.safetensors``, or a ``state_dict`` written by ``torch.save``, of which tensors alone
        are read; one below ``state_dict`` or ``model`` is found there. Where every name begins
        with ``module.``, as ``DataParallel`` writes them, and the module's do not, it is dropped.

    Raises
    ------
    RfcalcError
        RF454: the file is missing, holds no weights or code in place of them, or its names and
        shapes are not those of the module.
    """
    import torch

    held, notes = _found(_read(Path(path)), path)
    own = module.state_dict()
    wrapped = all(name.startswith(_WRAPPED) for name in held)
    if wrapped and not any(name.startswith(_WRAPPED) for name in own):
        held = {name.removeprefix(_WRAPPED): value for name, value in held.items()}
        notes = (*notes, f"the prefix '{_WRAPPED}' of its names was dropped")
    missing = [name for name in own if name not in held]
    unknown = [name for name in held if name not in own]
    other = [
        f"'{name}' is {_shape(value)} in the file and {_shape(own[name])} in the model"
        for name, value in held.items()
        if name in own and tuple(value.shape) != tuple(own[name].shape)
    ]
    faults = [
        f"the model's {_list_names(missing)} not in it" if missing else "",
        f"its {_list_names(unknown)} not in the model" if unknown else "",
        *other[:_NAMED],
    ]
    told = "; ".join(fault for fault in faults if fault)
    if told:
        fact = f"the weights of '{path}' are not those of the model: {told}"
        raise fail("RF454", fact, "make the model as it was trained: `kwargs=` gives its arguments")
    with torch.no_grad():
        module.load_state_dict(held, strict=True)
    return notes


def _read(path: Path) -> object:
    """Return what a file holds; no code in it is run."""
    import torch

    if not path.is_file():
        raise fail("RF454", f"there is no file of weights '{path}'", "check the path")
    if path.suffix.lower() == ".safetensors":
        fact = "reading .safetensors needs safetensors"
        library = package("safetensors.torch", fact, "safetensors")
        try:
            return library.load_file(str(path))
        except Exception as fault:
            raise _unreadable(path, fault) from None
    try:
        with warnings.catch_warnings():
            # It asks for a report of other protocols; what it cannot read is refused below.
            warnings.simplefilter("ignore")
            return torch.load(path, map_location="cpu", weights_only=True)  # pyright: ignore[reportUnknownMemberType]
    except Exception as fault:
        if "weights_only" in str(fault).lower() or "Unsupported" in str(fault):
            fact = f"'{path}' holds more than tensors, which only running its code would read"
            help = "save the weights alone: torch.save(model.state_dict(), FILE)"
            raise fail("RF454", fact, help) from None
        raise _unreadable(path, fault) from None


def _unreadable(path: Path, fault: Exception) -> Exception:
    line = next((text for text in str(fault).splitlines() if text.strip()), type(fault).__name__)
    fact = f"'{path}' cannot be read as weights: {line[:200]}"
    return fail("RF454", fact, "give a .safetensors file, or a state_dict written by torch.save")


def _found(held: object, path: str | Path) -> "tuple[dict[str, torch.Tensor], tuple[str, ...]]":
    """Return the tensors by name, and under which key they were found."""
    import torch

    def weights(given: object) -> TypeGuard[Mapping[str, torch.Tensor]]:
        return (
            isinstance(given, Mapping)
            and len(cast("Mapping[str, object]", given)) > 0
            and all(
                isinstance(v, torch.Tensor) for v in cast("Mapping[str, object]", given).values()
            )
        )

    if weights(held):
        return dict(held), ()
    if isinstance(held, Mapping):
        inner = cast("Mapping[str, object]", held)
        for key in _AROUND:
            if weights(below := inner.get(key)):
                return dict(below), (f"the weights below '{key}' were taken",)
        kinds = ", ".join(f"'{key}'" for key in list(inner)[:_NAMED]) or "nothing"
        fact = f"'{path}' holds no tensors by name, but {kinds}"
    else:
        fact = f"'{path}' holds a {type(held).__name__}, not tensors by name"
    raise fail("RF454", fact, "save the weights alone: torch.save(model.state_dict(), FILE)")


def _shape(value: "torch.Tensor") -> str:
    return " x ".join(map(str, value.shape)) or "a number"


def _list_names(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{shown}{more} {'is' if len(names) == 1 else 'are'}"
