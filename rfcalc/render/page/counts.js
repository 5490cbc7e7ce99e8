// How many paths lead from each cell to an output? Pulled back through the graph, as in path_counts.py.
"use strict";

const MOST_COUNTS = 6e6;

function product(shape) { return shape.reduce((a, b) => a * b, 1); }

// Apply one axis of a layer: a part is {start, shape, data}.
function pullAxis(part, axis, relation, sets, size, mode) {
  const [advance, phases] = relation, period = phases.length, length = part.shape[axis];
  const outer = product(part.shape.slice(0, axis)), inner = product(part.shape.slice(axis + 1));
  const moves = [];
  for (let n = 0; n < length; n++) {
    const o = part.start[axis] + n, phase = ((o % period) + period) % period;
    const shift = ((o - phase) / period) * advance, set = sets[phases[phase]];
    let at = set[0];
    for (let r = 1; r < set.length; r++) {
      if (r % 2) for (let k = 0; k < set[r]; k++) {
        let to = at + k + shift;
        if (size !== null && (to < 0 || to >= size)) {
          if (mode === "zeros") continue;
          if (typeof mode === "number") to += to < 0 ? mode : -mode;
          else if (mode === "circular") to = ((to % size) + size) % size;
          else if (mode === "replicate") to = to < 0 ? 0 : size - 1;
          else { to = Math.abs(to); if (to >= size) to = 2 * (size - 1) - to; }
        }
        moves.push(n, to);
      }
      at += set[r];
    }
    if (moves.length > 4 * MOST_COUNTS) return null;
  }
  let low = Infinity, high = -Infinity;
  for (let n = 1; n < moves.length; n += 2) { low = Math.min(low, moves[n]); high = Math.max(high, moves[n]); }
  if (low > high) { low = 0; high = -1; }
  const wide = high - low + 1, shape = part.shape.slice(), start = part.start.slice();
  shape[axis] = wide; start[axis] = low;
  if (product(shape) > MOST_COUNTS) return null;
  const data = new Float64Array(outer * wide * inner);
  for (let n = 0; n < moves.length; n += 2) {
    for (let i = 0; i < outer; i++) {
      const from = (i * length + moves[n]) * inner, to = (i * wide + moves[n + 1] - low) * inner;
      for (let j = 0; j < inner; j++) data[to + j] += part.data[from + j];
    }
  }
  return { start, shape, data };
}

// A layer that reads the whole axis.
// Sums of all outputs (side -1), of those from a cell on (-2), or up to it (-3).
function spreadAxis(part, axis, size, side) {
  const outer = product(part.shape.slice(0, axis)), inner = product(part.shape.slice(axis + 1));
  const length = part.shape[axis], shape = part.shape.slice(), start = part.start.slice();
  shape[axis] = size; start[axis] = 0;
  if (product(shape) > MOST_COUNTS) return null;
  const data = new Float64Array(outer * size * inner);
  for (let i = 0; i < outer; i++) for (let j = 0; j < inner; j++) {
    const first = part.start[axis], at = (n) => part.data[(i * length + n) * inner + j];
    let total = 0;
    if (side === -1) for (let n = 0; n < length; n++) total += at(n);
    for (let k = 0; k < size; k++) {
      const cell = side === -2 ? size - 1 - k : k, n = cell - first;
      if (side !== -1 && n >= 0 && n < length) total += at(n);
      data[(i * size + cell) * inner + j] = total;
    }
  }
  return { start, shape, data };
}

function added(parts) {
  const filled = parts.filter((part) => part.data.length);
  if (!filled.length) return parts[0];
  if (filled.length === 1) return filled[0];
  const axes = filled[0].shape.map((_, axis) => axis);
  const start = axes.map((a) => Math.min(...filled.map((p) => p.start[a])));
  const shape = axes.map((a) => Math.max(...filled.map((p) => p.start[a] + p.shape[a])) - start[a]);
  if (product(shape) > MOST_COUNTS) return null;
  const data = new Float64Array(product(shape)), last = shape.length - 1;
  for (const part of filled) {
    const rows = product(part.shape.slice(0, last)), wide = part.shape[last];
    for (let row = 0; row < rows; row++) {
      let rest = row, to = 0, stride = shape[last];
      for (let a = last - 1; a >= 0; a--) {
        to += ((rest % part.shape[a]) + part.start[a] - start[a]) * stride;
        rest = Math.floor(rest / part.shape[a]); stride *= shape[a];
      }
      to += part.start[last] - start[last];
      for (let n = 0; n < wide; n++) data[to + n] += part.data[row * wide + n];
    }
  }
  return { start, shape, data };
}

// The counts of one output of a node, or null where the page cannot hold them.
function pathCounts(net, target, output, bordered) {
  const reach = new Array(net.nodes.length).fill(false);
  reach[net.source] = true;
  for (let n = net.source + 1; n <= target; n++) reach[n] = net.nodes[n][0].some((i) => reach[i]);
  const demand = new Map([[target, [{ start: output.slice(), shape: output.map(() => 1),
    data: new Float64Array([1]) }]]]);
  for (let n = target; n > net.source; n--) {
    if (!demand.has(n)) continue;
    const [inputs, taps, , modes, gate, broadcast] = net.nodes[n], part = added(demand.get(n));
    demand.delete(n);
    if (part === null) return null;
    for (let k = 0; k < inputs.length; k++) {
      const i = inputs[k];
      if (!reach[i]) continue;
      let found = part;
      for (let axis = 0; axis < net.dims && found && found.data.length; axis++) {
        const size = bordered && net.nodes[i][2] ? net.nodes[i][2][axis] : null;
        const mode = modes[axis];
        if (broadcast[k]) found = pullAxis(found, axis, [0, [0]], [[0, 1]], size, mode);
        else if (taps[axis] === null) return null;
        else if (taps[axis] < 0) found = size === null ? null : spreadAxis(found, axis, size, taps[axis]);
        else found = pullAxis(found, axis, net.taps[taps[axis]], net.sets, size, mode);
      }
      if (found === null) return null;
      if (!demand.has(i)) demand.set(i, []);
      demand.get(i).push(found);
      if (gate) demand.get(i).push(part);
    }
  }
  return demand.has(net.source) ? added(demand.get(net.source)) : null;
}
