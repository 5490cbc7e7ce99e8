"""Print the halos of U-Nets as the table in docs/tiling.md; --write puts it there.

python docs/unet_halos.py                # the table
python docs/unet_halos.py --write        # into docs/tiling.md
python docs/unet_halos.py --net 5,3,2    # the network file of one row
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from rfcalc.spec import read_text
from rfcalc.tiling import Halo, halo
from rfcalc.tiling.grids import grids

PAGE = Path(__file__).with_name("tiling.md")
BEGIN, END = "<!-- unet_halos.py -->\n", "<!-- end -->\n"
DEPTHS, KERNELS, POOLS = range(1, 6), (3, 5, 7), (1, 2, 4)


def net(depth: int, kernel: int, pool: int, dims: int = 2) -> str:
    """Return the network file of a U-Net: two convolutions a level, nearest upsampling, concat."""
    double = [f"  - {{kernel: {kernel}}}", f"  - {{kernel: {kernel}}}"]
    lines = [f"dims: {dims}", "layers:"]
    for level in range(depth):
        lines += [double[0], f"  - {{kernel: {kernel}, name: enc{level}}}"]
        lines.append(f"  - maxpool: {{kernel: {pool}, padding: 0}}")
    lines += double
    for level in reversed(range(depth)):
        lines.append(f"  - upsample: {{scale: {pool}, name: up{level}}}")
        lines += [f"  - concat: {{from: [enc{level}, up{level}]}}", *double]
    return "\n".join(lines) + "\n"


def row(depth: int, kernel: int, pool: int) -> Halo:
    """Return the halo of one U-Net, on one axis: the others are alike."""
    return halo(grids(read_text(net(depth, kernel, pool, dims=1), "unet.yaml")))


def table() -> Iterator[str]:
    """Yield the lines of the table."""
    yield "| depth | kernel | pool | alignment | halo, aligned | cut | halo, any origin |\n"
    yield "| ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n"
    for depth in DEPTHS:
        for kernel in KERNELS:
            for pool in POOLS:
                found = row(depth, kernel, pool)
                aligned, cut, anywhere = found.aligned[0], found.cut[0], found.any[0]
                assert aligned[0] == aligned[1], "the sides differ"
                assert anywhere[0] == anywhere[1], "the sides differ"
                yield (
                    f"| {depth} | {kernel} | {pool} | {found.alignment[0]} | {aligned[0]} "
                    f"| {cut[0]} | {anywhere[0]} |\n"
                )


def main(arguments: list[str]) -> None:
    """Print or write what is asked for."""
    if arguments[:1] == ["--net"]:
        sys.stdout.write(net(*map(int, arguments[1].split(","))))
        return
    text = "".join(table())
    if "--write" not in arguments:
        sys.stdout.write(text)
        return
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    PAGE.write_text(before + BEGIN + text + END + rest.split(END)[1], encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
