"""Which network file describes a model? What ``rfcalc convert`` answers, in Python."""

from os import PathLike, fspath

from rfcalc.conversion import Converted
from rfcalc.conversion import convert as write_text
from rfcalc.files import target, write
from rfcalc.loading.networks import NetworkLike, Sizes, as_network
from rfcalc.parameters import expect

__all__ = ["convert"]


def convert(
    net: "NetworkLike",
    *,
    flat: bool = False,
    pointwise: bool = True,
    out: "str | PathLike[str] | None" = None,
    input: "Sizes | None" = None,
) -> Converted:
    """Return a model as a readable network file: blocks and repetitions found, names kept.

    Parameters
    ----------
    net : a network, or what stands for one: a path, a chain, ``"zoo:NAME"``, a mapping or a list
        as a network file holds it, or a ``torch.nn.Module``.
    flat : one line per layer, every name as it is; no blocks.
    pointwise : keep norms, activations and their like, which read one cell each.
    out : a ``.yaml`` or ``.yml`` file to write the text to.
    input : input size, cells per axis, or the shape of a module's example input.

    Raises
    ------
    RfcalcError
        RF407, RF408 a path that cannot be written, RF465 the network has something that no
        network file holds; and what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> print(convert("k3,k3d2").text.partition("layers:")[2])
    <BLANKLINE>
      - {kernel: 3}
      - {kernel: 3, dilation: 2}
    <BLANKLINE>
    """
    expect(flat=flat, pointwise=pointwise, out=out)
    if out is not None:
        target(fspath(out), (".yaml", ".yml"))
    origin = fspath(net) if isinstance(net, str | PathLike) else ""
    found = write_text(as_network(net, input), origin, flat=flat, pointwise=pointwise)
    if out is not None:
        write(fspath(out), found.text.encode(errors="backslashreplace"))
    return found
