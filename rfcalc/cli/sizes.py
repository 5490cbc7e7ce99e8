"""Say which input sizes a network takes, and which outputs see padding."""

from rfcalc.cli import options
from rfcalc.cli.output import show
from rfcalc.cli.reading import Reading

NEEDS = True


def command(
    net: options.Net,
    reading: Reading,
    layer: options.Layer = None,
    format: options.Format = "table",
    output: options.Output = None,
    quiet: options.Quiet = False,
) -> None:
    from rfcalc.cli.sized import sized
    from rfcalc.gridding.valid_taps import dilated_taps
    from rfcalc.render.sizes import sizes_document
    from rfcalc.tiling.padding import shares, unpadded
    from rfcalc.tiling.sizes import sizes, strictest

    network = reading.kept(sized(net, reading))
    seen = None if network.input is None else shares(network, layer)
    by = strictest(network) if layer is None else (layer,) * network.dims
    rules, free = sizes(network, layer), unpadded(network, layer)
    taps = () if seen is None else tuple(dilated_taps(network))
    found = sizes_document(network, rules, free, seen, by, taps)
    show(found, format, output, quiet)
