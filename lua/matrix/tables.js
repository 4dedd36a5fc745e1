// tables.js: where linkers differ, why they fail, and topics down to the case.
//
// Rule of thumb: a table shows numbers and leads to cases; rows are made when they are opened.

"use strict";

const AT_FIRST = 8; // rows of differences and reasons that are shown at first
const OPEN_UP_TO = 40; // as many cases or fewer are shown at once, with their topics open

// -- differences -------------------------------------------------------------------------------

const OUTCOMES = {
  p: { class: "v-PASS", sign: "✓", name: "passes" },
  f: { class: "v-fails", sign: "✗", name: "fails" },
  "-": { class: "v-none", sign: "–", name: "not asked" },
};

function linkerHead(label) {
  const at = label.indexOf("@");
  if (at < 0) return el("th", { scope: "col" }, label);
  const version = el("span", { class: "linker-version" }, unseen("@"), label.slice(at + 1));
  return el("th", { scope: "col" }, label.slice(0, at), version);
}

function patternRow([pattern, n]) {
  const cells = [...pattern].map((letter) => {
    const o = OUTCOMES[letter];
    const chip = el("span", { class: `chip ${o.class}`, title: o.name }, mark(o.sign));
    return el("td", {}, chip, unseen(o.name));
  });
  const link = el(
    "a",
    { href: fragmentOf({ ...parse(""), differ: pattern }) },
    n,
    unseen(" cases"),
  );
  return el("tr", {}, el("th", { scope: "row", class: "count" }, link), cells);
}

// Fills a section's table: its first rows, and a button for all.
function fillTable(section, heads, rows, what) {
  const labels = linkers.map((linker) => linkerHead(linker.label));
  section.querySelector("thead").append(el("tr", {}, heads, labels));
  const body = section.querySelector("tbody");
  body.append(...rows.slice(0, AT_FIRST));
  const more = section.querySelector(".more");
  more.hidden = rows.length <= AT_FIRST;
  more.textContent = `Show all ${rows.length} ${what}`;
  more.addEventListener("click", () => {
    body.append(...rows.slice(AT_FIRST));
    more.hidden = true;
    body.rows[AT_FIRST].querySelector("a").focus();
  });
}

const byCount = (a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1);

function makeDifferences() {
  const patterns = new Map();
  for (const { pattern } of cases)
    if (differs(pattern)) patterns.set(pattern, (patterns.get(pattern) || 0) + 1);
  const section = byId("differences");
  const rows = [...patterns].sort(byCount);
  const n = rows.reduce((sum, row) => sum + row[1], 0);
  section.hidden = linkers.length < 2;
  section.querySelector(".lead").textContent = n
    ? `${n} cases pass with one linker and fail with another, in ${rows.length} patterns. ` +
      "Known failures count as failures, UNSUPPORTED as neither."
    : "There is no case that passes with one linker and fails with another.";
  section.querySelector(".scroll").hidden = !n;
  const head = el("th", { scope: "col", class: "count" }, "Cases");
  fillTable(section, head, rows.map(patternRow), "patterns");
}

// -- reasons -----------------------------------------------------------------------------------

function reasonRow([why, n, kind, counts]) {
  const link = el("a", { href: fragmentOf({ ...parse(""), why }) }, why);
  const cells = counts.map((count) => el("td", { class: count ? undefined : "none" }, count));
  const head = el("th", { scope: "row", class: "why" }, link);
  return el("tr", {}, head, el("td", {}, n), el("td", { class: "kind" }, kind), cells);
}

function makeReasons() {
  const reasons = new Map(); // why -> [why, cases, kind, number of cases by linker]
  for (const c of cases) {
    const seen = new Set();
    c.results.forEach((r, i) => {
      if (!r || r.why === undefined) return;
      const fresh = [text(r.why), 0, text(r.kind) || "", linkers.map(() => 0)];
      const row = reasons.get(r.why) || fresh;
      reasons.set(r.why, row);
      row[3][i]++;
      if (!seen.has(r.why)) row[1]++;
      seen.add(r.why);
    });
  }
  const section = byId("reasons");
  section.hidden = !reasons.size;
  const heads = ["Reason", "Cases", "Kind"].map((name) => el("th", { scope: "col" }, name));
  fillTable(section, heads, [...reasons.values()].sort(byCount).map(reasonRow), "reasons");
}

// -- topics ------------------------------------------------------------------------------------

const opened = new Set(); // topics and files that a reader has opened

