// matrix_seen.js: expressions that run in the page, and say what a reader sees of it.

"use strict";

// Runs in the page: {"topic linker verdict": how many} of the topics' rows.
const TOPIC_COUNTS = `(() => {
  const counts = {};
  const labels = data.linkers.map((l) => l.label);
  for (const row of document.querySelectorAll("#topics .topic")) {
    const topic = row.querySelector(".toggle").textContent;
    [...row.cells].slice(1).forEach((cell, i) => {
      for (const chip of cell.querySelectorAll(".chip")) {
        const count = Number(chip.textContent.match(/\\d+$/)[0]);
        counts[[topic, labels[i], chip.title].join(" ")] = count;
      }
    });
  }
  return counts;
})()`;

// Runs in the page: {head of a column: text of the cell} of every linker's row in the first table.
const HEADLINE = `(() => {
  const [first, second] = document.querySelectorAll("#linkers thead tr");
  const name = (th) => th.textContent.replace(/^\\S /, "");
  const heads = [...first.cells]
    .flatMap((th) => (th.scope === "colgroup" ? [...second.cells] : [th]))
    .map(name);
  return [...document.querySelectorAll("#linkers tbody tr")].map((row) =>
    Object.fromEntries([...row.cells].map((cell, i) => [heads[i], cell.textContent])));
})()`;

const ROWS = 'document.querySelectorAll("#topics .case").length';
const FOUND = 'document.getElementById("found").textContent';
const FOCUS = "document.activeElement";
const DIALOG = 'document.querySelector("dialog")';

module.exports = { TOPIC_COUNTS, HEADLINE, ROWS, FOUND, FOCUS, DIALOG };
