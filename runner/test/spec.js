// spec.js CHROMIUM FOLDER PAGE RECORD...: the page of `linkspec spec` in a browser.
//
// PAGE was made of the RECORDs. Counts, filters, verdicts, text to be sent, keyboard, phone, dark.

"use strict";

const fs = require("fs");
const path = require("path");
const {
  CONTRAST,
  NAMELESS,
  check,
  same,
  open,
  openWithoutScript,
  press,
  finish,
} = require("./page.js");

const [, , program, folder, file, ...records] = process.argv;

const url = `file://${path.resolve(file)}`;
const FOUND = 'document.getElementById("found").textContent';
const FOCUS = "document.activeElement";
const SHOWN = (kind) => `document.querySelectorAll(".${kind}:not([hidden])").length`;

// {"clause linker verdict": how many}, of the records.
function wanted() {
  const counts = {};
  for (const record of records)
    for (const line of fs.readFileSync(record, "utf8").split("\n").filter(Boolean)) {
      const r = JSON.parse(line);
      for (const clause of (r.record === "result" && r.clauses) || []) {
        const key = `${clause} ${r.linker} ${r.verdict}`;
        counts[key] = (counts[key] || 0) + 1;
      }
    }
  return counts;
}

// Runs in the page: the same, of what is shown.
const COUNTS = `(() => {
  const counts = {};
  for (const item of document.querySelectorAll(".clause"))
    [...item.querySelectorAll(".verdicts > li")].forEach((li, i) => {
      for (const chip of li.querySelectorAll(".chip")) {
        const n = Number(chip.textContent.match(/\\d+$/)[0]);
        counts[[item.id, data.linkers[i], chip.dataset.verdict].join(" ")] = n;
      }
    });
  return counts;
})()`;

const sorted = (object) => Object.entries(object).sort((a, b) => (a[0] < b[0] ? -1 : 1));

async function counts(page) {
  same("verdicts of every clause", sorted(await page.run(COUNTS)), sorted(wanted()));
  const [clauses, questions] = await page.run(`[${SHOWN("clause")}, ${SHOWN("question")}]`);
  check("there are clauses and questions", clauses > 400 && questions >= 25, [clauses, questions]);
  same(
    "all are shown at first",
    await page.run(FOUND),
    `${clauses} of ${clauses} clauses, ${questions} of ${questions} questions`,
  );
  same(
    "the table of documents counts them",
    await page.run(`[...document.querySelectorAll("#overview tbody tr")]
      .reduce((n, row) => n + Number(row.cells[row.cells.length - 2].textContent), 0)`),
    clauses,
  );
  same(
    "every link within the page leads somewhere",
    await page.run(`[...document.querySelectorAll('a[href^="#"]')].map((a) => a.hash.slice(1))
      .filter((id) => !id.includes("=") && !document.getElementById(id))`),
    [],
  );
}

async function filters(page) {
  const at = async (fragment) => {
    await page.run(`location.hash = ${JSON.stringify(fragment)}`);
    await page.until(`state && addressOf(state, LISTS, WORDS) ===
      addressOf(parse(location.hash), LISTS, WORDS)`);
    return page.run(`[...document.querySelectorAll(".clause:not([hidden])")].map((e) => e.id)`);
  };
  const count = (selector) => page.run(`document.querySelectorAll('${selector}').length`);
  for (const force of ["must", "open", "de-facto"])
    same(
      `filter by force: ${force}`,
      (await at(`#force=${force}`)).length,
      await count(`.clause[data-force="${force}"]`),
    );
  same(
    "filter by document",
    (await at("#document=BuildId.md")).length,
    await count('.clause[data-document="BuildId.md"]'),
  );
  same("and nothing of the others is there", await count(".document:not([hidden])"), 1);
  const linker = await page.run("data.linkers.at(-1)");
  const address = (state) => `#${new URLSearchParams(state)}`;
  const want = new Set(
    Object.keys(wanted())
      .filter((key) => key.endsWith(` ${linker} XFAIL`))
      .map((key) => key.split(" ")[0]),
  );
  same(
    "filter by linker and verdict",
    (await at(address({ linker, verdict: "XFAIL" }))).sort(),
    [...want].sort(),
  );
  same("one column is left", await count("#questions .heads li:not([hidden])"), 1);
  same("filter by words", await at("#text=BINDING.weak+gives"), ["symbol.binding.weak"]);
  same("nothing is found", (await at("#text=nowhere-at-all")).length, 0);

  await at("#text=");
  await page.run('document.querySelector("#filter [name=text]").focus()');
  await page.send("Input.insertText", { text: "symbol.tls" });
  await page.until('location.hash.includes("text=symbol.tls")');
  check("typing filters", (await page.run(FOUND)).startsWith("1 of "), await page.run(FOUND));
  await page.run('document.querySelector("#filter [type=reset]").click()');
  same("and is taken back", await page.run(SHOWN("clause")), await count(".clause"));
  same(
    "a number of the table leads to its clauses",
    await page.run(`(() => {
      const link = document.querySelector('#overview a[href*="force=silent"]');
      link.click();
      return link.textContent;
    })()`),
    String((await at("#force=silent&document=Linking.md")).length),
  );
  await at("#text=");
}

