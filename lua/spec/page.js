// page.js: hides what the filter does not let through; behind html/common.js in the same script.
//
// The filter is the fragment of the address; a fragment without "=" is the id of an item, as it is
// without JavaScript.
// Rule of thumb: everything is in the page already, and is read from there.

"use strict";

const data = JSON.parse(byId("data").textContent);

const LISTS = ["force", "linker", "verdict"];
const WORDS = ["text", "document"];

const parse = (fragment) => stateOf(fragment.includes("=") ? fragment : "", LISTS, WORDS);

// The verdicts that an item shows, a set for each linker.
const verdictsOf = (item) =>
  [...item.querySelectorAll(":scope > .verdicts > li")].map(
    (li) => new Set([...li.querySelectorAll("[data-verdict]")].map((e) => e.dataset.verdict)),
  );

const items = [...document.querySelectorAll(".item")].map((element) => ({
  element,
  words: element.textContent.toLowerCase(),
  forces: element.dataset.force.split(" "),
  documents: element.dataset.document.split(" "),
  verdicts: verdictsOf(element),
  columns: [...element.querySelectorAll(":scope > .verdicts > li")],
}));
const heads = [...document.querySelectorAll(".heads .verdicts")].map((ul) => [...ul.children]);

let state;

// The numbers of the linkers that are shown.
function columns() {
  const all = data.linkers.map((_, i) => i);
  const chosen = all.filter((i) => state.linker.includes(data.linkers[i]));
  return chosen.length ? chosen : all;
}

function lets(item, shown) {
  return (
    state.text
      .toLowerCase()
      .split(/\s+/)
      .every((word) => item.words.includes(word)) &&
    (!state.force.length || item.forces.some((force) => state.force.includes(force))) &&
    (!state.document || item.documents.includes(state.document)) &&
    (!state.verdict.length ||
      shown.some((i) => state.verdict.some((v) => item.verdicts[i]?.has(v))))
  );
}

function showItems() {
  const shown = columns();
  for (const item of items) item.element.hidden = !lets(item, shown);
  for (const list of [...heads, ...items.map((item) => item.columns)])
    list.forEach((li, i) => (li.hidden = !shown.includes(i)));
  for (const group of document.querySelectorAll(".group"))
    group.hidden = !group.querySelector(".item:not([hidden])");
  const count = (kind) => {
    const all = items.filter((item) => item.element.classList.contains(kind));
    return `${all.filter((item) => !item.element.hidden).length} of ${all.length} ${kind}s`;
  };
  byId("found").textContent = `${count("clause")}, ${count("question")}`;
}

function render() {
  state = parse(location.hash);
  showItems();
  showFields(byId("filter"), state, WORDS);
  const target = !location.hash.includes("=") && byId(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  const details = target.querySelector(":scope > details");
  if (details) details.open = true;
  target.scrollIntoView();
}

function go(next) {
  history.replaceState(null, "", addressOf(next, LISTS, WORDS));
  render();
}

function readFilter() {
  const form = new FormData(byId("filter"));
  const next = { text: form.get("text").trim(), document: form.get("document") };
  for (const key of LISTS) next[key] = form.getAll(key);
  return next;
}

function makeFilter() {
  const { document: documents } = byId("filter").elements;
  for (const section of document.querySelectorAll(".document"))
    documents.append(el("option", { value: section.id }, section.id));
  for (const force of data.forces) byId("force-choices").append(choice("force", force, force));
  for (const label of data.linkers) byId("linker-choices").append(choice("linker", label, label));
  const seen = new Set(items.flatMap((item) => item.verdicts).flatMap((set) => [...set]));
  for (const v of data.verdicts)
    if (seen.has(v.name))
      byId("verdict-choices").append(
        choice("verdict", v.name, el("span", { class: `chip v-${v.name}` }, mark(v.mark), v.name)),
      );
  byId("choices").hidden = !data.linkers.length;
  whenChanged(
    byId("filter"),
    () => go(readFilter()),
    () => go(parse("")),
  );
  byId("filter").hidden = false;
}

// A button that copies a text; where that is not allowed the text is selected.
function addCopyButton(details) {
  const text = details.querySelector("textarea");
  const button = el("button", { type: "button" }, "Copy");
  button.addEventListener("click", async () => {
    text.select();
    try {
      await navigator.clipboard.writeText(text.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected: copy it";
    }
  });
  details.append(button);
}

function start() {
  makeFilter();
  document.querySelectorAll("details.text").forEach(addCopyButton);
  // A number of the first table leads to the clauses that it counts.
  byId("overview").addEventListener("click", (event) => {
    if (event.target.closest('a[href*="="]')) byId("filter").scrollIntoView();
  });
  addEventListener("hashchange", render);
  render();
}

start();
