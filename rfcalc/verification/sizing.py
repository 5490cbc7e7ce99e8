"""Has every layer's output the size that it has when the network is run?"""

from rfcalc.network import Network
from rfcalc.verification.result import Difference, Refutation

__all__ = ["refuted_sizes"]


def refuted_sizes(network: Network) -> list[Refutation]:
    """Return the layers that have another size in the NumPy backend, with the axes."""
    from rfcalc.numpy_backend import sizes_of

    found: list[Refutation] = []
    for node, ran in zip(network.nodes, sizes_of(network), strict=True):
        said = node.size or ()
        if node.size != ran:
            wrong = [
                Difference((axis,), a, b)
                for axis, (a, b) in enumerate(zip(said, ran, strict=False))
                if a != b
            ]
            found.append(Refutation(node.name, (), "size", len(wrong), tuple(wrong)))
    return found
