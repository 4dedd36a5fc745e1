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

// Runs in the page: what has too little contrast.
const CONTRAST = `(() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const colour = getComputedStyle(e).backgroundColor;
      if (numbers(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const bad = new Set();
  const texts = "h1,h2,h3,p,a,th,td,dt,pre,label,legend,button,.chip,.hint,.case-title";
  for (const e of document.querySelectorAll(texts)) {
    if (!e.textContent.trim() || !e.getClientRects().length || e.disabled) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.add(e.tagName + "." + e.className + " " + ratio.toFixed(2));
  }
  return [...bad];
})()`;

const ROWS = 'document.querySelectorAll("#topics .case").length';
const FOUND = 'document.getElementById("found").textContent';
const FOCUS = "document.activeElement";
const DIALOG = 'document.querySelector("dialog")';

module.exports = { TOPIC_COUNTS, HEADLINE, CONTRAST, ROWS, FOUND, FOCUS, DIALOG };
