"""Are PyTorch models written down whole, short, and with the names that users know?"""

import re
from importlib.util import find_spec

import msgspec
import pytest

import rfcalc
from rfcalc.conversion import convert
from rfcalc.interior import growth
from rfcalc.spec import read_text

torch = pytest.importorskip("torch", reason="PyTorch models need PyTorch")
nn = torch.nn


def converted(model, *shape, **options):
    """The network of a model, its file, and the network of the file."""
    network = rfcalc.from_torch(model.eval(), torch.zeros(shape))
    found = convert(network, **options)
    return network, found, read_text(found.text, "net.yaml")


def agree(network, found, other):
    """Every layer has its name and its field; module paths that are left mean what they meant."""
    rows = {row.name: row for row in growth(other).rows}
    for row in growth(network).rows:
        assert row.name in rows or row.name in found.lost
        if row.name in rows:
            same = rows[row.name]
            assert (row.rf, row.cells, row.start) == (same.rf, same.cells, same.start)
    for alias, position in network.aliases.items():
        if alias in other.aliases:
            name = network.nodes[position].name
            assert other.nodes[other.aliases[alias]].name == name or name in found.lost


class Basic(nn.Module):
    def __init__(self, width, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, stride, 1)
        self.bn1 = nn.BatchNorm2d(4)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(4, 4, 3, 1, 1)
        self.downsample = nn.Conv2d(4, 4, 1, stride) if stride > 1 else None

    def forward(self, x):
        body = self.conv2(self.relu(self.bn1(self.conv1(x))))
        return self.relu(body + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 7, 2, 3)
        self.layer1 = nn.Sequential(Basic(4), Basic(4))
        self.layer2 = nn.Sequential(Basic(4, 2), Basic(4), Basic(4), Basic(4))

    def forward(self, x):
        return self.layer2(self.layer1(self.conv1(x)))


def test_a_residual_network_is_blocks_and_repetitions():
    network, found, other = converted(ResNet(), 1, 3, 64, 64)
    agree(network, found, other)
    assert found.lost == ()
    assert found.text.split("\n", 2)[2] == (
        """\
name: ResNet
inputs: {x: [64, 64]}

blocks:
  layer:
    layers:
      - residual:
          - {kernel: 3, name: conv1}
          - batchnorm: {name: bn1}
          - relu: {name: relu}
          - {kernel: 3, name: conv2}
        name: add
      - relu: {name: relu_1}

layers:
  - {kernel: 7, stride: 2, name: conv1}
  - repeat: {times: 2, name: layer1, layers: [layer]}
  - residual:
      - {kernel: 3, stride: 2, name: layer2.0.conv1}
      - batchnorm: {name: layer2.0.bn1}
      - relu: {name: layer2.0.relu}
      - {kernel: 3, name: layer2.0.conv2}
    shortcut: [{kernel: 1, stride: 2, name: layer2.0.downsample}]
    name: layer2.0.add
  - relu: {name: layer2.0.relu_1}
  - repeat: {times: 3, first: 1, name: layer2, layers: [layer]}
"""
    )
    assert other.index("layer1.1", -1) == other.index("layer1", -1) != -1


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.down = nn.ModuleList(nn.Conv2d(n, 4, 3) for n in (1, 4, 4))
        self.up = nn.ModuleList(nn.ConvTranspose2d(4, 4, 2, 2) for _ in range(2))
        self.mix = nn.ModuleList(nn.Conv2d(8, 4, 3) for _ in range(2))
        self.pool = nn.MaxPool2d(2)

    def forward(self, x):
        skips = []
        for number, conv in enumerate(self.down):
            x = conv(x)
            if number < 2:
                skips.append(x)
                x = self.pool(x)
        for up, mix, skip in zip(self.up, self.mix, reversed(skips), strict=True):
            x = up(x)
            cut = (skip.shape[-1] - x.shape[-1]) // 2
            skip = skip[:, :, cut : cut + x.shape[2], cut : cut + x.shape[3]]
            x = mix(torch.cat([skip, x], 1))
        return x


def test_a_u_net_names_its_skips():
    network, found, other = converted(UNet(), 1, 1, 46, 46)
    agree(network, found, other)
    assert found.lost == ()
    assert "parallel" not in found.text
    assert len(re.findall(r"concat: \{from: \[", found.text)) == 2
    assert "from: down.0" in found.text


class Aspp(nn.Module):
    def __init__(self):
        super().__init__()
        rates = (1, 6, 12, 18)
        self.convs = nn.ModuleList(nn.Conv2d(2, 2, 3, 1, rate, rate) for rate in rates)
        self.pool = nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Conv2d(2, 2, 1), nn.ReLU())

    def forward(self, x):
        size = x.shape[2:]
        pooled = nn.functional.interpolate(self.pool(x), size=size, mode="bilinear")
        return torch.cat([*[conv(x) for conv in self.convs], pooled], 1)


def test_parallel_branches_stand_side_by_side():
    network, found, other = converted(Aspp(), 1, 2, 40, 40)
    agree(network, found, other)
    assert found.lost == ()
    assert "parallel:" in found.text
    assert "        - [{kernel: 3, dilation: 18, name: convs.3}]\n" in found.text