async function question(page) {
  const id = "question.weak-choice";
  await page.run(`location.hash = "#${id}"`);
  const details = `document.getElementById("${id}").querySelector("details")`;
  await page.until(`${details}.open`);
  const text = await page.run(`${details}.querySelector("textarea").value`);
  for (const part of ["# ", "**The text.**", "1. ", "2. ", "0061736d01000000", "> ", id])
    check(`the text to be sent has ${part}`, text.includes(part), text);
  check("and a verdict", /- model: \S+ is PASS/.test(text), text);
  const dump = `${details}.querySelector("pre.hex").textContent`;
  check("bytes of an input", (await page.run(dump)).startsWith("0000  00 61 73 6d 01 00 00 00"));
  await page.send("Browser.grantPermissions", { permissions: ["clipboardReadWrite"] });
  await page.run(`${details}.querySelector("details.text").open = true`);
  await page.run(`${details}.querySelector("details.text button").click()`);
  await page.until(`/Copied|Selected/.test(${details}.querySelector(".text button").textContent)`);
  same(
    "the text is selected",
    await page.run(`${details}.querySelector("textarea").selectionEnd`),
    text.length,
  );
}

async function keyboard(page) {
  await page.run('location.hash = "#text="');
  await page.run('document.querySelector(".question summary").focus()');
  await press(page, "Enter", 13);
  same("Enter opens a question", await page.run(`${FOCUS}.parentElement.open`), true);
  await press(page, "Tab", 9);
  check("Tab goes into it", await page.run(`${FOCUS}.closest(".question .body") !== null`));
  const { nodes } = await page.send("Accessibility.getFullAXTree");
  same("what can be used has a name", NAMELESS(nodes), []);
}

async function looks(page) {
  const phone = { width: 360, height: 740, deviceScaleFactor: 2, mobile: true };
  const desk = { width: 1400, height: 900, deviceScaleFactor: 1, mobile: false };
  for (const size of [desk, phone]) {
    await page.send("Emulation.setDeviceMetricsOverride", size);
    for (const scheme of ["light", "dark"]) {
      await page.send("Emulation.setEmulatedMedia", {
        features: [{ name: "prefers-color-scheme", value: scheme }],
      });
      await page.send("Page.navigate", { url: "about:blank" });
      await page.send("Page.navigate", { url: `${url}#question.weak-choice` });
      await page.until('document.readyState === "complete" && document.querySelector("[open]")');
      same(`contrast, ${scheme}, ${size.width}`, await page.run(CONTRAST), []);
      same(
        `no scrolling aside at ${size.width}`,
        await page.run("document.documentElement.scrollWidth"),
        size.width,
      );
    }
  }
  await page.send("Emulation.clearDeviceMetricsOverride");
}

async function withoutScript(browser) {
  const count = await openWithoutScript(browser, url);
  check("without JavaScript: all clauses", (await count(".clause")) > 400);
  check("and all questions", (await count(".question textarea")) >= 25);
}

finish(program, folder, async (browser) => {
  const page = await open(browser, url);
  await counts(page);
  await filters(page);
  await question(page);
  await keyboard(page);
  await looks(page);
  same("nothing is said on the console", page.said, []);
  same(
    "nothing is asked of the network",
    page.asked.filter((u) => u !== "about:blank" && u.split("#")[0] !== url),
    [],
  );
  await withoutScript(browser);
});
