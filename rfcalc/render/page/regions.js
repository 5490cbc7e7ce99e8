// Which cells does a layer read? Sets of runs, and blocks of them for a picture of any size.
"use strict";

// A set is [start, run, gap, run, ..]; prefix(set, from, to) counts its cells in from .. to - 1.
function counter(set) {
  const edges = [], totals = [];
  let at = set[0], total = 0;
  for (let n = 1; n < set.length; n++) {
    if (n % 2) { edges.push(at); totals.push(total); total += set[n]; }
    at += set[n];
  }
  const runs = edges.map((edge, n) => set[2 * n + 1]);
  const below = (x) => {
    let low = 0, high = edges.length;
    while (low < high) { const mid = (low + high) >> 1; if (edges[mid] < x) low = mid + 1; else high = mid; }
    if (!low) return 0;
    return totals[low - 1] + Math.min(runs[low - 1], x - edges[low - 1]);
  };
  return (from, to) => below(to) - below(from);
}

function stop(set) { let at = set[0]; for (let n = 1; n < set.length; n++) at += set[n]; return at; }

// The union of sets as one set.
function united(sets) {
  const runs = [];
  for (const set of sets) {
    let at = set[0];
    for (let n = 1; n < set.length; n++) { if (n % 2) runs.push([at, at + set[n]]); at += set[n]; }
  }
  runs.sort((a, b) => a[0] - b[0]);
  const out = [];
  let end = null;
  for (const [from, to] of runs) {
    if (end === null) { out.push(from, to - from); end = to; }
    else if (from <= end) { if (to > end) { out[out.length - 1] += to - end; end = to; } }
    else { out.push(from - end, to - from); end = to; }
  }
  return out;
}

function bounds(boxes, dims) {
  const spans = [];
  for (let axis = 0; axis < dims; axis++) {
    const from = Math.min(...boxes.map((box) => box[axis][0]));
    spans.push([from, Math.max(...boxes.map((box) => stop(box[axis])))]);
  }
  return spans;
}

function holds(set, index) { return counter(set)(index, index + 1) === 1; }

// States of one line of blocks: 0 no cell, 1 some, 2 all of them.
function lineStates(set, span, step) {
  const count = set.length ? counter(set) : () => 0, out = [];
  for (let at = span[0]; at < span[1]; at += step) {
    const to = Math.min(at + step, span[1]), found = count(at, to);
    out.push(found === to - at ? 2 : found ? 1 : 0);
  }
  return out;
}

// Rows of states of two axes. A block is full only when every cell in it is read.
function planeStates(boxes, spans, step) {
  const counts = boxes.map((box) => counter(box[0])), lines = new Map(), rows = [];
  const line = (kind) => {
    if (!lines.has(kind)) {
      const chosen = boxes.filter((box, n) => kind[n] === "1").map((box) => box[1]);
      lines.set(kind, lineStates(chosen.length ? united(chosen) : [], spans[1], step));
    }
    return lines.get(kind);
  };
  for (let at = spans[0][0]; at < spans[0][1]; at += step) {
    const kinds = new Set();
    for (let row = at; row < Math.min(at + step, spans[0][1]); row++) {
      kinds.add(counts.map((count) => count(row, row + 1)).join(""));
    }
    const drawn = [...kinds].map(line);
    rows.push(drawn[0].map((state, n) => drawn.every((other) => other[n] === state) ? state : 1));
  }
  return rows;
}
