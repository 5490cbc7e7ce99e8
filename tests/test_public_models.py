"""Every ability of the command line on a model itself is one of the library's, too."""

import inspect

import pytest

import rfcalc

torch = pytest.importorskip("torch")


def head():
    """A module that learns: what a function leaves of it is what it was."""
    torch.manual_seed(0)
    layers = torch.nn.Conv2d(3, 4, 3, padding=2, dilation=2), torch.nn.ReLU()
    return torch.nn.Sequential(*layers, torch.nn.Conv2d(4, 2, 3, padding=1)).train()


def kept(module):
    """Return what must not change of a module: its mode, and its numbers in their precision."""
    return module.training, [(one.dtype, one.detach().clone()) for one in module.parameters()]


SHAPE = 1, 3, 16, 16
CALLS = {
    "load": lambda one: rfcalc.load(one, input=SHAPE),
    "a part": lambda one: rfcalc.load(one, input=SHAPE, submodule="0"),
    "compare": lambda one: rfcalc.compare(one, "k3d2,k3", [{"kernel": 3}], input=SHAPE),
    "verify": lambda one: rfcalc.verify(one, input=SHAPE, backend="torch", positions=1),
    "tile": lambda one: rfcalc.tile(one, tile=8, input=SHAPE, verify=True, backend="torch"),
    "effect": lambda one: rfcalc.tile(one, input=SHAPE, effect=0.1, measured=True, samples=1),
    "erf": lambda one: rfcalc.erf(one, input=SHAPE, samples=1),
    "erf of a part": lambda one: rfcalc.erf(one, input=SHAPE, samples=1, submodule="0"),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_module_comes_back_as_it_was(name: str):
    module = head()
    training, numbers = kept(module)
    CALLS[name](module)
    now, after = kept(module)
    assert now is training
    for (kind, before), (other, here) in zip(numbers, after, strict=True):
        assert kind is other
        torch.testing.assert_close(here, before, rtol=0, atol=0)


def test_the_model_itself_is_run():
    found = rfcalc.verify(head(), input=SHAPE, backend="torch", positions=1)
    assert found.ok
    assert found.backend == "torch"
    tiles = rfcalc.tile(head(), tile=8, input=SHAPE, verify=True, backend="torch")
    assert tiles.proof is None
    assert tiles.model is not None
    assert tiles.ok
    assert not rfcalc.tile(head(), tile=8, halo=1, input=SHAPE, verify=True, backend="torch").ok
    line = torch.nn.Sequential(torch.nn.Conv1d(2, 4, 3), torch.nn.Conv1d(4, 2, 3, dilation=2))
    stream = rfcalc.stream(line, input=(1, 2, 40), verify=True, backend="torch")
    assert stream.ok
    assert stream.proof.backend.startswith("torch")


def test_the_effect_is_the_models_own():
    found = rfcalc.tile(head(), input=SHAPE, effect=0.1, measured=True, samples=1)
    assert found.answer.practical.effects.kind == "measured"


def test_a_module_is_a_network_as_it_is_read_by_hand():
    module = head()
    read = rfcalc.load(module, input=SHAPE)
    assert read == rfcalc.from_torch(module, torch.zeros(SHAPE))
    assert rfcalc.load(read) is read
    both = rfcalc.compare(module, "k3d2,k3", {"layers": [{"kernel": 3}]}, input=SHAPE)
    assert [report.network.input for report in both.reports] == [(16, 16)] * 3


REFUSED = {
    "a network without a model": lambda: rfcalc.verify("k3", backend="torch"),
    "layers": lambda: rfcalc.stream([{"kernel": 3}], axis=0, verify=True, backend="onnx"),
    "a module for a file": lambda: rfcalc.tile(head(), input=SHAPE, verify=True, backend="onnx"),
    "nothing is run": lambda: rfcalc.tile(head(), input=SHAPE, backend="torch"),
    "no such backend": lambda: rfcalc.verify("k3", backend="jax"),
    "nothing is measured": lambda: rfcalc.tile("k3", input=(9, 9), effect=0.1, samples=2),
    "no model to measure": lambda: rfcalc.tile("k3", input=(9, 9), effect=0.1, measured=True),
    "no effect": lambda: rfcalc.tile(head(), input=SHAPE, measured=True),
    "a size for what was read": lambda: rfcalc.erf(rfcalc.chain("k3"), input=(9, 9)),
    "a chain's axes": lambda: rfcalc.erf(head(), input=SHAPE, dims=1),
    "a factory's arguments": lambda: rfcalc.load(head(), input=SHAPE, kwargs={"width": 2}),
    "averages of nothing": lambda: rfcalc.erf("k3", samples=2),
    "a stage and a layer": lambda: rfcalc.analyze("k3d2,k3d2", "conv1", stage=1),
    "no such stage": lambda: rfcalc.analyze("k3d2,k3d2", stage=3),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_meaning_is_refused(name: str):
    with pytest.raises(rfcalc.RfcalcError) as caught:
        REFUSED[name]()
    (first, *_) = caught.value.diagnostics
    assert first.code in ("RF406", "RF415")
    assert "--" not in str(caught.value)


def test_a_stage_stands_for_its_source_and_target():
    found = rfcalc.analyze("k3s2,k3d2,k3d2,k3s2", stage=1)
    assert (found.rows[0].name, found.output.name) == ("conv1", "conv3")
    pair = rfcalc.analyze("k3s2,k3d2,k3d2,k3s2", "conv3", "conv1")
    assert found.output == pair.output


def test_global_layers_are_ignored_once_for_all_functions():
    layers = [{"kernel": 3}, "squeeze_excite"]
    assert rfcalc.analyze(layers).output.rf == (None, None)
    assert rfcalc.analyze(rfcalc.load(layers, ignore_global=True)).output.rf == (3, 3)


def test_no_function_takes_what_it_does_not_name():
    for name in rfcalc.__all__:
        function = getattr(rfcalc, name)
        if inspect.isfunction(function):
            kinds = {one.kind for one in inspect.signature(function).parameters.values()}
            assert inspect.Parameter.VAR_KEYWORD not in kinds, name
