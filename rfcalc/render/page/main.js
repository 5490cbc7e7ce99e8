// How do the parts of the page work together? One explorer per network.
"use strict";

function number(value) {
  if (value < 1e15) return Math.round(value).toLocaleString("en");
  const power = Math.floor(Math.log10(value));
  return `about ${(value / 10 ** power).toFixed(3)} \u00d7 10^${power}`;
}

function by(values) { return values.join(" \u00d7 "); }

// The rows of stages and of lattice runs, in this order, open the views of the network.
function viewed(section, open) {
  const rows = [];
  for (const head of ["stage", "lattice run"]) {
    const table = [...section.querySelectorAll("table:not(.layers)")].find((one) => one.tHead
      && one.tHead.rows[0].cells[0].textContent === head);
    for (const row of table ? table.tBodies[0].rows : []) {
      const at = rows.push(row) - 1;
      row.tabIndex = 0;
      row.className = "opens";
      row.title = "show its mask";
      row.addEventListener("click", () => open(at, true));
      row.addEventListener("keydown", (event) => { if (event.key === "Enter") open(at, true); });
    }
  }
  return rows;
}

// The height that no mask of a network exceeds, so that whatever is below stays where it is.
function tallest(net) {
  if (net.dims === 3 || net.image) return null;
  const frame = 50, heights = [...net.layers, ...net.views].filter((one) => one.rf).map((one) => {
    const sides = one.drawn ? one.drawn.map((axis) => one.rf[axis]) : one.rf;
    if (sides.length === 1) return 2 * fitted(sides)[1] + 28;
    const [step, zoom] = fitted(sides);
    return Math.ceil(sides[0] / step) * zoom;
  });
  return Math.max(0, ...heights) + frame;
}

