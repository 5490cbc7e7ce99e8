"""How do networks differ? What ``rfcalc compare`` answers, in Python."""

from collections.abc import Sequence

from rfcalc.comparison import Comparison
from rfcalc.comparison import compare as set_beside
from rfcalc.library.several import networks_of
from rfcalc.loading.networks import NetworkLike, Sizes
from rfcalc.parameters import expect

__all__ = ["compare"]


def compare(
    *nets: "NetworkLike | Sequence[NetworkLike]",
    names: Sequence[str] | None = None,
    layer: str | None = None,
    source: str | None = None,
    input: "Sizes | None" = None,
) -> Comparison:
    """Return networks side by side, their layers matched by name and by place.

    Parameters
    ----------
    nets : two or more networks, or what stands for one: a path, a chain, ``"zoo:NAME"``, a
        mapping or a list as a network file holds it, or a ``torch.nn.Module``; or one sequence
        of them.
    names : what to call the networks, by default their own names; equal ones are numbered.
    layer, source : the pair each network is judged by, by default its output and input.
    input : input size, cells per axis, or the shape of a module's example input; each network
        takes of it what it understands.

    Raises
    ------
    RfcalcError
        RF401 an unknown layer, RF406 fewer than two networks, or another number of names; and
        what ``load`` raises.
    TypeError
        A parameter of a type that it does not take.

    Examples
    --------
    >>> [found.name for found in compare("k3,k3d2", "k3,k3d5").differing]
    ['conv2']
    """
    expect(names=names, layer=layer, source=source)
    if isinstance(names, str):
        names = [names]
    return set_beside(networks_of(nets, input), names, source, layer)
