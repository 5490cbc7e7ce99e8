"""How are a PyTorch module's statistics held at those of the whole? Operator by operator."""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from rfcalc.importers.torch.exported import split_target
from rfcalc.verification.holding import Call, Held, calls_of, statistics
from rfcalc.verification.preparing import copied, leaves

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Array = NDArray[np.float64]
else:
    Array = object

__all__ = ["hold_module"]

Run = Callable[[Sequence[Array]], list[Array]]


def hold_module(run: Run, place: Callable[[], str]) -> "Callable[..., Held | None]":
    """Return what holds the statistics of a module.

    Parameters
    ----------
    run : runs the module.
    place : tells while it runs which module of it is running.
    """

    def hold(whole: Sequence[Array], window: Sequence[Array]) -> Held | None:
        calls = [_watch_calls(run, place, given) for given in (whole, window)]
        found = statistics(*calls)
        if found is None:
            return None
        kept: dict[int, Any] = {}
        with _mode(lambda number, func, args, out: _keep(kept, found, number, func, args, out)):
            run(whole)

        def again(given: Sequence[Array], free: Collection[int]) -> list[Array]:
            own = calls_of(found, free)

            def change(at: int, func: Any, args: Any, out: Any) -> Any:
                return _hold(kept[at], func, args) if at in kept and at not in own else out

            with _mode(change):
                return run(given)

        return Held(tuple(found.values()), again)

    return hold


def _watch_calls(run: Run, place: Callable[[], str], given: Sequence[Array]) -> list[Call]:
    calls: list[Call] = []

    def watch(_: int, func: Any, args: Any, out: Any) -> Any:
        op = split_target(str(func))[0].partition(".")[2]
        found = _statistics(func, args, out)
        calls.append(Call(place(), op, _shapes(args), _shapes(out if found is None else found)))
        return out

    with _mode(watch):
        run(given)
    return calls


def _mode(change: Callable[[int, Any, Any, Any], Any]) -> Any:
    """Return a mode in which a function changes what each operator gives."""
    from torch.utils._python_dispatch import TorchDispatchMode

    class Mode(TorchDispatchMode):
        number = 0

        def __torch_dispatch__(
            self, func: Any, types: Any, args: Any = (), kwargs: Any = None
        ) -> Any:
            out = func(*args, **(kwargs or {}))
            self.number += 1
            return change(self.number - 1, func, args, out)

    return Mode()


def _keep(kept: dict[int, Any], found: Any, number: int, func: Any, args: Any, out: Any) -> Any:
    if number in found:
        statistic = _statistics(func, args, out)
        kept[number] = copied(out if statistic is None else statistic)
    return out


def _hold(kept: Any, func: Any, args: Any) -> Any:
    """Return what an operator gives with statistics that were kept."""
    name = str(func)
    if "native_group_norm" in name:
        x, weight, bias = args[:3]
        mean, scale = kept
        grouped = x.reshape(*mean.shape, -1)
        y = ((grouped - mean[..., None]) * scale[..., None]).reshape(x.shape)
        return _affine(y, weight, bias, 1), mean, scale
    if "native_layer_norm" in name:
        x, shape, weight, bias = args[:4]
        mean, scale = kept
        return _affine((x - mean) * scale, weight, bias, x.dim() - len(shape)), mean, scale
    if "native_batch_norm" in name:
        x, weight, bias = args[:3]
        mean, scale = kept
        y = _affine(x, scale, -mean * scale, 1)
        return _affine(y, weight, bias, 1), mean, scale
    if "_softmax" in name:
        return (args[0] - kept[0]).exp()
    return copied(kept)


def _affine(x: Any, weight: Any, bias: Any, first: int) -> Any:
    """Return values times weights plus a bias, whose dimensions begin at the first."""
    for value, times in ((weight, True), (bias, False)):
        if value is not None:
            spread = value.reshape(*value.shape, *[1] * (x.dim() - first - value.dim()))
            x = x * spread if times else x + spread
    return x


def _statistics(func: Any, args: Any, out: Any) -> Any:
    """Return the statistics of a norm, ``None`` of other operators."""
    name = str(func)
    if "native_batch_norm" in name:
        return tuple(out[1:3]) if args[5] else None
    if "native_group_norm" in name or "native_layer_norm" in name:
        return tuple(out[1:3])
    if "aten._softmax" in name or "aten._safe_softmax" in name:
        return (args[0].logsumexp(args[1], keepdim=True),)
    return None


def _shapes(value: Any) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(one.shape) for one in leaves(value) if hasattr(one, "shape"))
