// Where in the source is a cell of the picture? Round cell numbers below and on the left of it.
"use strict";

function roundTicks(from, to, most, least = 1) {
  let step = least;
  for (let n = 1; (to - from) / step > most; n++) step = least * [1, 2, 5][n % 3] * 10 ** Math.floor(n / 3);
  const ticks = [];
  for (let n = Math.ceil(from / step); n * step < to; n++) ticks.push(n * step);
  return ticks;
}

// Put a canvas into a frame with ticks; `names` are those of its rows and its columns, each with
// the cells in one unit.
function framed(canvas, drawn, names) {
  const frame = document.createElement("div"), holder = document.createElement("div");
  const strip = names.length === 1;
  frame.className = strip ? "framed strip" : "framed";
  holder.className = "holder";
  holder.append(canvas);
  const axis = (side, [from, to], [name, unit], pixels, cells, room) => {
    const line = document.createElement("div"), word = document.createElement("b");
    line.className = `ticks ${side}`;
    line.setAttribute("aria-hidden", "true");
    const most = Math.max(1, Math.floor(Math.min(pixels, 300) / room));
    for (const at of roundTicks(from / unit, to / unit, most, unit === 1 ? 1 : 0.001)) {
      const tick = document.createElement("span");
      tick.style[side === "below" ? "left" : "top"] = `${100 * (at * unit + 0.5 - from) / cells}%`;
      tick.textContent = String(+at.toFixed(3)).replace("-", "\u2212");
      line.append(tick);
    }
    word.textContent = name;
    line.append(word);
    return line;
  };
  const wide = canvas.width / drawn.zoom * drawn.step;
  const high = canvas.height / drawn.zoom / drawn.tall * drawn.step;
  if (!strip) frame.append(axis("aside", drawn.spans[0], names[0], canvas.height, high, 28));
  frame.append(holder, axis("below", drawn.spans[1], names[names.length - 1], canvas.width, wide, 50));
  frame.style.maxWidth = `${canvas.width + 2 + (strip ? 0 : 52)}px`;
  return frame;
}

// A bar of the colours with what its ends stand for.
function colourBar(ramp, least, most, log) {
  const bar = document.createElement("span"), part = document.createElement("span");
  bar.className = "bar";
  part.className = "colours";
  part.style.background = `linear-gradient(90deg, ${ramp.map((c) => `rgb(${c})`).join(", ")})`;
  const low = log ? least : 0;
  bar.append(`${number(low)} `, part, ` ${number(most)} paths${log ? ", by decades" : ""}`);
  return bar;
}
