"""Is a model read up to an operator that is refused, the same as the part before it alone?"""

import pytest

torch = pytest.importorskip("torch")


from rfcalc.errors import RfcalcError  # noqa: E402
from rfcalc.importers import from_torch  # noqa: E402
from rfcalc.interior import growth  # noqa: E402
from rfcalc.network import PartlyRead  # noqa: E402
from rfcalc.report import analyze  # noqa: E402

nn = torch.nn


class Before(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3, stride=2, padding=1)
        self.body = nn.Sequential(nn.ReLU(), nn.Conv2d(4, 4, 3, padding=2, dilation=2))

    def forward(self, x):
        return self.body(self.stem(x))


class Inverted(Before):
    def __init__(self):
        super().__init__()
        self.head = nn.Conv2d(4, 2, 3, padding=1)

    def forward(self, x):
        return self.head(torch.linalg.inv(super().forward(x)))


class Written(Inverted):
    """What is written to by a step that is not followed is not known from then on."""

    def forward(self, x):
        y = Before.forward(self, x).clone()
        view = y[:, :2]
        y.put_(torch.zeros(1, dtype=torch.long), x.mean()[None])
        return self.head(y), view + 1


class Two(Inverted):
    def forward(self, x):
        y = Before.forward(self, x)
        return torch.linalg.inv(y), self.head(y)


class Dropped(Inverted):
    def forward(self, x):
        y = Before.forward(self, x)
        torch.linalg.inv(y)
        return self.head(y)


INPUT = (1, 1, 16, 16)


def partly(make):
    with pytest.raises(PartlyRead) as caught:
        make()
    return caught.value


def fields(rows):
    return [(row.name, row.rf, row.start, row.jump, row.cells) for row in rows]


def test_what_stands_before_is_what_the_part_alone_is():
    fault = partly(lambda: from_torch(Inverted(), torch.rand(INPUT)))
    alone = from_torch(Before(), torch.rand(INPUT))
    assert fields(growth(fault.network).rows) == fields(growth(alone).rows)
    assert fault.network.assumed == alone.assumed == ()
    assert fault.diagnostics[0].code == "RF501"


def test_what_stands_behind_is_unknown_and_names_the_step():
    report = analyze(partly(lambda: from_torch(Inverted(), torch.rand(INPUT))).network)
    unknown = [row for row in report.rows if row.unknown]
    assert [(row.name, row.inputs, row.unknown, row.rf) for row in unknown] == [
        ("linalg_inv", ("body.1",), "linalg_inv", None),
        ("head", ("linalg_inv",), "linalg_inv", None),
    ]
    assert [row.name for row in report.growth.rows] == ["x", "stem", "body.0", "body.1"]
    assert any("linalg_inv" in fact for fact in report.assumed)


def test_a_value_that_was_written_to_is_not_taken_for_what_it_was():
    network = partly(lambda: from_torch(Written(), torch.rand(INPUT))).network
    known = {node.name for node in network.nodes}
    assert "body.1" in known
    assert "head" not in known
    assert {"head", "add"} <= {step.name for step in network.unread}


def test_an_output_that_is_known_stays_one():
    network = partly(lambda: from_torch(Two(), torch.rand(INPUT))).network
    assert [network.nodes[i].name for i in network.outputs] == ["head"]
    assert analyze(network).output.rf == (15, 15)


def test_what_no_output_reads_refuses_nothing():
    network = from_torch(Dropped(), torch.rand(INPUT))
    assert [node.name for node in network.nodes][-1] == "head"
    assert network.unread == ()


def test_a_model_refused_at_its_first_step_is_refused():
    class First(nn.Module):
        def forward(self, x):
            return torch.linalg.inv(x)

    with pytest.raises(RfcalcError) as caught:
        from_torch(First(), torch.rand(INPUT))
    assert not isinstance(caught.value, PartlyRead)


def test_sizes_from_the_end_stay_so_in_what_is_read():
    class Cut(Inverted):
        def forward(self, x):
            y = self.stem(x)
            y = y[:, :, : y.shape[2] - 3]
            return torch.linalg.inv(self.body(y[..., : y.shape[2]]))

    fault = partly(lambda: from_torch(Cut(), torch.rand(INPUT)))
    cut = next(node for node in fault.network.nodes if node.layer.op in ("slice", "crop"))
    taps = cut.layer.size(100, 0)
    assert taps == 97
