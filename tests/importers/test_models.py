"""Are real models that nobody here wrote read right? A fixed sample of the whole list.

The whole list: ``python -m tests.importers.models --check``.
"""

import random

import pytest

torch = pytest.importorskip("torch")

from tests.importers.models import cases  # noqa: E402
from tests.importers.models.case import LARGE  # noqa: E402
from tests.importers.models.running import run  # noqa: E402
from tests.whole import WHOLE, amount, sample  # noqa: E402

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

SAMPLE = {
    "torchvision/resnet18": "unbounded",
    "torchvision/shufflenet_v2_x0_5": "unbounded",
    "torchvision/convnext_tiny": "unbounded",
    "torchvision/mobilenet_v3_small": "unbounded",
    "torchvision/squeezenet1_0": "unbounded",
    "timm.byobnet/gcresnet33ts": "unbounded",
    "timm.edgenext/edgenext_xx_small": "unbounded",
    "timm.levit/levit_conv_128s": "unbounded",
    "timm.mobilevit/mobilevitv2_050": "unbounded",
    "timm.resnest/resnest14d": "unbounded",
    "smp.unet/unet/resnet18": "exact",
    "smp.segformer/segformer/resnet18": "exact",
    "smp.pspnet/pspnet/resnet18": "unbounded",
    "smp.pan/pan/resnet18": "unbounded",
    "monai/UNet2d": "unbounded",
    "monai/VNet2d": "exact",
    "monai/HighResNet2d": "exact",
    "monai/BasicUNetPlusPlus2d-pixelshuffle": "exact",
    "monai/QuickNAT": "unbounded",
}

DRAWN, SEED = amount(2, 120), 4
"""How many of the lighter models of the list are drawn besides, and by which seed."""


@pytest.fixture(scope="module")
def known():
    return {f"{case.family}/{case.name}": case for case in cases()}


@pytest.mark.parametrize("name", sample(SAMPLE, 10))
def test_a_real_model_is_read_right(known, name):
    if name not in known:
        pytest.skip("its package is not installed")
    row = run(known[name], check=True, seconds=60)
    assert row.status == SAMPLE[name], row.detail
    equal, wide, wrong = map(int, row.check.split()[0].split("/"))
    assert (wide, wrong) == (0, 0)
    assert equal >= 3


@pytest.mark.parametrize("number", range(DRAWN))
def test_a_drawn_model_is_not_read_wrong(known, number):
    if len(known) < 500:
        pytest.skip("timm, torchvision, segmentation-models-pytorch or monai is not installed")
    lighter = sorted(name for name in known if not LARGE.search(name) and "newer" not in name)
    name = random.Random(SEED).sample(lighter, 120)[number]
    row = run(known[name], check=True, seconds=60)
    if row.status in ("their error", "not exported", "slow"):
        pytest.skip(f"{name}: {row.detail}")
    assert row.status in ("exact", "unbounded", "assumed", "refused"), (name, row.detail)


RF = {"resnet18": 435, "resnet34": 899, "resnet50": 427, "resnet101": 971, "resnet152": 1451}


@pytest.mark.parametrize("name", RF if WHOLE else ["resnet18", "resnet50"])
def test_torchvision_resnets_have_the_published_field(known, name):
    from rfcalc.importers import from_torch
    from rfcalc.interior import growth

    case = known.get(f"torchvision/{name}")
    if case is None:
        pytest.skip("torchvision is not installed")
    network = from_torch(case.build().eval(), torch.zeros(1, 3, 64, 64))
    rows = {row.name: row for row in growth(network).rows}
    last = network.nodes[network.index("layer4", 0)].name
    assert rows[last].rf == (RF[name],) * 2
