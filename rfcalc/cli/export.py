"""Write the mask, path counts or expected field of a layer: .npy, .npz, .csv or .json."""

from typing import Annotated

import typer

from rfcalc.cli import options
from rfcalc.cli.flags import translate_all
from rfcalc.cli.output import put, tell
from rfcalc.cli.reading import Reading

NEEDS = True
WRITES: dict[str, tuple[str, ...]] = {}


def command(
    net: options.Net,
    reading: Reading,
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="FILE", help="The suffix says the format.")
    ],
    what: options.What = "mask",
    layer: options.Layer = None,
    source: options.Source = None,
    stage: options.Stage = None,
    at: options.At = None,
    phase: options.Phase = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.arrays import SUFFIXES, check_suffix
    from rfcalc.files import target
    from rfcalc.gridding.pairs import resolve_stage
    from rfcalc.library.exporting import export

    path = target(output, SUFFIXES)
    suffix = path.suffix.lower()
    network, layer, source = resolve_stage(reading.network(net), stage, layer, source)
    check_suffix(suffix, network, layer, source)
    place, turn = options.integers("at", at), options.integers("phase", phase)
    # Not written there: what is assumed names parameters, and flags in a file of this command.
    found = translate_all(export(network, layer, source, what=what, at=place, phase=turn))
    data = found.encoded(suffix)
    for note in () if quiet else dict.fromkeys(n for one in found for n in one.notes(suffix)):
        tell(note)
    put(path, data, quiet)
