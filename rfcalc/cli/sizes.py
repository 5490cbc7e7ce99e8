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
    from rfcalc.library.input_sizes import sizes
    from rfcalc.library.reading import read_at_size
    from rfcalc.render.sizes import sizes_document

    network = read_at_size(net, reading.input or None, reading.options(), layer)
    found = sizes(reading.kept(network), layer)
    told = (found.rules, found.free, found.shares, found.by, found.taps)
    show(sizes_document(found.network, *told), format, output, quiet)
