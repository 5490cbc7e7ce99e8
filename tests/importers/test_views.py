"""Does a write through a view reach all that shares its memory, and nothing that does not?"""

import copy

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_pt2
from rfcalc.importers.torch.memory import Laid, shares
from rfcalc.importers.torch.operators import OPERATORS
from rfcalc.masks import mask
from tests.importers.idioms import c
from tests.importers.oracle import compare

torch = pytest.importorskip("torch")
F = torch.nn.functional
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

IMAGE = (1, 3, 12, 12)


class Near(nn.Module):
    """A near and a far field of four channels, and a function of both that writes in place."""

    def __init__(self, function):
        super().__init__()
        self.near, self.far, self.wide = c(3, 4, 1), c(3, 4, 7), nn.Conv2d(4, 4, (1, 5), 1, (0, 2))
        self.function = function
        self.requires_grad_(False)

    def forward(self, x):
        return self.function(self, self.near(x), self.far(x))


def written(view):
    """Write the far field, seen in the same way, into a view of the near one."""

    def function(_, near, far):
        for one, other in zip(parts(view(near)), parts(view(far)), strict=True):
            one.add_(other)
            break
        return near

    return function


def parts(value):
    return [value] if isinstance(value, torch.Tensor) else value


VIEWS = {
    "tensor-split": lambda h: h.tensor_split(2, 1),
    "tensor-split-at": lambda h: h.tensor_split((1, 3), 1)[1],
    "hsplit": lambda h: h.hsplit(2),
    "vsplit": lambda h: h[0].vsplit(2),
    "chunk": lambda h: h.chunk(2, 1)[1],
    "swapaxes": lambda h: h.swapaxes(1, 2),
    "swapdims": lambda h: h.swapdims(1, -1),
    "movedim": lambda h: h.movedim(1, -1),
    "moveaxis": lambda h: h.moveaxis((1, 2), (2, 3)),
    "mT": lambda h: h.mT,
    "adjoint": lambda h: h.adjoint(),
    "transposed-square": lambda h: h.transpose(2, 3),
    "t": lambda h: h.flatten(2)[0].t(),
    "numpy-T": lambda h: h.flatten(2)[0].T,
    "ravel": lambda h: h.ravel(),
    "flatten": lambda h: h.flatten(2),
    "reshape": lambda h: h.reshape(1, 2, 2, 12, 12),
    "reshape-as": lambda h: h.reshape_as(h[0]),
    "reshaped-columns": lambda h: h.permute(0, 2, 3, 1).reshape(1, 144, 4),
    "dropout": lambda h: F.dropout(h, 0.5, False),
    "to-its-own-type": lambda h: h.to(h.dtype),
    "channels-last-twice": lambda h: h.permute(0, 2, 3, 1).permute(0, 3, 1, 2).contiguous(),
    "atleast": lambda h: torch.atleast_3d(h),
    "unbound": lambda h: h.unbind(1)[2],
    "select": lambda h: h[:, 1],
    "unsqueezed-in-place": lambda h: h[:, :2].unsqueeze_(0),
    "transposed-in-place": lambda h: h[:, :].transpose_(2, 3),
}


UNGRADED = ("tensor-split", "hsplit", "vsplit", "chunk", "unbound", "dropout")
"""Views through which PyTorch refuses to write while it keeps gradients, or that the oracle
exchanges."""


@pytest.mark.parametrize("name", VIEWS)
def test_a_write_through_a_view_is_a_write_to_its_base(name, tmp_path):
    module = Near(written(VIEWS[name])).eval()
    network = from_torch(copy.deepcopy(module), torch.zeros(IMAGE))
    assert network.assumed == ()
    assert mask(network, at=(6, 6)).cells == 49
    if name not in UNGRADED:
        verdict = compare(copy.deepcopy(module), (torch.zeros(IMAGE),), network)
        assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first
    torch.export.save(
        torch.export.export(module, (torch.zeros(IMAGE),), strict=False), tmp_path / "m.pt2"
    )
    assert read_pt2(tmp_path / "m.pt2").nodes == network.nodes


def copied(_, near, far):
    near.permute(0, 2, 3, 1).contiguous().add_(far.permute(0, 2, 3, 1))
    return near


