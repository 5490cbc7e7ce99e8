"""Small modules, one per operator or idiom, that a reader must get exactly right."""

# A row of the tables is easier to read as one line.
# ruff: noqa: E501
from collections.abc import Callable

import pytest

torch = pytest.importorskip("torch")
F = torch.nn.functional
nn = torch.nn

Idiom = tuple[Callable[[torch.Tensor], torch.Tensor] | nn.Module, tuple[int, ...]]


class Fn(nn.Module):
    """A function as a module, with two layers of its own around it."""

    def __init__(self, function, before=None, after=None):
        super().__init__()
        self.before = before or nn.Identity()
        self.after = after or nn.Identity()
        self.function = function

    def forward(self, x):
        return self.after(self.function(self.before(x)))


def c(i, o, k=3, s=1, p=None, d=1, g=1, **kw):
    return nn.Conv2d(i, o, k, s, d * (k - 1) // 2 if p is None else p, d, g, **kw)


def shuffle(x, groups=2):
    b, n, h, w = x.shape
    return x.view(b, groups, n // groups, h, w).transpose(1, 2).reshape(b, n, h, w)


class NHWC(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.dw = nn.Conv2d(dim, dim, 7, padding=3, groups=dim)
        self.norm = nn.LayerNorm(dim)
        self.up, self.down = nn.Linear(dim, 8), nn.Linear(8, dim)

    def forward(self, x):
        y = self.dw(x).permute(0, 2, 3, 1)
        y = self.down(F.gelu(self.up(self.norm(y))))
        return x + y.permute(0, 3, 1, 2)


class Focus(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = c(12, 4)

    def forward(self, x):
        parts = [x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]]
        return self.conv(torch.cat(parts, 1))


class WindowAttention(nn.Module):
    def __init__(self, window=4, shift=0, dim=4, heads=2, fused=True):
        super().__init__()
        self.window, self.shift, self.heads, self.fused = window, shift, heads, fused
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)

    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        b, h, w, n = x.shape
        k, m = self.window, self.heads
        if self.shift:
            x = torch.roll(x, (-self.shift, -self.shift), (1, 2))
        x = x.view(b, h // k, k, w // k, k, n).permute(0, 1, 3, 2, 4, 5).reshape(-1, k * k, n)
        q, key, v = self.qkv(x).reshape(-1, k * k, 3, m, n // m).permute(2, 0, 3, 1, 4).unbind(0)
        if self.fused:
            y = F.scaled_dot_product_attention(q, key, v)
        else:
            y = (q @ key.transpose(-2, -1)).softmax(-1) @ v
        y = self.proj(y.transpose(1, 2).reshape(-1, k * k, n))
        y = y.view(b, h // k, w // k, k, k, n).permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, n)
        if self.shift:
            y = torch.roll(y, (self.shift, self.shift), (1, 2))
        return y.permute(0, 3, 1, 2)


def grid_attention(x, g=2):
    b, n, h, w = x.shape
    y = x.view(b, n, g, h // g, g, w // g).permute(0, 3, 5, 2, 4, 1).reshape(-1, g * g, n)
    y = F.scaled_dot_product_attention(y, y, y)
    return y.view(b, h // g, w // g, g, g, n).permute(0, 5, 3, 1, 4, 2).reshape(b, n, h, w)


def axial(x):
    b, n, h, w = x.shape
    y = x.permute(0, 3, 2, 1).reshape(b * w, h, n)
    y = F.scaled_dot_product_attention(y, y, y)
    return y.view(b, w, h, n).permute(0, 3, 2, 1)


def window_mean(x, k=4):
    b, n, h, w = x.shape
    y = x.view(b, n, h // k, k, w // k, k).permute(0, 2, 4, 3, 5, 1).reshape(-1, k * k, n)
    y = y * torch.sigmoid(y.mean(1, keepdim=True))
    return y.view(b, h // k, w // k, k, k, n).permute(0, 5, 1, 3, 2, 4).reshape(b, n, h, w)


def patch_mean(x, k=4):
    """Cells at the same place of every patch share a gate."""
    b, n, h, w = x.shape
    y = x.view(b, n, h // k, k, w // k, k).permute(0, 1, 3, 5, 2, 4).reshape(b, n, k * k, -1)
    y = y * torch.sigmoid(y.mean(-1, keepdim=True))
    return y.view(b, n, k, k, h // k, w // k).permute(0, 1, 4, 2, 5, 3).reshape(b, n, h, w)


class Halo(nn.Module):
    """Blocks of queries read a window somewhat larger than themselves."""

    def __init__(self, block=4, halo=1, dim=4):
        super().__init__()
        self.block, self.halo = block, halo
        self.q, self.kv = c(3, dim, 1), c(3, 2 * dim, 1)

    def forward(self, x):
        k, win, (h, w) = self.block, self.block + 2 * self.halo, x.shape[2:]
        q = self.q(x).reshape(1, 4, h // k, k, w // k, k).permute(0, 2, 4, 3, 5, 1)
        q = q.reshape(1, -1, k * k, 4)
        kv = F.pad(self.kv(x), [self.halo] * 4).unfold(2, win, k).unfold(3, win, k)
        kv = kv.reshape(1, 8, -1, win * win).permute(0, 2, 3, 1)
        key, v = kv.split([4, 4], -1)
        y = (q @ key.transpose(-1, -2)).softmax(-1) @ v
        y = y.reshape(1, h // k, w // k, k, k, 4).permute(0, 5, 1, 3, 2, 4)
        return y.reshape(1, 4, h, w)


def merging(x):
    x = x.permute(0, 2, 3, 1)
    parts = [x[:, 0::2, 0::2], x[:, 1::2, 0::2], x[:, 0::2, 1::2], x[:, 1::2, 1::2]]
    return torch.cat(parts, -1).permute(0, 3, 1, 2)


def to_depth(x, r=2):
    b, n, h, w = x.shape
    x = x.view(b, n, h // r, r, w // r, r).permute(0, 3, 5, 1, 2, 4)
    return x.reshape(b, n * r * r, h // r, w // r)


def to_space(x, r=2):
    b, n, h, w = x.shape
    x = x.view(b, n // (r * r), r, r, h, w).permute(0, 1, 4, 2, 5, 3)
    return x.reshape(b, n // (r * r), h * r, w * r)


class SqueezeExcite(nn.Module):
    def __init__(self, dim=4):
        super().__init__()
        self.a, self.b = nn.Linear(dim, 2), nn.Linear(2, dim)

    def forward(self, x):
        gate = torch.sigmoid(self.b(F.relu(self.a(x.mean((2, 3))))))
        return x * gate[:, :, None, None]


class Coordinate(nn.Module):
    """Pooled along each axis, one map for both, gates along each axis."""

    def __init__(self, dim=4):
        super().__init__()
        self.squeeze, self.high, self.wide = c(dim, 4, 1), c(4, dim, 1), c(4, dim, 1)

    def forward(self, x):
        h, w = x.shape[2:]
        high, wide = x.mean(3, keepdim=True), x.mean(2, keepdim=True).permute(0, 1, 3, 2)
        both = F.relu(self.squeeze(torch.cat([high, wide], 2)))
        high, wide = both.split([h, w], 2)
        return x * self.high(high).sigmoid() * self.wide(wide.permute(0, 1, 3, 2)).sigmoid()


class ClassToken(nn.Module):
    """Patches and a class token attend to each other; the patches alone go on."""

    def __init__(self, dim=4):
        super().__init__()
        self.patch = nn.Conv2d(3, dim, 4, 4)
        self.token = nn.Parameter(torch.zeros(1, 1, dim))
        self.place = nn.Parameter(torch.zeros(1, 17, dim))
        self.qkv = nn.Linear(dim, 3 * dim)

    def forward(self, x):
        x = self.patch(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.place
        q, k, v = self.qkv(x).chunk(3, -1)
        x = x + F.scaled_dot_product_attention(q, k, v)
        return x[:, 1:].transpose(1, 2).reshape(1, -1, 4, 4)


class TemporalShift(nn.Module):
    def forward(self, x):
        out = torch.zeros_like(x)
        out[:, :2, :-1] = x[:, :2, 1:]
        out[:, 2:3, 1:] = x[:, 2:3, :-1]
        out[:, 3:] = x[:, 3:]
        return out


class SamePadding(nn.Module):
    """TensorFlow's padding, computed from the size at hand."""

    def __init__(self, k=3, s=2):
        super().__init__()
        self.conv, self.k, self.s = nn.Conv2d(3, 4, k, s), k, s

    def forward(self, x):
        pads = []
        for n in x.shape[:1:-1]:
            total = max((-(-n // self.s) - 1) * self.s + self.k - n, 0)
            pads += [total // 2, total - total // 2]
        return self.conv(F.pad(x, pads))


class Weighted(nn.Module):
    """A convolution whose weights are mixed by what the whole map shows."""

    def __init__(self):
        super().__init__()
        self.route, self.bank = nn.Linear(3, 2), nn.Parameter(torch.zeros(2, 4 * 3 * 9))

    def forward(self, x):
        weight = (self.route(x.mean((2, 3))) @ self.bank).view(4, 3, 3, 3)
        return F.conv2d(x, weight, padding=1)


class Split(nn.Module):
    """Half of the channels goes round the convolution."""

    def __init__(self):
        super().__init__()
        self.inner, self.last = c(2, 2, 5), c(2, 4)

    def forward(self, x):
        a, b = x.chunk(2, 1)
        y = torch.cat([a, self.inner(b)], 1)
        one, _ = y.split([2, 2], 1)
        return self.last(one)


class Halves(nn.Module):
    """Two branches side by side, a layer over both, and the first channels of that alone."""

    def __init__(self, layer, kept, sizes=(2, 2)):
        super().__init__()
        self.near, self.far = c(sum(sizes), sizes[0]), c(sum(sizes), sizes[1], 9)
        self.layer, self.kept = layer, kept

    def forward(self, x):
        y = self.layer(torch.cat([self.near(x), self.far(x)], 1))
        return y[:, : y.shape[1] // 4 if self.kept == 1 else self.kept]


def _bordered(mode, **kw):
    """A convolution of blocks of cells, whose padding repeats blocks."""
    return nn.Sequential(nn.PixelUnshuffle(2), c(4, 8, d=2, padding_mode=mode, **kw))


class Spectrum(nn.Module):
    """Frames of a signal as a map of frequency against time, and back where asked."""

    def __init__(self, window, hop, size=None, back=False, **kw):
        super().__init__()
        self.register_buffer("window", window)
        self.size, self.hop, self.back, self.kw = size or len(window), hop, back, kw
        bins = self.size // 2 + 1
        self.conv, self.mixed = nn.Conv1d(bins, 3, 3, dilation=2), nn.Linear(bins, bins)
        self.length = kw.pop("length", None)

    def forward(self, x):
        given = (self.size, self.hop, len(self.window), self.window)
        y = torch.stft(x.squeeze(1), *given, return_complex=True, **self.kw)
        if not self.back:
            return self.conv(torch.view_as_real(y).sum(-1))
        y = self.mixed(torch.view_as_real(y).movedim(1, -1)).movedim(-1, 1)
        y = torch.view_as_complex(y.contiguous())
        return torch.istft(y, *given, center=self.kw.get("center", True), length=self.length)


class Fourier(nn.Module):
    """A fast Fourier convolution beside a local one."""

    def __init__(self, modes=None):
        super().__init__()
        self.local, self.modes = c(3, 4), modes
        self.whole = nn.Parameter(torch.rand(8, 12, 8))

    def forward(self, x):
        y = self.local(x)
        if self.modes:
            z = torch.fft.rfft(y, dim=-1)[..., : self.modes]
            return y + torch.fft.irfft(z, n=y.shape[-1], dim=-1)
        z = torch.view_as_real(torch.fft.rfft2(y)).permute(0, 1, 4, 2, 3).flatten(1, 2)
        z = (self.whole * z).unflatten(1, (4, 2)).permute(0, 1, 3, 4, 2).contiguous()
        return y + torch.fft.irfft2(torch.view_as_complex(z), s=y.shape[-2:])


LOCAL: dict[str, Idiom] = {
    "taken-by-index": (Fn(lambda x: _fork(x)[:, torch.tensor([0, 1])], c(3, 4)), (1, 3, 16, 16)),
    "transposed-axes": (Fn(lambda x: x.transpose(2, 3), nn.Conv2d(3, 4, (1, 5)), nn.Conv2d(4, 4, (3, 1))), (1, 3, 16, 16)),
    "spectrum": (Spectrum(torch.hann_window(16), 4), (1, 1, 128)),
    "spectrum-hop-of-a-half": (Spectrum(torch.hamming_window(16), 8, center=False), (1, 1, 100)),
    "spectrum-of-shorter-window": (Spectrum(torch.ones(9), 5, size=16, pad_mode="constant"), (1, 1, 90)),
    "spectrum-and-back": (Spectrum(torch.hann_window(16), 4, back=True), (1, 1, 96)),
    "spectrum-and-back-to-length": (Spectrum(torch.hamming_window(12), 3, size=16, back=True, length=90), (1, 1, 90)),
    "spectrum-of-unfolded": (Fn(lambda x: torch.fft.rfft(x.unfold(-1, 16, 4)).real.squeeze(1).transpose(1, 2), None, nn.Conv1d(9, 2, 3)), (1, 1, 96)),
    "blocks-reflected": (_bordered("reflect"), (1, 1, 12, 12)),
    "blocks-replicated": (_bordered("replicate"), (1, 1, 12, 12)),
    "blocks-wrapped": (_bordered("circular"), (1, 1, 12, 12)),
    "loss-by-cell": (Fn(lambda x: F.l1_loss(x, F.avg_pool2d(x, 5, 1, 2), reduction="none"), c(3, 4)), (1, 3, 12, 12)),
    "unshuffle-last": (nn.Sequential(c(3, 4), nn.PixelUnshuffle(2)), (1, 3, 16, 12)),
    "repeat-last": (Fn(lambda x: x.repeat(1, 2, 2, 1), c(3, 4)), (1, 3, 6, 5)),
    "repeat-both-last": (Fn(lambda x: x.repeat(1, 1, 2, 3), c(3, 2)), (1, 3, 6, 5)),
    "channels-last": (Fn(lambda x: x.permute(0, 3, 1, 2), None, c(3, 4)), (1, 12, 10, 3)),
    "chain": (nn.Sequential(c(3, 4), nn.ReLU(), c(4, 4, 3, 2), c(4, 4, 3, d=2)), (1, 3, 32, 32)),
    "even-kernel": (nn.Conv2d(3, 4, 4, 2, 1), (1, 3, 16, 18)),
    "same-words": (nn.Conv2d(3, 4, (4, 3), padding="same", dilation=(1, 2)), (1, 3, 16, 16)),
    "circular": (c(3, 4, 5, padding_mode="circular"), (1, 3, 12, 12)),
    "reflect": (c(3, 4, 5, padding_mode="reflect"), (1, 3, 12, 12)),
    "replicate": (c(3, 4, 5, padding_mode="replicate"), (1, 3, 12, 12)),
    "transposed": (nn.ConvTranspose2d(3, 4, 3, 2, 1, 1), (1, 3, 9, 9)),
    "transposed-dilated": (nn.ConvTranspose2d(3, 4, 3, 2, dilation=2), (1, 3, 9, 9)),
    "maxpool-ceil": (nn.MaxPool2d(3, 2, ceil_mode=True), (1, 3, 16, 16)),
    "avgpool": (nn.AvgPool2d(3, 2, 1), (1, 3, 16, 16)),
    "adaptive": (nn.AdaptiveAvgPool2d((3, 6)), (1, 3, 16, 16)),
    "nearest-size": (Fn(lambda x: F.interpolate(x, size=(7, 21))), (1, 3, 16, 16)),
    "nearest-scale": (nn.Upsample(scale_factor=3), (1, 3, 8, 8)),
    "bilinear": (nn.Upsample(scale_factor=2, mode="bilinear"), (1, 3, 8, 8)),
    "bilinear-corners": (nn.Upsample(size=(15, 17), mode="bilinear", align_corners=True), (1, 3, 8, 8)),
    "bilinear-down": (Fn(lambda x: F.interpolate(x, size=(5, 5), mode="bilinear")), (1, 3, 16, 16)),
    "bicubic": (nn.Upsample(scale_factor=2, mode="bicubic"), (1, 3, 9, 9)),
    "antialias": (Fn(lambda x: F.interpolate(x, size=(5, 6), mode="bilinear", antialias=True)), (1, 3, 16, 16)),
    "antialias-cubic": (Fn(lambda x: F.interpolate(x, size=(8, 8), mode="bicubic", antialias=True)), (1, 3, 32, 32)),
    "crop-negative-pad": (Fn(lambda x: F.pad(x, (-1, 2, 3, -2))), (1, 3, 16, 16)),
    "slice": (Fn(lambda x: x[:, :, 2:-3:2, 1:]), (1, 3, 16, 16)),
    "roll": (Fn(lambda x: torch.roll(x, (3, -2), (2, 3))), (1, 3, 12, 12)),
    "flip": (Fn(lambda x: x.flip(3), c(3, 4)), (1, 3, 12, 12)),
    "repeat-interleave": (Fn(lambda x: x.repeat_interleave(2, 2)), (1, 3, 8, 8)),
    "spatial-cat": (Fn(lambda x: torch.cat([x[:, :, 2:], x[:, :, :2]], 2), c(3, 4), c(4, 4)), (1, 3, 12, 12)),
    "cat-padding": (Fn(lambda x: torch.cat([torch.zeros(1, 3, 2, 12), x], 2), None, c(3, 4, 3, p=0)), (1, 3, 12, 12)),
    "focus": (Focus(), (1, 3, 16, 16)),
    "space-to-depth": (Fn(to_depth, c(3, 4), c(16, 4)), (1, 3, 16, 16)),
    "depth-to-space": (Fn(to_space, c(3, 8), c(2, 4)), (1, 3, 8, 8)),
    "depth-to-space-add": (Fn(lambda x: to_space(x) + F.interpolate(x[:, :2], scale_factor=2), c(3, 8), c(2, 4)), (1, 3, 8, 8)),
    "pixel-shuffle": (nn.Sequential(c(3, 8), nn.PixelShuffle(2), c(2, 4)), (1, 3, 8, 8)),
    "pixel-unshuffle": (nn.Sequential(nn.PixelUnshuffle(2), c(12, 4)), (1, 3, 8, 8)),
    "patch-merging": (Fn(merging, c(3, 4), c(16, 4)), (1, 3, 16, 16)),
    "patch-linear": (Fn(lambda x: x.view(1, 3, 4, 4, 4, 4).permute(0, 2, 4, 3, 5, 1).reshape(1, 4, 4, 48),
                        None, nn.Linear(48, 5)), (1, 3, 16, 16)),
    "channel-shuffle": (Fn(shuffle, c(3, 4), c(4, 4)), (1, 3, 12, 12)),
    "nhwc-block": (nn.Sequential(c(3, 4), NHWC(), NHWC()), (1, 3, 20, 20)),
    "window-attention": (nn.Sequential(c(3, 4), WindowAttention()), (1, 3, 16, 16)),
    "window-attention-matmul": (nn.Sequential(c(3, 4), WindowAttention(fused=False)), (1, 3, 16, 16)),
    "shifted-windows": (nn.Sequential(c(3, 4), WindowAttention(), WindowAttention(shift=2)), (1, 3, 16, 16)),
    "grid-attention": (Fn(grid_attention, c(3, 4)), (1, 3, 12, 12)),
    "window-gate": (Fn(window_mean, c(3, 4)), (1, 3, 16, 16)),
    "patch-gate": (Fn(patch_mean, c(3, 4)), (1, 3, 16, 12)),
    "halo-attention": (nn.Sequential(c(3, 3), Halo()), (1, 3, 16, 16)),
    "unfold": (Fn(lambda x: F.unfold(x, 3, padding=1).view(1, 27, 12, 12), None, c(27, 4)), (1, 3, 12, 12)),
    "fold": (Fn(lambda x: F.fold(x.flatten(2), (12, 12), 2, stride=2), c(3, 8, 2, 2, 0)), (1, 3, 12, 12)),
    "tensor-unfold": (Fn(lambda x: x.unfold(2, 4, 2).mean(-1)), (1, 3, 16, 16)),
    "same-padding": (SamePadding(), (1, 3, 17, 16)),
    "split": (Split(), (1, 4, 16, 16)),
    "temporal-shift": (Fn(TemporalShift(), nn.Conv1d(3, 4, 3, padding=1), nn.Conv1d(4, 4, 1)), (1, 3, 16)),
    "inplace-view": (Fn(lambda x: _add_into(x), c(3, 4), c(4, 4)), (1, 3, 12, 12)),
    "glu": (Fn(lambda x: F.glu(x, 1), c(3, 8)), (1, 3, 12, 12)),
    "einsum-channels": (Fn(lambda x: torch.einsum("bchw,oc->bohw", x, torch.ones(4, 3).double() if x.dtype == torch.float64 else torch.ones(4, 3)), c(3, 3)), (1, 3, 12, 12)),
    "spatial-gate": (Fn(lambda x: x * torch.sigmoid(x.mean(1, keepdim=True)), c(3, 4)), (1, 3, 12, 12)),
    "one-row": (nn.Sequential(nn.Conv2d(1, 4, (1, 5), (1, 2)), nn.Conv2d(4, 4, (1, 3))), (1, 1, 1, 32)),
    "one-dimensional": (nn.Sequential(nn.Conv1d(2, 4, 5, 2), nn.Conv1d(4, 4, 3, dilation=4)), (1, 2, 64)),
    "three-dimensional": (nn.Sequential(nn.Conv3d(2, 4, 3, (1, 2, 2), 1), nn.MaxPool3d(2)), (1, 2, 8, 12, 12)),
    "frames-as-batch": (Fn(lambda x: F.max_pool2d(x.transpose(1, 2).flatten(0, 1), 2).view(1, 4, 3, 6, 6).transpose(1, 2), None, nn.Conv3d(3, 4, 3, padding=1)), (1, 3, 4, 12, 12)),
    "space-to-batch": (Fn(lambda x: F.avg_pool2d(x.view(1, 3, 6, 2, 12).permute(0, 3, 1, 2, 4).flatten(0, 1), (3, 1), 1).view(1, 2, 3, 4, 12).permute(0, 2, 3, 1, 4).reshape(1, 3, 8, 12)), (1, 3, 12, 12)),
    "cat-relu-split": (Fn(lambda x: F.relu(_fork(x)).chunk(2, 1)[1], c(3, 4), c(2, 4)), (1, 3, 16, 16)),
    "cat-norm-split": (Halves(nn.Sequential(nn.BatchNorm2d(4), nn.SiLU()), 3), (1, 4, 16, 16)),
    "cat-add-split": (Fn(lambda x: (_fork(x) + F.avg_pool2d(x, 7, 1, 3)).split([1, 3], 1)[0], c(3, 4)), (1, 3, 20, 20)),
    "cat-add-cat-split": (Fn(lambda x: (_fork(x) + torch.cat([x[:, :1], F.avg_pool2d(x[:, 1:], 9, 1, 4)], 1))[:, :1], c(3, 4)), (1, 3, 20, 20)),
    "cat-of-three": (Fn(lambda x: F.gelu(_three(x))[:, 1:4], c(3, 6)), (1, 3, 24, 24)),
    "cat-every-other": (Fn(lambda x: F.gelu(_three(x))[:, 4::2], c(3, 6)), (1, 3, 24, 24)),
    "cat-depthwise-split": (Halves(c(4, 4, 3, g=4), 2), (1, 4, 20, 20)),
    "cat-grouped-split": (Halves(c(4, 8, 3, g=2), 3), (1, 4, 20, 20)),
    "cat-pool-split": (Halves(nn.MaxPool2d(2), 3), (1, 4, 24, 24)),
    "cat-upsample-split": (Halves(nn.Upsample(scale_factor=2, mode="bilinear"), 1), (1, 4, 12, 12)),
    "cat-mixed-split": (Halves(c(4, 8, 1), 3), (1, 4, 20, 20)),
    "cat-softmax-split": (Halves(nn.Softmax(1), 3), (1, 4, 20, 20)),
    "cat-view-select": (Fn(lambda x: F.relu(_fork(x)).view(1, 2, 2, 16, 16)[:, 0], c(3, 4)), (1, 3, 16, 16)),
    "cat-shuffle-split": (Fn(lambda x: shuffle(F.relu(_fork(x)))[:, 2:], c(3, 4), c(2, 4)), (1, 3, 16, 16)),
    "stack-select": (Fn(lambda x: F.relu(torch.stack([x, F.avg_pool2d(x, 5, 1, 2)], 1))[:, 0], c(3, 4)), (1, 3, 16, 16)),
    "stack-sum": (Fn(lambda x: torch.stack([x, F.avg_pool2d(x, 5, 1, 2)], 1).sum(1), c(3, 4)), (1, 3, 16, 16)),
    "cat-channels-last": (Fn(lambda x: F.gelu(_fork(x).permute(0, 2, 3, 1))[..., :2].permute(0, 3, 1, 2), c(3, 4)), (1, 3, 16, 16)),
    "cat-glu": (Fn(lambda x: F.glu(_fork(x), 1), c(3, 4)), (1, 3, 16, 16)),
    "cat-pixel-shuffle-split": (Fn(lambda x: F.pixel_shuffle(torch.cat([x, F.avg_pool2d(x, 5, 1, 2)], 1), 2)[:, 1:], c(3, 4)), (1, 3, 16, 16)),
    "siamese": (Fn(lambda x: F.avg_pool2d(torch.cat([x, F.avg_pool2d(x, 3, 1, 1)], 0), 3, 1, 1).chunk(2, 0)[0], c(3, 4)), (1, 3, 16, 16)),
    "unshuffle-split": (Fn(lambda x: F.pixel_unshuffle(x, 2)[:, :2], c(3, 1)), (1, 3, 16, 16)),
    "window-elements": (Fn(lambda x: F.unfold(x, 3, padding=1).view(1, 4, 9, 12, 12)[:, :2].flatten(1, 2), c(3, 4), c(18, 4)), (1, 3, 12, 12)),
}  # fmt: skip
"""Idioms whose field is bounded: exact, equal to the gradient at every position."""


def _fork(x):
    """Two channels as they are, two from a wider field."""
    return torch.cat([x[:, :2], F.avg_pool2d(x[:, 2:], 5, 1, 2)], 1)


def _three(x):
    return torch.cat(
        [x[:, :2], F.avg_pool2d(x[:, 2:4], 5, 1, 2), F.avg_pool2d(x[:, 4:], 9, 1, 4)], 1
    )


MARKED: dict[str, Idiom] = {
    "part-of-padded-blocks": (Fn(lambda x: F.pad(F.pixel_unshuffle(x, 2), (1, 1, 1, 1), "reflect")[:, :1], None, c(1, 2)), (1, 1, 12, 12)),
    "each-of-padded-blocks": (Fn(lambda x: F.pixel_shuffle(x, 2), _bordered("reflect", g=4)), (1, 1, 12, 12)),
    "woven-split": (Fn(lambda x: shuffle(_fork(x))[:, :1], c(3, 4)), (1, 3, 16, 16)),
    "one-window-element": (Fn(lambda x: F.unfold(x, 3, padding=1).view(1, 4, 9, 12, 12)[:, :, 4], c(3, 4)), (1, 3, 12, 12)),
    "unlike-groups": (Halves(nn.Conv2d(6, 6, 3, 1, 1, groups=3), 3, (1, 5)), (1, 6, 20, 20)),
    "split-across-shuffle": (Fn(lambda x: F.pixel_shuffle(torch.cat([x[:, :2], F.avg_pool2d(x[:, 2:], 5, 1, 2)], 1), 2), c(3, 4)), (1, 3, 16, 16)),
}  # fmt: skip
"""Idioms of which more is said to be read than is: never less, and the network says so."""


def _add_into(x):
    y = x.clone()
    y[:, :2] += F.avg_pool2d(x[:, 2:], 3, 1, 1)
    return y


WHOLE: dict[str, tuple[nn.Module, tuple[int, ...], str]] = {
    "squeeze-excite": (nn.Sequential(c(3, 4), SqueezeExcite()), (1, 3, 12, 12), "1.mean"),
    "global-pool": (nn.Sequential(c(3, 4), nn.AdaptiveAvgPool2d(1)), (1, 3, 12, 12), "1"),
    "flatten-linear": (nn.Sequential(c(3, 4), nn.Flatten(), nn.Linear(576, 5)), (1, 3, 12, 12), "2"),
    "instance-norm": (nn.Sequential(c(3, 4), nn.InstanceNorm2d(4)), (1, 3, 12, 12), "1"),
    "group-norm": (nn.Sequential(c(3, 4), nn.GroupNorm(2, 4)), (1, 3, 12, 12), "1"),
    "layer-norm-over-space": (nn.Sequential(c(3, 4), nn.LayerNorm((4, 12, 12))), (1, 3, 12, 12), "1"),
    "attention": (Fn(lambda x: F.scaled_dot_product_attention(*[x.flatten(2).transpose(1, 2)] * 3), c(3, 4)), (1, 3, 12, 12), "scaled_dot_product_attention"),
    "running-sum": (Fn(lambda x: x.cumsum(2), c(3, 4)), (1, 3, 12, 12), "cumsum"),
    "axial-attention": (Fn(axial, c(3, 4)), (1, 3, 12, 12), "scaled_dot_product_attention"),
    "spatial-softmax": (Fn(lambda x: x.flatten(2).softmax(-1).view_as(x), c(3, 4)), (1, 3, 12, 12), "softmax"),
    "loss": (Fn(lambda x: F.mse_loss(x, F.avg_pool2d(x, 3, 1, 1)), c(3, 4)), (1, 3, 12, 12), "mse_loss"),
    "fast-fourier": (Fourier(), (1, 3, 12, 14), "fft_irfft2"),
    "modes-along-a-row": (Fourier(4), (1, 3, 12, 14), "fft_irfft"),
    "coordinate": (nn.Sequential(c(3, 4), Coordinate()), (1, 3, 12, 14), "1.mean"),
    "class-token": (ClassToken(), (1, 3, 16, 16), "scaled_dot_product_attention"),
    "conditional-weights": (Weighted(), (1, 3, 12, 12), "mean"),
    "cumsum": (Fn(lambda x: x.flip(2).mean(2, keepdim=True) + x, c(3, 4)), (1, 3, 12, 12), "mean"),
    "generator": (Fn(lambda x: x.view(1, 4, 4, 4), nn.Linear(8, 64), nn.ConvTranspose2d(4, 4, 4, 2, 1)), (1, 8), "before"),
}  # fmt: skip
"""Idioms that read the whole map, and the layer to be named for it."""
