"""Do the shipped networks and the examples give the answers they state of themselves?"""

from pathlib import Path

import pytest

from rfcalc.architectures import zoo_names
from rfcalc.loading import load
from rfcalc.render.fields import causes
from tests.published.shapes import rows

pytestmark = pytest.mark.slow

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.yaml"))


def answers(text):
    """Read `# answer: ..` and `# answer at LAYER: ..` lines."""
    for line in text.splitlines():
        if line.startswith("# answer"):
            head, _, facts = line.partition(": ")
            yield head.removeprefix("# answer").removeprefix(" at ") or None, facts.strip()


def said(row):
    """The answer line of a row."""
    if row.unbounded is not None:
        return f"unbounded by {causes(row.unbounded)}"
    return (
        f"rf {' '.join(map(str, row.rf))}, jump {' '.join(map(str, row.jump))}, "
        f"cells {'unknown' if row.cells is None else row.cells}, "
        f"holes {'unknown' if row.cells is None else 'yes' if row.holes else 'no'}"
    )


def holds(network, text):
    claims = dict(answers(text))
    assert None in claims, "a network file states the answer of its output"
    nodes = {row.name: row for row in rows(network)}
    for layer, facts in claims.items():
        row = nodes[network.nodes[network.index(layer, network.output)].name]
        assert said(row) == facts, layer


@pytest.mark.parametrize("name", zoo_names())
def test_every_shipped_network_gives_the_answers_it_states(name):
    from rfcalc.architectures import zoo_text

    holds(load(f"zoo:{name}"), zoo_text(name))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_gives_the_answers_it_states(path):
    holds(load(path), path.read_text(encoding="utf-8"))


def test_the_examples_cover_what_the_tour_needs():
    wanted = {
        *("chain", "hdc-1-2-5", "hdc-1-2-9", "context-module", "vgg16", "resnet50"),
        *("resnet152", "deeplab", "unet", "wavenet", "context3d"),
    }
    assert wanted <= {path.stem for path in EXAMPLES}
    assert {load(path).dims for path in EXAMPLES} == {1, 2, 3}