class Dense(nn.Module):
    def __init__(self, count):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Sequential(nn.BatchNorm2d(2 + 2 * i), nn.ReLU(), nn.Conv2d(2 + 2 * i, 2, 3, 1, 1))
            for i in range(count)
        )

    def forward(self, x):
        seen = [x]
        for layer in self.layers:
            seen.append(layer(torch.cat(seen, 1)))
        return torch.cat(seen, 1)


def test_dense_connections_are_a_repetition_of_two_branches():
    network, found, other = converted(Dense(12), 1, 2, 30, 30)
    agree(network, found, other)
    assert found.text.count("\n") < 25
    assert found.lost == ()
    assert found.text.count("- parallel: {name: cat_") == 11
    flat = convert(network, flat=True)
    assert flat.lost == ()
    assert len(read_text(flat.text, "flat.yaml").nodes) == len(network.nodes)


class Shuffle(nn.Module):
    def __init__(self):
        super().__init__()
        self.branch = nn.Sequential(nn.Conv2d(4, 4, 3, 1, 2, 2), nn.ReLU())

    def forward(self, x):
        left, right = x.chunk(2, 1)
        x = torch.cat([left, self.branch(right)], 1)
        n, c, h, w = x.shape
        return x.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


def test_units_that_shuffle_channels_are_turns_of_a_repetition():
    network, found, other = converted(nn.Sequential(*[Shuffle() for _ in range(5)]), 1, 8, 20, 20)
    agree(network, found, other)
    assert found.lost == ()
    assert "times: 5" in found.text
    assert growth(other).rows[-1].rf == (21, 21)


def test_what_was_taken_for_element_wise_stays_not_exact():
    network = rfcalc.from_torch(nn.Conv2d(1, 1, 3), torch.zeros(1, 1, 9, 9))
    network = msgspec.structs.replace(network, assumed=("x: f taken for element-wise",))
    other = read_text(convert(network).text, "net.yaml")
    assert other.assumed == network.assumed
    assert not rfcalc.analyze(other).exact


@pytest.fixture(scope="module")
def torchvision():
    if find_spec("torchvision") is None:
        pytest.skip("published models need torchvision")
    from tests.importers.models import declare_torchvision_operators

    declare_torchvision_operators()
    import torchvision

    return torchvision.models


@pytest.mark.parametrize(
    ("name", "layer", "field", "most"),
    [
        pytest.param("resnet50", "layer4", 427, 60, marks=pytest.mark.whole),
        pytest.param("resnet152", "layer4", 1451, 60, marks=pytest.mark.whole),
        ("deeplabv3_resnet50", "classifier.0.convs.3.0", 1003, 90),
        pytest.param("densenet121", "features.conv0", 7, 70, marks=pytest.mark.whole),
    ],
)
def test_torchvision_models_are_short_and_keep_the_published_field(
    torchvision, name, layer, field, most
):
    kwargs = {"weights": None}
    home = torchvision
    if name.startswith("deeplab"):
        home, kwargs = torchvision.segmentation, {"weights": None, "weights_backbone": None}
    network, found, other = converted(getattr(home, name)(**kwargs), 1, 3, 64, 64)
    agree(network, found, other)
    assert found.text.count("\n") <= most
    at = other.index(layer, -1)
    assert growth(other).rows[at].rf == (field, field)
    assert (found.lost == ()) == (name != "densenet121")


def test_a_layer_of_a_converted_model_is_asked_for_by_its_module_path(torchvision, tmp_path):
    network, found, _ = converted(torchvision.resnet50(weights=None), 1, 3, 64, 64)
    path = tmp_path / "net.yaml"
    path.write_text(found.text)
    loaded = rfcalc.load(str(path))
    for name in ("layer4.2.conv2", "layer3.5.bn1", "layer2", "layer1.0.downsample.0", "layer3.4"):
        assert rfcalc.mask(loaded, name).rf == rfcalc.mask(network, name).rf
    bare = converted(torchvision.resnet34(weights=None), 1, 3, 64, 64, pointwise=False)
    assert bare[1].text.count("\n") < 45
    assert growth(bare[2]).rows[bare[2].index("layer4", -1)].rf == (899, 899)


class Heads(nn.Module):
    """Two heads, one under the name of the other's module."""

    def __init__(self):
        super().__init__()
        self.stem, self.one = nn.Conv2d(3, 4, 3), nn.Conv2d(4, 2, 5)

    def forward(self, x):
        y = self.stem(x)
        return {"out": self.one(y), "one": y.relu(), "input": y}


@pytest.mark.parametrize("flat", [False, True])
def test_outputs_keep_the_names_that_the_model_gives_them(flat):
    network, found, other = converted(Heads(), 1, 3, 16, 16, flat=flat)
    for name in ("out", "one", "output:one", "output:input"):
        meant = network.nodes[network.index(name, -1)].name
        assert other.nodes[other.index(name, -1)].name == meant
    assert "input" not in other.aliases
    assert "out: one" in found.text
    # The layer has that name already.
    assert "output:out" not in found.text


def test_an_output_keeps_its_name_where_its_layer_has_a_number(tmp_path):
    class Chain(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(*(nn.Conv2d(3, 3, 3) for _ in range(6)))

        def forward(self, x):
            return {"features": self.body(x)}

    network, _, other = converted(Chain(), 1, 3, 32, 32)
    rows = {row.name: row.rf for row in growth(other).rows}
    assert rows[other.nodes[other.index("features", 0)].name] == growth(network).rows[-1].rf
