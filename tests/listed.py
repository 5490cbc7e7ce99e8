"""What has the header of a shipped network to say of it? `python -m tests.listed` renews all."""

import re
from pathlib import Path

from rfcalc import architectures
from rfcalc.architectures.listed import Sight, line
from rfcalc.gridding.summaries import summarise_field, summarise_stages
from rfcalc.loading import load

__all__ = ["header"]


def header(name):
    """Return the lines of the list, as the network itself answers."""
    network = load(f"zoo:{name}")
    size = "any" if network.input is None else " ".join(map(str, network.input))
    stages = [line("stage", sight(seen)) for _, seen in summarise_stages(network)]
    seen = sight(summarise_field(network, 0, network.output))
    lines = [f"# input: {size}", f"# layers: {len(network.nodes) - 1}", line("output", seen)]
    return "".join(text + "\n" for text in [*lines, *stages])


def sight(seen):
    return Sight(
        source=seen.source,
        target=seen.layer,
        rf=seen.rf,
        jump=seen.jump,
        cells=seen.cells if seen.extents else 0,
        largest_hole=seen.largest_hole or (None,) * len(seen.rf),
        unbounded=seen.unbounded,
    )


def main():
    for path in sorted(Path(architectures.__file__).parent.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"(?m)^# (?:(?:input|layers): |(?:output|stage) \S+ -> ).*\n", "", text)
        *_, last = re.finditer(r"(?m)^# answer.*\n", text)
        text = text[: last.end()] + header(path.stem) + text[last.end() :]
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