function explorer(section, net, ramp) {
  const table = section.querySelector("table.layers"), title = section.querySelector(".view h3");
  const facts = section.querySelector(".facts"), told = section.querySelector(".told");
  const stage = section.querySelector(".canvases"), legend = section.querySelector(".legend");
  const kinds = [...section.querySelectorAll("input[type=radio]")];
  let layer = net.layers[0], kept = layer, place = null, picture = null;
  const kind = () => kinds.find((input) => input.checked).value;

  function canvasFor(label) {
    const canvas = document.createElement("canvas");
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", label);
    stage.append(canvas);
    return canvas;
  }

  function words() {
    if (layer.unbounded && !layer.drawn) return layer.unbounded;
    if (!layer.rf) return "reads nothing";
    const also = layer.unbounded ? `; ${layer.unbounded}` : "";
    const box = product(layer.rf), holes = layer.cells < box;
    const phase = Math.max(...layer.phases) > 1 ? `, phase (${layer.phase.join(", ")})` : "";
    return `RF ${by(layer.rf)}, ${number(layer.cells)} of ${number(box)} cells, `
      + `density ${(layer.cells / box).toPrecision(4).replace(/\.?0+$/, "")}, `
      + (holes ? `holes of up to ${by(layer.hole)} cells` : "no holes") + phase + also;
  }

  function point(canvas, drawn, axes) {
    canvas.addEventListener("pointermove", (event) => {
      const rect = canvas.getBoundingClientRect();
      const x = Math.floor((event.clientX - rect.left) / rect.width * canvas.width / drawn.zoom);
      const y = Math.floor((event.clientY - rect.top) / rect.height * canvas.height / drawn.zoom / drawn.tall);
      const cell = [drawn.spans[0][0] + y * drawn.step, drawn.spans[1][0] + x * drawn.step];
      const where = axes.length === 1 ? `cell ${cell[1]}` : `cell (${cell.join(", ")})`;
      const count = drawn.at && drawn.step === 1 ? drawn.at(y, x) : null;
      told.textContent = where + (count === null ? "" : `: ${number(count)} paths`);
    });
  }

  function keys(pairs) {
    legend.replaceChildren(...pairs.map(([colour, text]) => {
      const span = document.createElement("span"), key = document.createElement("span");
      key.className = "key";
      key.style.background = colour;
      span.append(key, text + "  ");
      return span;
    }));
  }

  function onPicture() {
    const size = net.nodes[net.source][2], node = net.nodes[layer.node];
    const output = place ? node[2].map((n, a) => Math.max(0, Math.min(n - 1, Math.floor(place[a] / size[a] * n))))
      : node[2].map((n) => Math.floor((n - 1) / 2));
    const counts = pathCounts(net, layer.node, output, true);
    if (!counts) { told.textContent = "too many cells to draw on the picture here"; return; }
    const canvas = canvasFor(`${layer.name} on the picture, output (${output.join(", ")}): ${words()}`);
    [canvas.height, canvas.width] = size;
    const spans = counts.start.map((from, a) => [from, from + counts.shape[a]]);
    drawOnPicture(canvas, picture, counts, spans);
    told.textContent = `output (${output.join(", ")}), borders included. Click the picture to move it.`;
    keys([["linear-gradient(90deg,#1a75d1,#2e9c4a)", "sampled"], ["#333333", "hole"], ["#e5e5e5", "outside"]]);
    canvas.addEventListener("click", (event) => {
      const rect = canvas.getBoundingClientRect();
      place = [(event.clientY - rect.top) / rect.height * size[0], (event.clientX - rect.left) / rect.width * size[1]];
      show();
    });
  }

  function show() {
    title.textContent = layer.name;
    facts.textContent = words();
    views.forEach((row, n) => row.classList.toggle("shown", net.views[n] === layer));
    table.classList.toggle("elsewhere", views.some((row) => row.classList.contains("shown")));
    stage.replaceChildren();
    legend.replaceChildren();
    told.textContent = "";
    if (layer.node === null) { told.textContent = "it could not be read: nothing is known of it"; return; }
    if (layer.source && kind() !== "mask") {
      told.textContent = "a stage is shown by its mask: choose a layer, or rfcalc heatmap --stage N --what paths";
      return;
    }
    if (kind() === "picture") { onPicture(); return; }
    if ((layer.unbounded && !layer.drawn) || !layer.rf) return;
    if (layer.drawn && kind() === "paths") {
      told.textContent = "paths without end are not counted: rfcalc heatmap --at counts those of one output";
      return;
    }
    if (!layer.boxes) { told.textContent = "its sets have too many runs to be carried in a page"; return; }
    const boxes = layer.boxes.map((box) => box.map((place) => net.sets[place]));
    let counts = null;
    if (kind() === "paths") {
      counts = pathCounts(net, layer.node, layer.phase, false);
      if (!counts) { told.textContent = "too many cells to count in a page: use rfcalc heatmap --what paths"; return; }
    }
    const drawnAxes = layer.drawn ?? net.axes.map((_, axis) => axis), dims = drawnAxes.length;
    const spans = bounds(boxes, dims);
    const planes = dims === 1 ? [[[0], null]] : dims === 2 ? [[[0, 1], null]]
      : [[1, 2, 0], [0, 2, 1], [0, 1, 2]].map(([a, b, c]) =>
        [[a, b], [c, spans[c][0] + Math.floor((spans[c][1] - spans[c][0] - 1) / 2)]]);
    let reduced = 1, bar = null;
    for (const [axes, cut] of planes) {
      const at = cut ? `, section at ${cut[1]} of axis ${cut[0]}` : "";
      const canvas = canvasFor(`${counts ? "Path counts" : "Mask"} of ${layer.name} on ${layer.source ?? net.sourceName}${at}: ${words()}`);
      const drawn = counts ? drawCounts(canvas, counts, ramp, axes, cut)
        : drawMask(canvas, boxes, dims, axes, cut);
      reduced = Math.max(reduced, drawn.step);
      stage.append(framed(canvas, drawn, axes.map((axis) => (layer.source ? net.cellAxes : net.axes)[drawnAxes[axis]])));
      point(canvas, drawn, axes);
      if (counts) {
        facts.textContent = `${words()}; ${number(drawn.least)} to ${number(drawn.most)} paths`
          + (drawn.log ? ", colours by decades" : "");
        bar = colourBar(ramp, drawn.least, drawn.most, drawn.log);
      }
    }
    keys([...(counts ? [] : [[`rgb(${HELD})`, "sampled"]]), ["#ffffff", "hole"]]);
    if (bar) legend.prepend(bar);
    if (reduced > 1) told.textContent = `one square shows ${reduced} cells on a side, dithered when some are holes`;
  }

  sortable(table);
  filterable(section, table);
  const select = choosable(table, (n) => { kept = layer = net.layers[n]; show(); }, (n) => {
    const seen = n === null || kind() !== "mask" ? kept : net.layers[n];
    if (seen !== layer) { layer = seen; show(); }
  });
  const open = (n, scroll) => {
    const mask = kinds.find((input) => input.value === "mask");
    mask.checked = true;
    kept = layer = net.views[n];
    show();
    if (scroll) section.querySelector(".view").scrollIntoView({ block: "nearest" });
  };
  const views = viewed(section, open), tall = tallest(net);
  if (tall !== null) stage.style.setProperty("--tall", `${tall}px`);
  kinds.forEach((input) => input.addEventListener("change", show));
  const rows = [...table.tBodies[0].rows];
  const start = rows.find((row) => row.dataset.start !== undefined) ?? rows[rows.length - 1];
  if (net.image) {
    picture = new Image();
    picture.onload = () => select(start, false);
    picture.src = net.image;
  } else select(start, false);
  if (net.first !== null && !net.image) open(net.first, false);
  section.querySelector("input[name=columns]").addEventListener("change", (event) =>
    section.classList.toggle("wide", event.target.checked));
}

