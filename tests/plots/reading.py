"""Which cells does a picture show? Read back from the pixels of a PNG, knowing only its colours."""

from io import BytesIO

import numpy as np
from PIL import Image

WHITE, DARK = (255, 255, 255), (27, 58, 107)
BEYOND = (0xDC, 0xDC, 0xDC)


def pixels(png):
    """The picture as an array of RGB."""
    return np.asarray(Image.open(BytesIO(png)).convert("RGB"))


def grid(figure, png, number=0):
    """The pixels inside the box of one of the figure's axes, which must be whole numbers."""
    image = pixels(png)
    box = figure.axes[number].get_position()
    high, wide = image.shape[:2]
    edges = np.array([box.x0 * wide, box.x1 * wide, (1 - box.y1) * high, (1 - box.y0) * high])
    whole = np.rint(edges).astype(int)
    np.testing.assert_allclose(edges, whole, atol=0.01)
    left, right, top, bottom = whole
    return image[top:bottom, left:right]


def blocks_of(picture, shape):
    """The picture cut into the blocks of a grid: (rows, columns, zoom, zoom, 3)."""
    rows, columns = shape
    zoom = picture.shape[1] // columns
    assert picture.shape[1] == columns * zoom
    tall = picture.shape[0] // rows
    assert picture.shape[0] == rows * tall
    return picture.reshape(rows, tall, columns, zoom, 3).swapaxes(1, 2)


def flat(blocks, lined=10):
    """The one colour of every block; large cells may have a line on their upper left edges."""
    cut = 1 if blocks.shape[3] >= lined else 0
    inner = blocks[:, :, cut:, cut:]
    np.testing.assert_array_equal(inner.min(axis=(2, 3)), inner.max(axis=(2, 3)))
    return inner[:, :, 0, 0]


def is_colour(colours, wanted):
    """Which entries have exactly this colour."""
    return (colours == np.array(wanted)).all(axis=-1)