def of_another_type(_, near, far):
    near.to(torch.float16).add_(far.to(torch.float16))
    return near


@pytest.mark.parametrize("function", [copied, of_another_type])
def test_a_write_to_a_copy_reaches_nothing_else(function, tmp_path):
    module = Near(function).eval()
    network = from_torch(module, torch.zeros(IMAGE))
    torch.export.save(
        torch.export.export(module, (torch.zeros(IMAGE),), strict=False), tmp_path / "m.pt2"
    )
    for one in (network, read_pt2(tmp_path / "m.pt2")):
        held = mask(one, at=(6, 6))
        assert (held.cells, held.exact) == (1, True)


def zeroed_copy(net, near, far):
    rows = far.permute(0, 2, 3, 1).contiguous()
    rows.zero_()
    return near + far + rows.permute(0, 3, 1, 2)


def renewed(_, near, far):
    part = near[:, :2]
    part = part.add_(1.0)
    near.add_(far)
    return part


def turned_and_back(net, near, far):
    near.transpose(2, 3).mul_(2.0)
    return net.wide(near)


def every_other(_, near, far):
    near[:, ::2] = torch.cat([near[:, :1], far[:, :1]], 1)
    return near


def through_two(_, near, far):
    rows = near.flatten(2)
    near.mT.add_(far.mT)
    rows[:, 1:].mul_(2.0)
    return near + rows.reshape(1, 4, 12, 12)


@pytest.mark.parametrize(
    ("function", "cells"),
    [(zeroed_copy, 49), (renewed, 49), (turned_and_back, 5), (every_other, 49), (through_two, 49)],
)
def test_every_name_of_the_memory_holds_what_was_written_last(function, cells):
    module = Near(function)
    network = from_torch(copy.deepcopy(module).eval(), torch.zeros(IMAGE))
    assert network.assumed == ()
    assert mask(network, at=(6, 6)).cells == cells
    verdict = compare(copy.deepcopy(module), (torch.zeros(IMAGE),), network)
    assert (verdict.wide, verdict.wrong) == (0, 0), verdict.first


def test_channels_of_which_every_other_was_written_are_not_told_apart():
    module = Near(lambda net, near, far: every_other(net, near, far)[:, 1:2])
    network = from_torch(module.eval(), torch.zeros(IMAGE))
    assert network.assumed


def through_a_window(_, near, far):
    near.unfold(2, 4, 4).add_(far.unfold(2, 4, 4))
    return near


def through_einsum(_, near, far):
    torch.einsum("nchw->nhwc", near).add_(torch.einsum("nchw->nhwc", far))
    return near


def over_einsum(_, near, far):
    turned = torch.einsum("nchw->nhwc", near)
    near.add_(far)
    return turned.permute(0, 3, 1, 2)


def test_a_module_tells_of_any_operator_whether_it_shares_memory(tmp_path):
    module = Near(over_einsum).eval()
    network = from_torch(module, torch.zeros(IMAGE))
    verdict = compare(copy.deepcopy(module), (torch.zeros(IMAGE),), network)
    assert (verdict.wide, verdict.wrong, network.assumed) == (0, 0, ()), verdict.first
    program = torch.export.export(module, (torch.zeros(IMAGE),), strict=False)
    torch.export.save(program, tmp_path / "m.pt2")
    with pytest.raises(RfcalcError) as caught:
        read_pt2(tmp_path / "m.pt2")
    assert caught.value.diagnostics[0].code == "RF502"


def through_one_of_several(_, near, far):
    rows = near.flatten(2)
    one, _ = torch.broadcast_tensors(near, far)
    one.add_(far)
    return rows


def into_out(_, near, far):
    kept = near.detach()
    return torch.add(near.detach(), far.detach(), out=kept)


def several_at_once(_, near, far):
    torch._foreach_add_([near, near.clone()], [far, far])
    return near


def strewn_cells(_, near, far):
    near[:, :, ::2] = far[:, :, ::2]
    return near


@pytest.mark.parametrize(
    "function",
    [
        *(through_a_window, through_einsum, through_one_of_several, into_out),
        strewn_cells,
    ],
)
def test_a_write_that_is_not_followed_is_refused(function):
    with pytest.raises(RfcalcError) as caught:
        from_torch(Near(function).eval(), torch.zeros(IMAGE))
    assert caught.value.diagnostics[0].code == "RF502"


