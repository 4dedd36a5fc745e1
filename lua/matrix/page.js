// page.js: what the page does with its data (lua/matrix/data.lua says what that is).
//
// The state of the view, which is the filter and the open cell, is the fragment of the address:
// parse() reads it, go() changes it, render() shows it. Rows are made when they are opened.
// Rule of thumb: text goes into the page as text nodes (el), never as HTML.

"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const { verdicts, linkers, strings, statements, cases } = data;

const OPEN_UP_TO = 40; // as many cases or fewer are shown at once, with their topics open
const AT_FIRST = 8; // rows of differences and reasons that are shown at first
const TYPING = 150; // milliseconds without a key until the filter acts

const isNarrow = () => matchMedia("(max-width: 40rem)").matches;
const byId = (id) => document.getElementById(id);

// An element. Attributes that are false or undefined are left out, children too.
function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== undefined && c !== false));
  return element;
}

const mark = (sign) => el("span", { class: "mark", "aria-hidden": "true" }, sign);
const unseen = (text) => el("span", { class: "unseen" }, text);
const text = (number) => (number === undefined ? undefined : strings[number]);

// -- cases -------------------------------------------------------------------------------------

// How a linker did, as one letter: p passes, f fails, - was not asked or cannot be.
function outcome(result) {
  if (!result) return "-";
  const { name } = verdicts[result.verdict];
  if (name === "UNSUPPORTED" || name === "BROKEN") return "-";
  return name === "PASS" || name === "XPASS" ? "p" : "f";
}

for (const c of cases) {
  const [topic, file, ...name] = c.id.split("/");
  c.topic = topic;
  c.file = `${topic}/${file || ""}`;
  c.name = name.join("/") || file || topic;
  c.words = `${c.id} ${c.title || ""}`.toLowerCase();
  c.pattern = c.results.map(outcome).join("");
}

const differs = (letters) => letters.includes("p") && letters.includes("f");

// -- state -------------------------------------------------------------------------------------

const LISTS = ["verdict", "linker"];
const WORDS = ["text", "clause", "kind", "why", "differ", "case", "on"];

function parse(fragment) {
  const query = new URLSearchParams(fragment.slice(1));
  const state = {};
  for (const key of WORDS) state[key] = query.get(key) || "";
  for (const key of LISTS) state[key] = query.getAll(key);
  return state;
}

function fragmentOf(state) {
  const query = new URLSearchParams();
  for (const key of LISTS) for (const value of state[key]) query.append(key, value);
  for (const key of WORDS) if (state[key]) query.set(key, state[key]);
  return `#${query}`;
}

let state = parse(location.hash);
let found = []; // the cases that the filter lets through

// Changes the state; `how` is "push" where the browser's way back shall lead here.
function go(changes, how) {
  const next = fragmentOf({ ...state, ...changes });
  history[how === "push" ? "pushState" : "replaceState"](null, "", next);
  render();
}

// -- filter ------------------------------------------------------------------------------------

// The numbers of the linkers that are shown.
function columns() {
  const all = linkers.map((_, i) => i);
  const chosen = all.filter((i) => state.linker.includes(linkers[i].label));
  return chosen.length ? chosen : all;
}

function lets(result) {
  return (
    result &&
    (!state.verdict.length || state.verdict.includes(verdicts[result.verdict].name)) &&
    (!state.kind || text(result.kind) === state.kind) &&
    (!state.why || text(result.why) === state.why)
  );
}

function filtered() {
  const shown = columns();
  const words = state.text.toLowerCase().split(/\s+/).filter(Boolean);
  const differing = (c) =>
    state.differ === "any"
      ? differs(shown.map((i) => c.pattern[i]).join(""))
      : c.pattern === state.differ;
  return cases.filter(
    (c) =>
      words.every((word) => c.words.includes(word)) &&
      (!state.clause || c.clauses.some((id) => id.startsWith(state.clause))) &&
      (!state.differ || differing(c)) &&
      shown.some((i) => lets(c.results[i])),
  );
}

// What occurs in any result.
function occurring(key) {
  const seen = new Map();
  for (const c of cases)
    for (const r of c.results)
      if (r && r[key] !== undefined) seen.set(r[key], (seen.get(r[key]) || 0) + 1);
  return seen;
}

