"""What can be typed next? Names of the zoo, and the layers of the network that was named."""

import os
import re
from collections.abc import MutableMapping

import typer

__all__ = ["layers", "mended", "networks", "specimens"]

BARE = "_RFCALC_ZOO"
"""Set when the shell has taken ``zoo:`` for a word of its own."""


def networks(incomplete: str) -> list[str]:
    """Return the networks that an argument may become; files are left to the shell."""
    from rfcalc.architectures import zoo_names

    if BARE in os.environ:
        return zoo_names()
    if incomplete and ("zoo:".startswith(incomplete) or incomplete.startswith("zoo:")):
        return [f"zoo:{name}" for name in zoo_names()]
    return []


def specimens(incomplete: str) -> list[str]:
    """Return the networks of the zoo by name."""
    from rfcalc.architectures import zoo_names

    return [name for name in zoo_names() if name.startswith(incomplete)]


def layers(ctx: typer.Context) -> list[str]:
    """Return the layers of the network that stands before; code is never run for it."""
    from rfcalc.errors import LimitExceeded, RfcalcError
    from rfcalc.loading import is_target, load

    # An option that still waits for its value leaves what was typed before it unread.
    net = ctx.params.get("net") or next(iter(ctx.args), "-")
    if not isinstance(net, str) or net == "-" or is_target(net):
        return []
    try:
        network = load(net)
    except (RfcalcError, LimitExceeded, OSError):
        return []
    return [node.name for node in network.nodes] + list(network.aliases)


def mended(environment: MutableMapping[str, str]) -> None:
    r"""Put together what bash took apart: to it a colon ends a word.

    >>> shell = {"COMP_WORDS": "rfcalc\ngraph\nzoo\n:\nvgg16\n--layer", "COMP_CWORD": "5"}
    >>> mended(shell)
    >>> shell
    {'COMP_WORDS': 'rfcalc\ngraph\nzoo:vgg16\n--layer', 'COMP_CWORD': '3'}
    """
    words = environment.get("COMP_WORDS", "").split("\n")
    counted = environment.get("COMP_CWORD", "")
    at = int(counted) if re.fullmatch(r"[0-9]{1,9}", counted) else 0
    # The library that completes reads them unseen, and no shell need have set them.
    environment.update({"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(at)})
    place = next((i for i in range(len(words) - 1) if words[i : i + 2] == ["zoo", ":"]), None)
    if place is None:
        return
    after = words[place + 2 :]
    if at > place + 2 and after:
        words[place:] = [f"zoo:{after[0]}", *after[1:]]
    else:  # The word that bash completes is the name alone.
        words[place:] = after
        environment[BARE] = "1"
    environment["COMP_WORDS"] = "\n".join(words)
    environment["COMP_CWORD"] = str(max(at - 2, place))