def test_a_write_to_several_values_is_refused_though_it_is_element_wise():
    module = Near(several_at_once).eval()
    with pytest.raises(RfcalcError, match="writes to several values"):
        from_torch(module, torch.zeros(IMAGE), assume_pointwise=["_foreach_add"])


def test_a_write_that_is_not_followed_may_be_read_where_it_was_made():
    module = Near(lambda _, near, far: torch.einsum("nchw->nhwc", near).add_(far.movedim(1, 3)))
    network = from_torch(module.eval(), torch.zeros(IMAGE))
    assert mask(network, at=(6, 6)).cells == 49


def test_channels_of_several_grids_that_are_overwritten_are_refused():
    class Levels(nn.Module):
        def forward(self, x, t):
            y = torch.cat([x.flatten(2).mT, F.avg_pool2d(x, 2).flatten(2).mT], 1)
            y[:, :, :2] = t.mT[:, :, :2] * 2
            return y

    with pytest.raises(RfcalcError, match="RF502"):
        from_torch(Levels().eval(), (torch.zeros(1, 4, 8, 8), torch.zeros(1, 4, 80)))


def aliasing():
    """The operators of the table of which PyTorch's schemas say that they may give a view."""
    for target in OPERATORS:
        packet = getattr(torch.ops.aten, target.removeprefix("aten."), None)
        schemas = [getattr(packet, name)._schema for name in packet.overloads()] if packet else []
        if any(
            one.alias_info is not None and not one.alias_info.is_write
            for schema in schemas
            for one in schema.returns
        ):
            yield target


def test_every_operator_that_may_share_memory_is_known_for_it():
    args = {"tensors": [0]}
    assert len(list(aliasing())) > 40
    assert [one for one in aliasing() if shares(one, args, None, None) is False] == []


IMAGES = {
    "plain": lambda: torch.zeros(2, 4, 6, 6),
    "turned": lambda: torch.zeros(2, 4, 6, 6).permute(0, 2, 3, 1),
    "cut": lambda: torch.zeros(2, 8, 6, 6)[:, ::2],
    "expanded": lambda: torch.zeros(2, 1, 6, 6).expand(2, 4, 6, 6),
    "one": lambda: torch.zeros(1, 4, 1, 6).permute(0, 2, 3, 1),
    "last": lambda: torch.zeros(2, 4, 6, 6).contiguous(memory_format=torch.channels_last),
}

COPIES = {
    "contiguous": (lambda x: x.contiguous(), {}),
    "channels-last": (
        lambda x: x.contiguous(memory_format=torch.channels_last),
        {"memory_format": 1},
    ),
    "flatten": (lambda x: x.flatten(1), {}),
    "flatten-two": (lambda x: x.flatten(1, 2), {}),
    "reshape": (lambda x: x.reshape(x.shape[0], 2, -1), {}),
    "ravel": (lambda x: x.ravel(), {}),
    "to": (lambda x: x.to(torch.float32), {}),
    "to-double": (lambda x: x.to(torch.float64), {}),
    "to-copy": (lambda x: x.to(torch.float32, copy=True), {"copy": True}),
    "dropout": (lambda x: F.dropout(x, 0.5, False), {"p": 0.5, "train": False}),
    "dropout-training": (lambda x: F.dropout(x, 0.5, True), {"p": 0.5, "train": True}),
    "dropout-of-nothing": (lambda x: F.dropout(x, 0.0, True), {"p": 0.0, "train": True}),
    "type_as": (lambda x: x.type_as(torch.zeros(1)), {}),
}


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("image", IMAGES)
def test_strides_tell_whether_memory_is_shared(name, image):
    function, args = COPIES[name]
    x = IMAGES[image]()
    y = function(x)
    before, after = (Laid(str(v.dtype), tuple(v.shape), v.stride()) for v in (x, y))
    op = "contiguous" if name == "channels-last" else name.partition("-")[0]
    said = shares(f"aten.{op}", args, before, after)
    assert said == (y.untyped_storage().data_ptr() == x.untyped_storage().data_ptr())
