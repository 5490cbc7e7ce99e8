"""A detector of three levels whose heads are laid out as one output, as frameworks do."""

import pytest

torch = pytest.importorskip("torch")

ANCHORS, VALUES = 3, 4


def by_anchor(y):
    """Anchors that were folded into channels, as rows of values of their own."""
    n, _, h, w = y.shape
    return y.view(n, ANCHORS, VALUES, h, w)


LAYOUTS = {
    "YOLO": lambda ys: torch.cat(
        [by_anchor(y).permute(0, 1, 3, 4, 2).reshape(1, -1, VALUES) for y in ys], 1
    ),
    "RetinaNet": lambda ys: torch.cat(
        [by_anchor(y).permute(0, 3, 4, 1, 2).reshape(1, -1, VALUES) for y in ys], 1
    ).sigmoid(),
    "SSD": lambda ys: torch.cat(
        [y.permute(0, 2, 3, 1).contiguous().view(1, -1) for y in ys], 1
    ).view(1, -1, VALUES),
    "SSD, locations beside scores": lambda ys: torch.cat(
        [
            torch.cat([y[:, :6].permute(0, 2, 3, 1).flatten(1) for y in ys], 1).view(1, -1, 3),
            torch.cat([y[:, 6:].permute(0, 2, 3, 1).flatten(1) for y in ys], 1)
            .view(1, -1, 3)
            .softmax(-1),
        ],
        2,
    ),
    "along the last dimension": lambda ys: torch.cat([y.flatten(2) for y in ys], -1),
    "rows, then one vector": lambda ys: torch.cat(
        [y.flatten(2).transpose(1, 2) for y in ys], 1
    ).flatten(1),
    "rows, then anchors": lambda ys: torch.cat(
        [y.flatten(2).transpose(1, 2) for y in ys], 1
    ).reshape(1, -1, VALUES),
    "split, decoded and joined": lambda ys: (
        lambda o: torch.cat([o[:, :4].exp() + 1, o[:, 4:].softmax(1)], 1).permute(0, 2, 1)
    )(torch.cat([y.flatten(2) for y in ys], 2)),
}


class Laid(torch.nn.Module):
    """Three levels of a backbone, a head of unlike kernel on each, laid out as one output."""

    def __init__(self, lay):
        super().__init__()
        self.lay = lay
        self.levels = torch.nn.ModuleList(
            [torch.nn.Conv2d(c, 4, 3, 2, padding=1) for c in (1, 4, 4)]
        )
        self.heads = torch.nn.ModuleList(
            [torch.nn.Conv2d(4, ANCHORS * VALUES, k, padding=k // 2) for k in (3, 1, 3)]
        )

    def maps(self, x):
        found = []
        for level, head in zip(self.levels, self.heads, strict=True):
            x = level(x)
            found.append(head(x))
        return found

    def forward(self, x):
        return self.lay(self.maps(x))
