// What does the chosen layer see? Its mask or counts on a canvas, with words for those who hear.
"use strict";

const HELD = [27, 58, 107], HOLE = [255, 255, 255], OUTSIDE = [220, 220, 220];
const PICTURE = 400, MOST_CELLS = 1600;

function shade(ramp, place) {
  const at = Math.max(0, Math.min(1, place)) * (ramp.length - 1), low = Math.floor(at);
  const high = Math.min(ramp.length - 1, low + 1), part = at - low;
  return ramp[low].map((v, n) => Math.round(v + (ramp[high][n] - v) * part));
}

function put(canvas, rows, columns, zoom, colourOf) {
  canvas.width = columns * zoom; canvas.height = rows * zoom;
  const context = canvas.getContext("2d"), image = context.createImageData(columns * zoom, rows * zoom);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) {
    const [colour, second] = colourOf(i, j);
    for (let y = 0; y < zoom; y++) for (let x = 0; x < zoom; x++) {
      const at = 4 * ((i * zoom + y) * columns * zoom + j * zoom + x);
      const [r, g, b] = second && (x + y) % 2 ? second : colour;
      image.data[at] = r; image.data[at + 1] = g; image.data[at + 2] = b; image.data[at + 3] = 255;
    }
  }
  context.putImageData(image, 0, 0);
}

function fitted(extents) {
  const longest = Math.max(...extents);
  if (longest <= MOST_CELLS) return [1, Math.max(1, Math.min(24, Math.floor(PICTURE / longest)))];
  const step = Math.ceil(longest / (MOST_CELLS / 2));
  return [step, 2];
}

// Draw two axes (or one, as a strip) of the boxes; `cut` is [axis, index] of the third.
function drawMask(canvas, boxes, dims, axes, cut) {
  const all = bounds(boxes, dims), spans = axes.map((axis) => all[axis]);
  let chosen = boxes;
  if (cut) chosen = boxes.filter((box) => holds(box[cut[0]], cut[1]));
  const flat = chosen.map((box) => axes.map((axis) => box[axis]));
  const [step, zoom] = fitted(spans.map(([from, to]) => to - from));
  let rows;
  if (axes.length === 1) rows = [lineStates(united(flat.map((box) => box[0])), spans[0], step)];
  else rows = planeStates(flat, spans, step);
  const tall = axes.length === 1 ? Math.max(1, Math.round(28 / zoom)) : 1;
  put(canvas, rows.length * tall, rows[0].length, zoom, (i, j) => {
    const state = rows[Math.floor(i / tall)][j];
    return state === 2 ? [HELD] : state === 1 ? [HELD, HOLE] : [HOLE];
  });
  return { spans: axes.length === 1 ? [[0, 1], spans[0]] : spans, step, zoom, tall };
}

function drawCounts(canvas, counts, ramp, axes, cut) {
  const shape = counts.shape, strides = shape.map((_, n) => product(shape.slice(n + 1)));
  const rows = axes.length === 1 ? 1 : shape[axes[0]], columns = shape[axes[axes.length - 1]];
  const base = cut ? (cut[1] - counts.start[cut[0]]) * strides[cut[0]] : 0;
  const at = (i, j) => counts.data[base + j * strides[axes[axes.length - 1]]
    + (axes.length === 1 ? 0 : i * strides[axes[0]])];
  let least = Infinity, most = 0;
  for (const value of counts.data) { if (value > 0 && value < least) least = value; if (value > most) most = value; }
  const log = most >= 100 * least, span = Math.log(most / least);
  const place = (v) => log ? Math.log(v / least) / span : v / most;
  const [step, zoom] = fitted(axes.length === 1 ? [columns] : [rows, columns]);
  const tall = axes.length === 1 ? Math.max(1, Math.round(28 / zoom)) : 1;
  put(canvas, Math.ceil(rows / step) * tall, Math.ceil(columns / step), zoom, (i, j) => {
    let top = 0, hole = false;
    const row = Math.floor(i / tall) * step;
    for (let y = row; y < Math.min(rows, row + step); y++) {
      for (let x = j * step; x < Math.min(columns, (j + 1) * step); x++) {
        const value = at(y, x); if (value > top) top = value; if (!value) hole = true;
      }
    }
    return top ? (hole ? [shade(ramp, place(top)), HOLE] : [shade(ramp, place(top))]) : [HOLE];
  });
  const from = axes.map((axis) => counts.start[axis]);
  const spans = axes.length === 1 ? [[0, 1], [from[0], from[0] + columns]]
    : [[from[0], from[0] + rows], [from[1], from[1] + columns]];
  return { spans, step, zoom, tall, least, most, log, at };
}

// The field of one output on a picture: sampled pixels as they are, holes dark, the rest faded.
function drawOnPicture(canvas, picture, counts, box) {
  const [high, wide] = [canvas.height, canvas.width];
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, wide, high);
  const image = context.getImageData(0, 0, wide, high), data = image.data;
  for (let i = 0; i < high; i++) for (let j = 0; j < wide; j++) {
    const at = 4 * (i * wide + j), y = i - counts.start[0], x = j - counts.start[1];
    const inside = y >= 0 && x >= 0 && y < counts.shape[0] && x < counts.shape[1];
    if (inside && counts.data[y * counts.shape[1] + x] > 0) continue;
    const hole = box && i >= box[0][0] && i < box[0][1] && j >= box[1][0] && j < box[1][1];
    for (let c = 0; c < 3; c++) data[at + c] = hole ? data[at + c] / 4 : 255 - (255 - data[at + c]) * 0.35;
  }
  context.putImageData(image, 0, 0);
}