function groupBy(list, keyOf) {
  const groups = new Map();
  for (const item of list) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

function countsCell(list, i) {
  const counts = verdicts.map(() => 0);
  for (const c of list) if (c.results[i]) counts[c.results[i].verdict]++;
  const chips = verdicts.map(
    (v, k) =>
      counts[k] > 0 &&
      el(
        "span",
        { class: `chip v-${v.name}`, title: v.name },
        mark(v.mark),
        unseen(v.name),
        ` ${counts[k]}`,
      ),
  );
  return el("td", {}, el("div", { class: "counts" }, chips));
}

function caseCell(c, i) {
  const result = c.results[i];
  if (!result) return el("td", {}, unseen("not run"));
  const v = verdicts[result.verdict];
  const button = el(
    "button",
    {
      type: "button",
      class: `cell v-${v.name}`,
      "data-case": c.id,
      "data-linker": linkers[i].label,
      "aria-label": `${v.name}: ${linkers[i].label}, ${c.id}`,
    },
    mark(v.mark),
    ` ${v.name}`,
  );
  return el("td", {}, button);
}

function caseRow(c, shown) {
  const title = el("span", { class: "case-title" }, c.title || "");
  const head = el("th", { scope: "row" }, c.name, title);
  return el(
    "tr",
    { class: "case" },
    head,
    shown.map((i) => caseCell(c, i)),
  );
}

// The rows of one topic or file: a row with a button, and below it what open() gives and close()
// takes away.
function group(key, kind, name, list, shown, isOpen, open, close) {
  const button = el("button", { type: "button", class: "toggle", "aria-expanded": "false" }, name);
  const size = el("span", { class: "hint" }, ` ${list.length}`, unseen(" cases"));
  const head = el("th", { scope: "rowgroup" }, button, size);
  const row = el(
    "tr",
    { class: kind },
    head,
    shown.map((i) => countsCell(list, i)),
  );
  const body = el("tbody", { "data-key": key }, row);
  const toggle = () => {
    const expand = button.getAttribute("aria-expanded") === "false";
    button.setAttribute("aria-expanded", String(expand));
    if (expand) open(body);
    else close(body);
    return expand;
  };
  button.addEventListener("click", () => {
    if (toggle()) opened.add(key);
    else opened.delete(key);
  });
  return { body, start: () => isOpen && toggle() };
}

function fileGroup(key, list, shown, isOpen) {
  const open = (body) => body.append(...list.map((c) => caseRow(c, shown)));
  const close = (body) => [...body.rows].slice(1).forEach((row) => row.remove());
  const name = key.slice(key.indexOf("/") + 1);
  return group(key, "file", name, list, shown, isOpen || opened.has(key), open, close);
}

function topicGroup(topic, list, shown, isOpen) {
  let files = [];
  const open = (body) => {
    const byFile = groupBy(list, (c) => c.file);
    files = [...byFile].map(([key, part]) =>
      fileGroup(key, part, shown, isOpen || byFile.size === 1),
    );
    body.after(...files.map((f) => f.body));
    files.forEach((f) => f.start());
  };
  const close = () => files.forEach((f) => f.body.remove());
  return group(topic, "topic", topic, list, shown, isOpen || opened.has(topic), open, close);
}

function showTopics() {
  const shown = columns();
  const table = byId("topics");
  const isOpen = found.length <= OPEN_UP_TO;
  const heads = shown.map((i) => linkerHead(linkers[i].label));
  table.tHead.replaceChildren(el("tr", {}, el("th", { scope: "col" }, "Topic, file, case"), heads));
  for (const body of [...table.tBodies]) body.remove();
  const topics = [...groupBy(found, (c) => c.topic)].map(([topic, list]) =>
    topicGroup(topic, list, shown, isOpen),
  );
  table.append(...topics.map((t) => t.body));
  topics.forEach((t) => t.start());
  document.body.classList.toggle("fits", shown.length <= 10);
}

const STEPS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

// Arrow keys go from button to button of the table.
function arrow(event) {
  const cell = event.target.closest("button") && event.target.closest("td, th");
  if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
  const rows = [...byId("topics").rows];
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  let x = cell.cellIndex;
  let y = rows.indexOf(cell.parentElement);
  let button;
  do {
    x += step[0];
    y += step[1];
    button = rows[y]?.cells[x]?.querySelector("button");
  } while (!button && rows[y]?.cells[x]);
  button?.focus();
}