function choice(name, value, ...label) {
  return el("label", { class: "choice" }, el("input", { type: "checkbox", name, value }), label);
}

function verdictChip(v, ...more) {
  return el("span", { class: `chip v-${v.name}`, title: v.means }, mark(v.mark), ` ${v.name}`, more);
}

function makeFilter() {
  const counts = occurring("verdict");
  verdicts.forEach((v, i) => {
    if (counts.has(i))
      byId("verdict-choices").append(choice("verdict", v.name, verdictChip(v), counts.get(i)));
  });
  for (const { label } of linkers) byId("linker-choices").append(choice("linker", label, label));
  const kinds = [...occurring("kind").keys()].map(text).sort();
  const select = byId("filter").elements.kind;
  for (const kind of kinds) select.append(el("option", { value: kind }, kind));
  select.parentElement.hidden = !kinds.length;
  byId("filter").elements.differ.parentElement.hidden = linkers.length < 2;
  const clauses = new Set(cases.flatMap((c) => c.clauses));
  byId("clauses").append(...[...clauses].sort().map((id) => el("option", { value: id })));
}

function readFilter() {
  const form = new FormData(byId("filter"));
  return {
    text: form.get("text").trim(),
    clause: form.get("clause").trim(),
    kind: form.get("kind"),
    differ: form.get("differ") ? state.differ || "any" : "",
    verdict: form.getAll("verdict"),
    linker: form.getAll("linker"),
  };
}

function showFilter() {
  const { elements } = byId("filter");
  for (const key of ["text", "clause", "kind"])
    if (elements[key].value.trim() !== state[key]) elements[key].value = state[key];
  elements.differ.checked = state.differ !== "";
  for (const box of byId("filter").querySelectorAll(".choice input"))
    box.checked = state[box.name].includes(box.value);
  const also = [
    state.differ && state.differ !== "any" && "with one pattern of differences",
    state.why && `known to fail: ${state.why}`,
  ];
  byId("found").textContent = [`${found.length} of ${cases.length} cases`, ...also].filter(Boolean).join(", ");
}

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
    return el("td", {}, el("span", { class: `chip ${o.class}`, title: o.name }, mark(o.sign)), unseen(o.name));
  });
  const link = el("a", { href: fragmentOf({ ...parse(""), differ: pattern }) }, n, unseen(" cases"));
  return el("tr", {}, el("th", { scope: "row", class: "count" }, link), cells);
}

// Fills a section's table: its first rows, and a button for all.
function fillTable(section, heads, rows, what) {
  section.querySelector("thead").append(el("tr", {}, heads, linkers.map((l) => linkerHead(l.label))));
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
      el("span", { class: `chip v-${v.name}`, title: v.name }, mark(v.mark), unseen(v.name), ` ${counts[k]}`),
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
  return el("tr", { class: "case" }, head, shown.map((i) => caseCell(c, i)));
}

