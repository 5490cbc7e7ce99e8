// Which rows are shown, in which order, and which one is chosen? By mouse, finger or keyboard.
"use strict";

function sortable(table) {
  const body = table.tBodies[0], first = [...body.rows];
  table.querySelectorAll("th button").forEach((button) => button.addEventListener("click", () => {
    const head = button.parentElement, column = head.cellIndex;
    const was = head.getAttribute("aria-sort");
    const next = was === "none" ? "ascending" : was === "ascending" ? "descending" : "none";
    table.querySelectorAll("th[aria-sort]").forEach((th) => th.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", next);
    table.classList.toggle("sorted", next !== "none");
    const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
    const rows = first.slice();
    if (next !== "none") rows.sort((a, b) => {
      const x = value(a), y = value(b), turn = next === "ascending" ? 1 : -1;
      if (x === "-" || y === "-") return (x === "-") - (y === "-");
      const p = parseFloat(x), q = parseFloat(y);
      if (!Number.isNaN(p) && !Number.isNaN(q) && p !== q) return turn * (p - q);
      return turn * x.localeCompare(y, undefined, { numeric: true });
    });
    rows.forEach((row) => body.append(row));
  }));
}

function filterable(section, table) {
  const words = section.querySelector("input[type=search]"), holes = section.querySelector("input[name=holes]");
  const told = section.querySelector(".shown"), rows = [...table.tBodies[0].rows];
  const apply = () => {
    const wanted = words.value.trim().toLowerCase().split(/\s+/);
    let count = 0;
    for (const row of rows) {
      const fits = wanted.every((word) => row.dataset.words.includes(word))
        && (!holes.checked || row.classList.contains("holes"));
      row.hidden = !fits;
      count += fits;
    }
    told.textContent = count === rows.length ? `${count} layers` : `${count} of ${rows.length} layers`;
    table.classList.toggle("filtered", count !== rows.length);
    table.querySelectorAll("svg").forEach((svg) => { svg.style.visibility = count === rows.length ? "" : "hidden"; });
  };
  words.addEventListener("input", apply);
  holes.addEventListener("change", apply);
}

function choosable(table, choose, preview) {
  const body = table.tBodies[0];
  const select = (row, focus) => {
    const old = body.querySelector('tr[aria-selected="true"]');
    if (old) { old.setAttribute("aria-selected", "false"); old.tabIndex = -1; }
    row.setAttribute("aria-selected", "true");
    row.tabIndex = 0;
    if (focus) row.focus();
    choose(Number(row.dataset.layer));
  };
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row) select(row, true);
  });
  body.addEventListener("keydown", (event) => {
    const shown = [...body.rows].filter((row) => !row.hidden), at = shown.indexOf(event.target.closest("tr"));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: shown.length - 1,
      PageDown: at + 15, PageUp: at - 15 }[event.key];
    if (event.key === "Enter" || event.key === " ") { select(shown[at], true); event.preventDefault(); }
    if (to === undefined) return;
    event.preventDefault();
    select(shown[Math.max(0, Math.min(shown.length - 1, to))], true);
  });
  // A mouse looks at a layer by passing over it; fingers and keys choose. Where the picture
  // stands above the table it stays still, lest the rows move away under the pointer.
  const beside = matchMedia("(min-width: 901px)");
  body.addEventListener("pointerover", (event) => {
    const row = event.target.closest("tr");
    if (row && beside.matches && event.pointerType === "mouse") preview(Number(row.dataset.layer));
  });
  body.addEventListener("pointerleave", () => preview(null));
  return select;
}