// What is seen first of each network, side by side, a cell of equal size in all of them.
function beside(networks) {
  const shown = networks.map((net) => net.first === null
    ? net.layers.findLast((one) => one.boxes && one.rf) : net.views[net.first]);
  const most = Math.max(...shown.map((one) => one && one.rf ? Math.max(...one.rf) : 1));
  document.querySelectorAll(".beside figure").forEach((figure, n) => {
    const net = networks[n], layer = shown[n];
    if (!layer || !layer.boxes) { figure.append("nothing that can be drawn"); return; }
    const boxes = layer.boxes.map((box) => box.map((place) => net.sets[place]));
    const dims = layer.drawn ? layer.drawn.length : net.dims, axes = dims === 1 ? [0] : [dims - 2, dims - 1];
    const canvas = document.createElement("canvas"), all = bounds(boxes, dims), cut = dims === 3
      ? [0, all[0][0] + Math.floor((all[0][1] - all[0][0] - 1) / 2)] : null;
    drawMask(canvas, boxes, dims, axes, cut);
    canvas.style.width = `${Math.max(8, Math.round(240 * layer.rf[axes[axes.length - 1]] / most))}px`;
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", `mask of ${layer.name}, RF ${by(layer.rf)}`);
    const words = document.createElement("p");
    words.className = "soft";
    words.textContent = `${layer.name}: RF ${by(layer.rf)}, ${number(layer.cells)} cells`;
    figure.append(canvas, words);
  });
}

// A section that is asked for, by a link or on paper, is open.
function opening() {
  const reveal = () => {
    const section = location.hash ? document.getElementById(location.hash.slice(1)) : null;
    const closed = section && section.querySelector("details");
    if (closed) { closed.open = true; section.scrollIntoView(); }
  };
  addEventListener("hashchange", reveal);
  addEventListener("beforeprint", () => document.querySelectorAll("section > details").forEach((one) => { one.open = true; }));
  reveal();
}

document.addEventListener("DOMContentLoaded", () => {
  const data = JSON.parse(document.getElementById("data").textContent);
  document.querySelectorAll("section.network").forEach((section, n) => explorer(section, data.networks[n], data.ramp));
  beside(data.networks);
  opening();
});
