"""Which published networks ship with rfcalc? What ``rfcalc zoo`` answers, in Python."""

from collections.abc import Iterator

import msgspec

from rfcalc.architectures import zoo_names, zoo_text
from rfcalc.architectures.listed import Listed, listed
from rfcalc.loading.texts import shipped
from rfcalc.parameters import expect
from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["Zoo", "zoo"]


class Zoo(msgspec.Struct, AsPage, AsTable, frozen=True):
    """The answer of ``rfcalc zoo``: the networks that ship, by name, with what each sees."""

    networks: tuple[Listed, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Their names; ``"zoo:NAME"`` stands for the network."""
        return tuple(one.name for one in self.networks)

    @property
    def text(self) -> str:
        """The file of the first network."""
        return zoo_text(self.networks[0].name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.networks)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __getitem__(self, name: str) -> Listed:
        """Return what is said of a network by its name."""
        for one in self.networks:
            if one.name == name:
                return one
        raise KeyError(name)

    def __repr__(self) -> str:
        if len(self) == 1:
            return brief(f"Zoo({self.names[0]!r}, {self.networks[0].title[:120]!r})")
        return brief(f"Zoo(of {len(self)} networks)")


def zoo(name: str | None = None) -> Zoo:
    """Return the published networks that ship with rfcalc; ``load("zoo:NAME")`` reads one.

    Parameters
    ----------
    name : the one network that is asked for, with or without ``zoo:`` before it; by default all.

    Raises
    ------
    RfcalcError
        RF117: there is no such network.
    TypeError
        ``name`` is no text.

    Examples
    --------
    >>> "deeplabv3-resnet50" in zoo(), zoo("unet")["unet"].layers > 20
    (True, True)
    """
    expect(name=name)
    if name is None:
        return Zoo(tuple(listed(each, zoo_text(each)) for each in zoo_names()))
    known = name.removeprefix("zoo:")
    return Zoo((listed(known, shipped(known)),))
