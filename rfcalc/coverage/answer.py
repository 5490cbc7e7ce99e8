"""How well do the fields of a network fit the objects? The public function, and what it asks."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from os import PathLike, fspath

from rfcalc.coverage.changes import Text, find_ways
from rfcalc.coverage.heads import measure_heads
from rfcalc.coverage.result import Fit
from rfcalc.errors import fail
from rfcalc.loading import kind_of, source_text
from rfcalc.loading.networks import NetworkLike, as_network
from rfcalc.network import without_global
from rfcalc.objects import Sizes, read_objects, scaling
from rfcalc.parameters import expect

__all__ = ["fit", "text_behind"]


def fit(
    net: "NetworkLike",
    sizes: Sizes,
    *,
    share: float | Fraction | None = None,
    scale: float | Decimal | Fraction | Sequence[float] | str | None = None,
    resize: str | Sequence[int] | None = None,
    image: str | Sequence[int] | None = None,
    layer: str | None = None,
    source: str | None = None,
    input: Sequence[int] | Sequence[Sequence[int]] | None = None,
    ignore_global: bool = False,
    text: Text | None = None,
) -> Fit:
    """Return the share of objects that the field of each head covers, and what covers more.

    A head, which is an output of the network, covers an object whose sides are none longer than
    its field's: ``side[a] <= field[a]`` on every axis ``a``, sides in cells of the input.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    sizes : sides of objects, cells: one number for all axes or one per axis, in the order of the
        axes (height before width); or labels: the path of a COCO file (``.json``), of YOLO labels
        (``.txt`` or a folder), or of a table (``.csv``, ``.tsv``).
    share : the share of objects, from 0 to 1, that every head has to cover; changes of the
        network are looked for that reach it.
    scale : what all sides are multiplied by, one factor or one per axis.
    resize : how images become the input: ``(512, 512)`` or ``"512,512"`` stretches each axis on
        its own, ``"letterbox:640,640"`` scales into that size, ``"short:800,1333"`` scales the
        shorter side to 800 and the longer to at most 1333. By default they are taken as they are.
    image : size of the images whose labels do not tell it, height before width.
    layer, source : the one head, and the one input or layer that it reads; by default all.
    input : input size, as for ``load``.
    ignore_global : ignore layers that read the whole input.
    text : the network file of a network that is given, so that changes name its lines.

    Raises
    ------
    RfcalcError
        RF406: sizes, a share or a scale that cannot be; RF470, RF471: labels that cannot be read,
        or lack the size of their image; RF401, RF405: a layer that there is not; and what
        ``load`` raises.

    Notes
    -----
    The field is that of the phase with the largest; ``Head.least`` is that of the smallest. The
    effective field is the expected one, of random weights (theorem T10). Source: Luo et al. 2016.

    Examples
    --------
    >>> found = fit("k3,k3,k3", [3, 5, 9, 30])
    >>> found.heads[0].field, found.heads[0].covered
    ((7, 7), Fraction(1, 2))
    >>> found.heads[0].effective
    (7, 7)
    """
    expect(layer=layer, source=source, ignore_global=ignore_global)
    _check_types(sizes, resize=resize, image=image)
    if text is not None and not isinstance(text, Text):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"text is of type {type(text).__name__}; it takes a Text of the network")
    wanted = None if share is None else _share(share)
    network = as_network(net, input)
    if isinstance(net, str | PathLike):
        text = text_behind(fspath(net), input, isinstance(net, str))
    kept = without_global(network) if ignore_global else network
    objects = read_objects(sizes, scaling(network.dims, scale, resize, image), network.dims)
    heads = measure_heads(kept, objects, layer, source)
    needed = None if wanted is None else objects.needed(wanted)
    ways, reason = (), ""
    if wanted is not None and needed is not None and any(h.covered < wanted for h in heads):
        asked = network, objects, needed, wanted
        ways, reason = find_ways(*asked, text, layer, source, ignore_global)
    noted = (*kept.assumed, *(note for head in heads for note in head.assumed))
    return Fit(
        network=network.name,
        objects=objects,
        heads=heads,
        share=wanted,
        needed=needed,
        ways=ways,
        reason=reason,
        assumed=tuple(dict.fromkeys(noted)),
    )


def text_behind(
    net: str, input: Sequence[int] | Sequence[Sequence[int]] | None, typed: bool = True
) -> Text | None:
    """Return the network file that an argument names, ``None`` where there is none."""
    if kind_of(net, typed) not in ("text", "chain", "zoo"):
        return None
    return Text(*source_text(net), input)


def _share(share: float | Fraction) -> Fraction:
    """Return a share as a fraction: 0.95 is 95 of 100."""
    try:
        found = share if isinstance(share, Fraction) else Fraction(str(share))
    except ValueError:
        found = Fraction(0)
    if not 0 < found <= 1:
        raise fail("RF406", f"share is {share}", "it is above 0 and at most 1: 0.95, or 95%")
    return found


def _check_types(sizes: object, **given: object) -> None:
    """Refuse sizes of objects and of images that are neither texts nor numbers.

    Raises
    ------
    TypeError
        Names the parameter.
    """
    listed = hasattr(sizes, "__len__") and getattr(sizes, "ndim", 1) > 0
    if not isinstance(sizes, str | PathLike) and not listed:
        kind = type(sizes).__name__
        raise TypeError(f"sizes is of type {kind}; it takes sides in cells, or the path of labels")
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            try:
                expect(input=value)
            except TypeError:
                kind = type(value).__name__
                fact = f"{name} is of type {kind}; it takes integers per axis, or a text"
                raise TypeError(fact) from None
