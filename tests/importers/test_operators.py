"""Is every PyTorch operator that real models use handled, or refused with its reason?"""

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.importers import from_torch, read_pt2
from rfcalc.importers.torch.operators import OPERATORS
from rfcalc.interior import growth
from tests.importers.idioms import Fn, c

torch = pytest.importorskip("torch")
nn = torch.nn

pytestmark = pytest.mark.filterwarnings("ignore")

_MET = """
__and__ _assert_async _assert_scalar _assert_tensor_metadata _upsample_bicubic2d_aa
_upsample_bilinear2d_aa _weight_norm abs adaptive_avg_pool1d adaptive_avg_pool2d
adaptive_avg_pool3d adaptive_max_pool2d add addcmul alias all amax amin arange argmax atan2
avg_pool1d avg_pool2d avg_pool3d batch_norm bitwise_not bmm cat chunk clamp clamp_max clamp_min
clone col2im concat contiguous conv1d conv2d conv3d conv_transpose2d conv_transpose3d copy cos
cumsum detach diag div dropout einsum elu embedding empty eq exp expand expand_as eye
feature_dropout fill flatten flip floor floor_divide fmod full gather ge gelu glu grid_sampler
group_norm hardsigmoid hardswish hardtanh im2col index index_put instance_norm item layer_norm
leaky_relu lift_fresh_copy linalg_vector_norm linear linspace log logical_not lstm masked_fill
matmul max max_pool1d max_pool2d max_pool2d_with_indices max_pool3d max_unpool2d mean meshgrid
min mish mm mul nan_to_num narrow ne neg new_ones new_zeros nonzero one_hot ones pad permute
pixel_shuffle pixel_unshuffle pow prelu rand randn_like reciprocal relu remainder renorm repeat
repeat_interleave reshape reshape_as rms_norm roll rsqrt rsub scalar_tensor
scaled_dot_product_attention select sigmoid silu sin slice softmax softplus sort split
split_with_sizes sqrt square squeeze stack std stft sub sum swapaxes sym_size tanh tensor_split
tile to topk transpose triu type_as unbind unflatten unfold unsqueeze upsample_bicubic2d
upsample_bilinear2d upsample_linear1d upsample_nearest1d upsample_nearest2d upsample_nearest3d
upsample_trilinear3d var view where zero zeros zeros_like
"""

MET = _MET.split()
"""Operators met in the exported programs of 1,620 third-party models."""

REFUSED = {"nonzero", "diag"}
"""Those of them that depend on values or lay one dimension over another."""


@pytest.mark.parametrize("name", MET)
def test_an_operator_that_is_met_has_a_row(name):
    found = OPERATORS[f"aten.{name}"]
    assert (found.kind == "refused") == (name in REFUSED)
    assert found.how.startswith("Refused") == (name in REFUSED)


@pytest.mark.parametrize(
    ("function", "word"),
    [
        (lambda x: x * x.nonzero().sum(), "nonzero"),
        (lambda x: x * x[x > 0].sum(), "index"),
    ],
)
def test_what_depends_on_values_says_so(function, word):
    with pytest.raises(RfcalcError) as caught:
        from_torch(Fn(function, c(3, 4)), torch.zeros(1, 3, 16, 16))
    fault = caught.value.diagnostics[0]
    assert fault.code == "RF501"
    assert f"{word}: the size of what it gives depends on values" in fault.message
    assert "`submodule=" in fault.help


class Regions(nn.Module):
    """Layers within ``torch.no_grad`` and autocast, two deep, with several results."""

    def __init__(self):
        super().__init__()
        self.a, self.b, self.c, self.d = c(3, 4), c(4, 4, 5), c(4, 4), c(4, 4)
        self.scale = nn.Parameter(torch.ones(4, 1, 1))

    def forward(self, x):
        x = self.a(x)
        with torch.autocast("cpu", enabled=False):
            y = self.b(x.float()) * self.scale
            with torch.no_grad():
                z = self.c(y).relu() + torch.tensor([1.0])
            w = y + z
        return self.d(w), z


def test_paths_run_through_regions_of_another_mode(tmp_path):
    image = torch.zeros(1, 3, 32, 32)
    network = from_torch(Regions().eval(), image)
    rf = {row.name: row.rf for row in growth(network).rows}
    assert [rf[network.nodes[i].name] for i in network.outputs] == [(9, 9), (11, 11)]
    program = torch.export.export(Regions().eval(), (image,), strict=False)
    torch.export.save(program, tmp_path / "m.pt2")
    assert read_pt2(tmp_path / "m.pt2").nodes == network.nodes


def test_a_value_that_nothing_makes_is_refused():
    from rfcalc.importers.torch.program import Call, Program, Ref, whole

    call = Call("aten.relu", "default", False, {"self": Ref("lost")}, ("y",))
    program = Program("m", ("x",), ("y",), (call,), {"x": (1, 3, 4, 4), "y": (1, 3, 4, 4)})
    with pytest.raises(RfcalcError, match="reads 'lost'"):
        whole(program, frozenset())
