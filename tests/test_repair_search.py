"""Is a repair the least change there is, and is none said only where there is none?"""

import random
from itertools import accumulate, product

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.repair import repair
from rfcalc.repair.search import searched
from rfcalc.spec import read_text
from tests.repairs import filled, holes, least, least_of_numbers, networks, numbered, rates
from tests.whole import amount, sample

pytestmark = pytest.mark.slow

LAYERS = [(k, d) for k in (2, 3) for d in (1, 2, 3, 4, 5)]
CHAINS = [c for n in (1, 2, 3) for c in product(LAYERS, repeat=n) if max(d for _, d in c) > 1]
LONG = [*product([(3, 2), (2, 1), (2, 3), (3, 1), (3, 4)], repeat=4)]


def chain(layers):
    told = "".join(f"  - {{kernel: {k}, dilation: {d}}}\n" for k, d in layers)
    return f"dims: 1\nlayers:\n{told}"


def sums(layers):
    """The offsets that a chain reads."""
    found = {0}
    for kernel, rate in layers:
        found = {offset + rate * t for offset in found for t in range(kernel)}
    return found


def least_of_chain(layers, most, every_layer):
    """The least change by trying all dilations of a chain, by sums alone."""
    ks, was = zip(*layers, strict=True)

    def fields(them):
        wide = list(accumulate((k - 1) * d for k, d in zip(ks, them, strict=True)))
        return wide if every_layer else wide[-1:]

    def solid(them):
        read = sums(zip(ks, them, strict=True))
        return len(read) == max(read) + 1

    if solid(was):
        return 0
    return min(
        (
            sum(abs(a - b) for a, b in zip(was, them, strict=True))
            for them in product(*[{*range(1, most + 1), d} for d in was])
            if solid(them) and all(a >= b for a, b in zip(fields(them), fields(was), strict=True))
        ),
        default=None,
    )


@pytest.mark.parametrize("every_layer", [False, True], ids=["outputs", "layers"])
def test_a_repair_of_a_chain_is_the_least_change_of_all(every_layer):
    for layers in [*sample(CHAINS, 40), *sample(LONG, 5)]:
        if max(rate for _, rate in layers) == 1:
            continue
        found = repair(chain(layers), "net.yaml", max_dilation=6, keep_layers=every_layer)
        expected = least_of_chain(layers, 6, every_layer)
        assert (found.change if found.text else None) == expected, layers
        assert found.proven, layers


@pytest.mark.parametrize("strange", [False, True], ids=["plain", "strange"])
@pytest.mark.parametrize("dims", [1, 2])
@pytest.mark.parametrize("every_layer", [False, True], ids=["outputs", "layers"])
def test_a_repair_of_a_graph_is_the_least_change_of_all(dims, every_layer, strange):
    """Shortcuts, branches, strides, several layers between: holes counted in sets of points."""
    for seed in range(amount(12 // dims, 400)):
        rng = random.Random(1000 * dims + seed)
        text = networks(rng, dims, 5 - dims, strange)
        keep = rng.choice([100, 100, 70])
        try:
            network = read_text(text, "net.yaml")
        except RfcalcError:
            continue  # branches whose grids differ
        if max(max(rate) for rate in [*rates(network).values(), (1,)]) == 1:
            continue
        found = repair(text, "net.yaml", max_dilation=5, keep=keep, keep_layers=every_layer)
        expected = least(network, 5, keep, every_layer)
        assert (found.change if found.text else None) == expected, text
        assert found.proven, text
        if found.text:
            assert not holes(read_text(found.text, "net.yaml")), text


@pytest.mark.parametrize("dims", [1, 2])
def test_a_repair_of_tied_numbers_is_the_least_change_of_them(dims):
    """Variables, parameters, repetitions and expressions; what is not written can be written."""
    for seed in range(amount(16, 400)):
        rng = random.Random(7000 * dims + seed)
        template, keep = numbered(rng, dims), rng.choice([100, 100, 70])
        if template.count("@") > 10:
            continue
        text = filled(template)
        if max(max(rate) for rate in rates(read_text(text, "net.yaml")).values()) == 1:
            continue
        found = repair(text, "net.yaml", max_dilation=5 if dims == 1 else 4, keep=keep)
        expected = least_of_numbers(template, 5 if dims == 1 else 4, keep)
        assert (found.change if found.text else None) == expected, text
        if found.text is None and found.repairs:
            assert found.repairs[0].unrolled
            assert not holes(read_text(found.repairs[0].text, "net.yaml")), text


STAGE = "  - {kernel: 3, dilation: 4}\n" * 4 + "  - {kernel: 3, stride: 2}\n"
LARGE = {
    "ten layers": ("  - {kernel: 3, dilation: 4}\n" * 10, 8),
    "32 layers": ("  - {kernel: 3, dilation: 4}\n" * 32, 8),
    "2, 4, .. 64": ("".join(f"  - {{kernel: 3, dilation: {1 << i}}}\n" for i in range(1, 7)), 4),
    "2, 3, .. 64": ("".join(f"  - {{kernel: 3, dilation: {i}}}\n" for i in range(2, 65)), 2),
    "eight stages": (STAGE * 8, 40),
}


@pytest.mark.parametrize(("layers", "change"), LARGE.values(), ids=LARGE)
def test_long_chains_and_many_stages_are_solved_whole(layers, change, monkeypatch):
    """Counted by hand: what the steps 1 and 3 cost, and what gives their field back."""
    monkeypatch.setattr("rfcalc.repair.BESIDE_LIMIT", 0)
    found = repair(f"dims: 1\nlayers:\n{layers}", "net.yaml")
    assert (found.change, found.complete, found.proven) == (change, change - 1, True)
    assert not any(stage.measures.holes for stage in found.after.stages)


def test_both_ways_of_searching_find_the_same(monkeypatch):
    """A chain is decided by its largest field for a change; site by site it comes out alike."""
    for layers in sample(CHAINS, 25):
        quick = repair(chain(layers), "net.yaml", max_dilation=6)

        def apart(*given, whole, **more):
            return searched(*given, whole=False, **more)

        with monkeypatch.context() as patched:
            patched.setattr("rfcalc.repair.mending.searched", apart)
            slow = repair(chain(layers), "net.yaml", max_dilation=6)
        assert (quick.text is None, quick.change) == (slow.text is None, slow.change)
