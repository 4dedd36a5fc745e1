// page.js: what the page does with its data (lua/matrix/data.lua says what that is).
//
// The state of the view, which is the filter and the open cell, is the fragment of the address:
// parse() reads it, go() changes it, render() shows it: html/common.js, tables.js and cell.js stand
// before this file in the same script.

"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const { verdicts, linkers, strings, statements, cases } = data;

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

const parse = (fragment) => stateOf(fragment, LISTS, WORDS);
const fragmentOf = (view) => addressOf(view, LISTS, WORDS);

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

function verdictChip(v, ...more) {
  return el(
    "span",
    { class: `chip v-${v.name}`, title: v.means },
    mark(v.mark),
    ` ${v.name}`,
    more,
  );
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
  showFields(byId("filter"), state, ["text", "clause", "kind"]);
  byId("filter").elements.differ.checked = state.differ !== "";
  const also = [
    state.differ && state.differ !== "any" && "with one pattern of differences",
    state.why && `known to fail: ${state.why}`,
  ];
  const parts = [`${found.length} of ${cases.length} cases`, ...also];
  byId("found").textContent = parts.filter(Boolean).join(", ");
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
  whenChanged(
    byId("filter"),
    () => go(readFilter()),
    () => go(parse("")),
  );
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