// The rows of one topic or file: a row with a button, and below it what open() gives and close()
// takes away.
function group(key, kind, name, list, shown, isOpen, open, close) {
  const button = el("button", { type: "button", class: "toggle", "aria-expanded": "false" }, name);
  const size = el("span", { class: "hint" }, ` ${list.length}`, unseen(" cases"));
  const head = el("th", { scope: "rowgroup" }, button, size);
  const row = el("tr", { class: kind }, head, shown.map((i) => countsCell(list, i)));
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
    files = [...byFile].map(([key, part]) => fileGroup(key, part, shown, isOpen || byFile.size === 1));
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

// Arrow keys go from button to button of the table.
function arrow(event) {
  const cell = event.target.closest("button") && event.target.closest("td, th");
  if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
  const rows = [...byId("topics").rows];
  const step = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
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

// -- one cell ----------------------------------------------------------------------------------

// Text in which https addresses and owner/name#number of GitHub are links.
function linked(string) {
  const parts = [];
  let from = 0;
  for (const m of string.matchAll(/https:\/\/[^\s<>"'()]+|\b([\w.-]+\/[\w.-]+)#(\d+)\b/g)) {
    const href = m[1] ? `https://github.com/${m[1]}/issues/${m[2]}` : m[0];
    parts.push(string.slice(from, m.index), el("a", { href, rel: "noreferrer" }, m[0]));
    from = m.index + m[0].length;
  }
  return [...parts, string.slice(from)];
}

function bytesOf(base64) {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

// Lines of offset, bytes and what of them is ASCII.
function hexDump(bytes, width) {
  const digits = Math.max(4, (bytes.length - 1).toString(16).length);
  const lines = [];
  for (let at = 0; at < bytes.length; at += width) {
    const row = [...bytes.slice(at, at + width)];
    const hex = row.map((b) => b.toString(16).padStart(2, "0")).join(" ");
    const ascii = row.map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".")).join("");
    lines.push(`${at.toString(16).padStart(digits, "0")}  ${hex.padEnd(3 * width - 1)}  ${ascii}`);
  }
  return lines.join("\n");
}

function saveButton(name, bytes) {
  const button = el("button", { type: "button" }, "Save");
  button.addEventListener("click", () => {
    const href = URL.createObjectURL(new Blob([bytes]));
    el("a", { href, download: name.split("/").pop() }).click();
    URL.revokeObjectURL(href);
  });
  return button;
}

// A file of the record, closed; the dump is made when it is opened.
function file(name, f) {
  const size = `${f.size} byte${f.size === 1 ? "" : "s"}`;
  if (f.base64 === undefined) return el("p", {}, `${name}, ${size} (not in the record)`);
  const details = el("details", { "data-file": name }, el("summary", {}, `${name}, ${size}`));
  const fill = () => {
    const bytes = bytesOf(text(f.base64));
    const dump = hexDump(bytes, isNarrow() ? 8 : 16);
    details.append(el("pre", { class: "hex" }, dump), saveButton(name, bytes));
  };
  details.addEventListener("toggle", fill, { once: true });
  return details;
}

function part(title, ...content) {
  return [el("h3", {}, title), content];
}

// Texts with a name each, in a list; whole: one click selects it.
function fact(name, string, whole) {
  if (!string) return [];
  return [el("dt", {}, name), el("dd", {}, el("pre", { class: whole && "whole" }, string))];
}

function clausesPart(c) {
  if (!c.clauses.length) return [];
  const items = c.clauses.map((id) => [
    el("dt", {}, el("a", { href: fragmentOf({ ...parse(""), clause: id }) }, id)),
    el("dd", {}, statements[id] || ""),
  ]);
  return part("Clauses", el("dl", {}, items));
}

function verdictPart(result, label) {
  const v = verdicts[result.verdict];
  const time = result.milliseconds === undefined ? "" : `, in ${result.milliseconds} ms`;
  const lines = [el("p", { class: "verdict" }, verdictChip(v), ` ${label}: ${v.means}${time}`)];
  if (result.why !== undefined) {
    const kind = result.kind === undefined ? "" : ` (${text(result.kind)})`;
    const upstream = result.upstream === undefined ? [] : [" ", linked(text(result.upstream))];
    lines.push(el("p", { class: "known" }, "Known: ", linked(text(result.why)), kind, upstream));
  }
  return lines;
}

function factsPart(c, result, linker) {
  const command =
    result.arguments === undefined ? text(result.command) : `${linker.command} ${text(result.arguments)}`;
  const again = result.again === undefined ? text(result.repeat) : text(result.again) + c.id;
  return el(
    "dl",
    { class: "facts" },
    fact("expected", text(result.expected)),
    fact("found", text(result.found)),
    fact("where", text(result.where)),
    fact("command", command, true),
    fact("repeat", again, true),
  );
}

function outputPart(c, i) {
  const { output } = c.results[i];
  if (!output) return [];
  const twins = linkers.filter(
    (_, k) => k !== i && output.sha256 !== undefined && c.results[k]?.output?.sha256 === output.sha256,
  );
  return part(
    "Output",
    file("out.wasm", output),
    output.sha256 !== undefined && el("p", { class: "hint" }, `SHA-256 ${text(output.sha256)}`),
    twins.length > 0 && el("p", {}, `The same bytes as of ${twins.map((l) => l.label).join(", ")}`),
  );
}

function inputsPart(c, result) {
  const inputs = c.inputs[result.inputs];
  return inputs ? part("Inputs", inputs.map((f) => file(text(f.name), f))) : [];
}

function resultParts(c, i) {
  const result = c.results[i];
  if (!result) return [el("p", {}, `${linkers[i].label} was not asked.`), clausesPart(c)];
  const permissions = (result.permissions || []).map((n) => el("li", {}, text(n)));
  return [
    verdictPart(result, linkers[i].label),
    (result.notes || []).map((n) => el("p", {}, "Note: ", linked(text(n)))),
    factsPart(c, result, linkers[i]),
    clausesPart(c),
    result.diff === undefined ? [] : part("Difference, as structure", el("pre", {}, text(result.diff))),
    outputPart(c, i),
    inputsPart(c, result),
    permissions.length ? part("Permissions taken", el("ul", {}, permissions)) : [],
  ];
}

// Buttons for the same case with every linker.
function othersList(c, i) {
  const items = linkers.map((linker, k) => {
    const v = c.results[k] && verdicts[c.results[k].verdict];
    const button = el(
      "button",
      { type: "button", class: v ? `v-${v.name}` : "v-none", "aria-current": k === i && "true", "data-on": linker.label },
      v && mark(v.mark),
      ` ${linker.label}`,
      unseen(v ? ` ${v.name}` : " not run"),
    );
    button.addEventListener("click", () => {
      go({ on: linker.label });
      byId("cell").querySelector("[aria-current]").focus();
    });
    return el("li", {}, button);
  });
  return el("ul", { class: "others", "aria-label": "The same case with" }, items);
}

// Previous and next case that the filter lets through for this linker.
function barOf(c, i) {
  const list = found.filter((other) => other === c || lets(other.results[i]));
  const at = list.indexOf(c);
  const step = (name, label, other) => {
    const button = el("button", { type: "button", class: name, disabled: !other }, label);
    button.addEventListener("click", () => {
      go({ case: other.id });
      const same = byId("cell").querySelector(`.${name}`);
      (same.disabled ? byId("cell").querySelector(".close") : same).focus();
    });
    return button;
  };
  const close = el("button", { type: "button", class: "close" }, "Close");
  close.addEventListener("click", () => byId("cell").close());
  return el(
    "div",
    { class: "bar" },
    step("previous", "← Previous", list[at - 1]),
    step("next", "Next →", at >= 0 ? list[at + 1] : list[0]),
    close,
  );
}

function showCell() {
  const dialog = byId("cell");
  const c = state.case && cases.find((other) => other.id === state.case);
  if (!c) return dialog.open && dialog.close();
  const i = Math.max(0, linkers.findIndex((l) => l.label === state.on));
  dialog.replaceChildren(
    barOf(c, i),
    el("h2", { id: "cell-title", tabindex: "-1", autofocus: true }, c.title || c.id),
    el("p", { class: "id" }, c.id),
    othersList(c, i),
    ...resultParts(c, i).flat(Infinity).filter(Boolean),
  );
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
}

// -- the whole ---------------------------------------------------------------------------------

let shownFilter; // what the table shows, so that opening a cell leaves it as it is

function render() {
  state = parse(location.hash);
  const filter = fragmentOf({ ...state, case: "", on: "" });
  if (filter !== shownFilter) {
    shownFilter = filter;
    found = filtered();
    showTopics();
  }
  showFilter();
  showCell();
}

// Follows a link of the page to the cases that it counts.
function follow(event) {
  const link = event.target.closest('a[href^="#"]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(parse(link.hash), "push");
  byId("matrix-title").focus();
  byId("matrix-title").scrollIntoView();
}

function start() {
  byId("choices").open = !isNarrow();
  makeFilter();
  makeDifferences();
  makeReasons();
  byId("matrix").hidden = false;
  let typing;
  byId("filter").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => go(readFilter()), event.target.type === "search" ? TYPING : 0);
  });
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  byId("filter").addEventListener("reset", (event) => {
    event.preventDefault();
    go(parse(""));
  });
  byId("topics").addEventListener("keydown", arrow);
  byId("topics").addEventListener("click", (event) => {
    const cell = event.target.closest(".cell");
    if (cell) go({ case: cell.dataset.case, on: cell.dataset.linker }, "push");
  });
  byId("cell").addEventListener("close", () => state.case && go({ case: "", on: "" }));
  document.addEventListener("click", follow);
  addEventListener("hashchange", render);
  render();
}

start();
