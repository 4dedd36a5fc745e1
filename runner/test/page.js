// page.js: what tests of pages have in common: checks that count, a page that remembers what it
// complained of, keys, and looks.

"use strict";

const path = require("path");
const chromium = require("./chromium.js");

let passed = 0;
let failed = 0;

function check(what, holds, seen) {
  if (holds) {
    passed++;
  } else {
    failed++;
    console.log(`FAIL: ${what}: ${(JSON.stringify(seen) || "").slice(0, 1000)}`);
  }
}

function same(what, seen, want) {
  const equal = JSON.stringify(seen) === JSON.stringify(want);
  check(what, equal, equal ? undefined : { seen, want });
}

// A page with what it complained of and what it asked the network for.
async function open(browser, url) {
  const page = await browser.page();
  page.said = [];
  page.asked = [];
  for (const domain of ["Page", "Runtime", "Log", "Network", "Accessibility"])
    await page.send(`${domain}.enable`);
  page.on("Runtime.exceptionThrown", (e) =>
    page.said.push(e.exceptionDetails.exception?.description),
  );
  page.on("Runtime.consoleAPICalled", (e) => page.said.push(e.type));
  page.on("Log.entryAdded", (e) => page.said.push(e.entry.text));
  page.on("Network.requestWillBeSent", (e) => page.asked.push(e.request.url));
  await page.send("Page.navigate", { url });
  await page.until('document.readyState === "complete"');
  return page;
}

// A page that runs no script; gives count(selector), of what is there all the same.
async function openWithoutScript(browser, url) {
  const page = await browser.page();
  await page.send("Emulation.setScriptExecutionDisabled", { value: true });
  await page.send("Page.enable");
  const loaded = page.once("Page.loadEventFired");
  await page.send("Page.navigate", { url });
  await loaded;
  const { root } = await page.send("DOM.getDocument");
  return async (selector) =>
    (await page.send("DOM.querySelectorAll", { nodeId: root.nodeId, selector })).nodeIds.length;
}

async function press(page, key, code) {
  const event = {
    key,
    code: key,
    windowsVirtualKeyCode: code,
    text: key === "Enter" ? "\r" : undefined,
  };
  await page.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
  await page.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
}

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

// What can be used and has no name, of the nodes of the accessibility tree: their roles.
const USED = ["button", "link", "checkbox", "searchbox", "combobox", "textbox"];
const NAMELESS = (nodes) =>
  nodes
    .filter((n) => !n.ignored && USED.includes(n.role?.value) && !n.name?.value)
    .map((n) => n.role.value);

// Runs main(browser), then prints the count.
function finish(program, folder, main) {
  return chromium
    .start(program, path.join(folder, "profile"))
    .then((browser) => main(browser).finally(() => browser.stop()))
    .catch((error) => check(error.stack, false))
    .then(() => {
      console.log(`${passed} passed, ${failed} failed, 0 skipped`);
      process.exitCode = failed ? 1 : 0;
    });
}

module.exports = { CONTRAST, NAMELESS, check, same, open, openWithoutScript, press, finish };
