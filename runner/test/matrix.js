// matrix.js CHROMIUM FOLDER [RECORD...]: the page of `linkspec matrix` in a browser.
//
// Makes a record of three linkers that say hostile things, and looks at its page in every way that
// a reader has: counts, filters, cells, bytes, keyboard, phone, dark. Of every other record that is
// given, counts and cells must be what the record says. Prints what fails, then a count.

"use strict";

const { execFileSync } = require("child_process");
const fs = require("fs");
const path = require("path");
const { LABELS, VERDICTS, BYTES, madeRecord } = require("./matrix_made.js");
const { TOPIC_COUNTS, HEADLINE, ROWS, FOUND, FOCUS, DIALOG } = require("./matrix_seen.js");
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

const [, , program, folder, ...records] = process.argv;

// -- records -----------------------------------------------------------------------------------

function results(record) {
  const list = fs.readFileSync(record, "utf8").split("\n").filter(Boolean);
  return list.map((line) => JSON.parse(line)).filter((r) => r.record === "result");
}

// {"topic linker verdict": how many}
function countsByTopic(list) {
  const counts = {};
  for (const r of list) {
    const key = `${r.id.split("/")[0]} ${r.linker} ${r.verdict}`;
    counts[key] = (counts[key] || 0) + 1;
  }
  return counts;
}

const sorted = (object) => Object.entries(object).sort((a, b) => (a[0] < b[0] ? -1 : 1));

// -- pages -------------------------------------------------------------------------------------

function makePage(record) {
  const page = `${record}.html`;
  execFileSync(process.env.LINKSPEC, ["matrix", record, "-o", page], { stdio: "inherit" });
  return `file://${path.resolve(page)}`;
}

// What every page must have, whatever its record.
async function common(name, page, url, list) {
  same(
    `${name}: counts of every topic`,
    sorted(await page.run(TOPIC_COUNTS)),
    sorted(countsByTopic(list)),
  );
  same(`${name}: nothing is said on the console`, page.said, []);
  same(`${name}: nothing is asked of the network`, page.asked, [url]);
}

// -- the made record ---------------------------------------------------------------------------

async function summary(page, list) {
  const rows = await page.run(`${HEADLINE}`);
  LABELS.forEach((label, k) => {
    const own = list.filter((r) => r.linker === label);
    for (const verdict of VERDICTS) {
      const want = own.filter((r) => r.verdict === verdict).length;
      same(`${label}: ${verdict} in the first table`, Number(rows[k][verdict]), want);
    }
  });
  same("number of cases of a linker", rows[1].Cases, "60");
  same("wall time of a linker", rows[2]["Wall time"], "2.0 s");
  const known = list.filter((r) => r.linker === LABELS[1] && r.kind === "bug").length;
  same("known failures by kind", Number(rows[1].bug), known);
}

async function filters(page, url, list) {
  const ids = (test) => new Set(list.filter(test).map((r) => r.id)).size;
  const at = async (fragment) => {
    await page.run(`location.hash = ${JSON.stringify(fragment)}`);
    await page.until(`shownFilter === fragmentOf({ ...parse(location.hash), case: "", on: "" })`);
    return Number((await page.run(FOUND)).match(/^\d+/)[0]);
  };
  const plain = encodeURIComponent(LABELS[1]);
  const odd = encodeURIComponent(LABELS[2]);
  same(
    "filter by verdict",
    await at("#verdict=CRASH"),
    ids((r) => r.verdict === "CRASH"),
  );
  same(
    "filter by linker and verdict",
    await at(`#linker=${plain}&verdict=FAIL`),
    ids((r) => r.linker === LABELS[1] && r.verdict === "FAIL"),
  );
  same(
    "a linker of a strange name",
    await at(`#linker=${odd}&verdict=FAIL`),
    ids((r) => r.linker === LABELS[2] && r.verdict === "FAIL"),
  );
  same(
    "one column is left",
    await page.run('document.querySelectorAll("#topics thead th").length'),
    2,
  );
  same(
    "filter by clause",
    await at("#clause=clause.2"),
    ids((r) => r.clauses[0] === "clause.2"),
  );
  same(
    "few cases are shown at once",
    await page.run(ROWS),
    ids((r) => r.clauses[0] === "clause.2"),
  );
  same(
    "filter by kind",
    await at("#kind=bug"),
    ids((r) => r.kind === "bug"),
  );
  const why = encodeURIComponent("it is so (owner/name#12)");
  same(
    "filter by reason",
    await at(`#why=${why}&linker=${plain}`),
    ids((r) => r.linker === LABELS[1] && r.why),
  );
  same(
    "a reason counts by linker",
    await page.run('document.querySelector("#reasons tbody tr").cells[4].textContent'),
    String(list.filter((r) => r.linker === LABELS[1] && r.why).length),
  );
  same(
    "filter by words",
    await at("#text=2%20Topic1+ABOUT"),
    ids((r) => r.id.startsWith("topic1") && `${r.id}${r.title}`.includes("2")),
  );
  const outcome = (r) =>
    r.verdict === "UNSUPPORTED" || r.verdict === "BROKEN" ? 0 : /^X?PASS$/.test(r.verdict) ? 1 : 2;
  const differ = ids((r) => {
    const seen = list.filter((other) => other.id === r.id).map(outcome);
    return seen.includes(1) && seen.includes(2);
  });
  same("filter by difference", await at("#differ=any"), differ);
  same(
    "differences by pattern add up",
    await page.run(
      `[...document.querySelectorAll("#differences tbody a")]
        .reduce((n, a) => n + parseInt(a.textContent), 0)`,
    ),
    differ,
  );
  same("nothing is found", await at("#text=nowhere"), 0);

  await at("");
  await page.run('document.querySelector("#filter [name=text]").focus()');
  await page.send("Input.insertText", { text: "case-17" });
  await page.until('location.hash === "#text=case-17"');
  check("typing filters", (await page.run(FOUND)).startsWith("1 of 60"), await page.run(FOUND));
  await page.run('document.querySelector("#filter [type=reset]").click()');
  check("and is taken back", (await page.run(FOUND)).startsWith("60 of 60"), await page.run(FOUND));

  const link = '[...document.querySelectorAll("#linkers tbody tr")][1].querySelector("a.v-FAIL")';
  const shown = await page.run(
    `${link}.click(), [${link}.textContent, ${FOUND}.match(/^\\d+/)[0]]`,
  );
  same("a number of the first table leads to its cases", shown[0], shown[1]);
  same("and to where they are", await page.run(`${FOCUS}.id`), "matrix-title");
  await at("");
}

// Opens every topic and file, then holds every cell against the record.
async function cells(page, list) {
  for (const kind of ["topic", "file"])
    await page.run(`document.querySelectorAll("#topics .${kind} [aria-expanded=false]")
      .forEach((button) => button.click())`);
  const seen =
    await page.run(`Object.fromEntries([...document.querySelectorAll("#topics .cell")].map((b) =>
    [b.dataset.case + " " + b.dataset.linker, b.className.replace("cell v-", "")]))`);
  const want = Object.fromEntries(list.map((r) => [`${r.id} ${r.linker}`, r.verdict]));
  same("a cell for every result", sorted(seen), sorted(want));
}

async function oneCell(page, list) {
  const r = list.find((x) => x.linker === LABELS[2] && x.verdict === "FAIL");
  const selector = `[data-case="${r.id}"][data-linker=${JSON.stringify(r.linker)}]`;
  const cell = `document.querySelector(${JSON.stringify(selector)})`;
  await page.run(`${cell}.focus()`);
  await press(page, "Enter", 13);
  await page.until(`${DIALOG}.open`);
  const text = await page.run(`${DIALOG}.textContent`);
  for (const part of [
    r.title,
    r.id,
    r.linker,
    r.expected,
    r.found,
    r.where,
    r.command,
    r.repeat,
    r.diff,
    "clause.",
    "layout.stack-first",
    `in ${r.milliseconds} ms`,
    "9000 bytes",
  ])
    check(`a cell tells of ${part}`, text.includes(part), text);
  const dump = async (name) => {
    await page.run(`${DIALOG}.querySelector('[data-file="${name}"]').open = true`);
    await page.until(`${DIALOG}.querySelector('[data-file="${name}"] pre')`);
    const lines = (
      await page.run(`${DIALOG}.querySelector('[data-file="${name}"] pre').textContent`)
    ).split("\n");
    lines.forEach((line, i) => same("offset of a line", parseInt(line, 16), 16 * i));
    return lines
      .map((line) => line.slice(6, 6 + 47).trim())
      .join(" ")
      .split(" ")
      .join("");
  };
  same("bytes of an input", await dump("a.o"), BYTES.toString("hex"));
  same(
    "bytes of the output",
    await dump("out.wasm"),
    Buffer.from(r.output.base64, "base64").toString("hex"),
  );
  await page.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: folder });
  await page.run(`${DIALOG}.querySelector('[data-file="a.o"] button').click()`);
  const saved = path.join(folder, "a.o");
  for (const end = Date.now() + 5000; !fs.existsSync(saved) && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 20));
  check("an input can be saved", fs.existsSync(saved) && fs.readFileSync(saved).equals(BYTES));
  same(
    "the address names the cell",
    await page.run('new URLSearchParams(location.hash.slice(1)).get("on")'),
    r.linker,
  );
  check("contrast of a cell", (await page.run(CONTRAST)).length === 0, await page.run(CONTRAST));

  const order = [...new Set(list.map((other) => other.id))].sort();
  const id = `${DIALOG}.querySelector(".id").textContent`;
  await page.run(`${DIALOG}.querySelector(".next").click()`);
  same("the next case", await page.run(id), order[order.indexOf(r.id) + 1]);
  await page.run(`${DIALOG}.querySelector(".previous").click()`);
  same("and back", await page.run(id), r.id);
  await page.run(`${DIALOG}.querySelector('[data-on="model"]').click()`);
  check(
    "the same case with another linker",
    (await page.run(`${DIALOG}.textContent`)).includes("/bin/ld0 a.o"),
  );
  await press(page, "Escape", 27);
  await page.until(`!${DIALOG}.open && location.hash.indexOf("case=") < 0`);
  same("focus is where it was", await page.run(`${FOCUS} === ${cell}`), true);

  const known = list.find((x) => x.verdict === "XFAIL");
  const address = new URLSearchParams({ case: known.id, on: known.linker }).toString();
  await page.run(`location.hash = ${JSON.stringify(address)}`);
  await page.until(`${DIALOG}.open`);
  same(
    "a known failure names its issue",
    await page.run(`${DIALOG}.querySelector(".known a").href`),
    "https://github.com/owner/name/issues/12",
  );
  check(
    "and its kind",
    (await page.run(`${DIALOG}.querySelector(".known").textContent`)).endsWith(`(${known.kind})`),
  );
  await page.run("history.back()");
  await page.until(`!${DIALOG}.open`);
  check("the browser's way back closes it", true);
}

async function keyboard(page, url) {
  await page.send("Page.navigate", { url: `${url}#linker=nobody` });
  await page.send("Page.reload");
  await page.until('document.readyState === "complete" && document.querySelector(".toggle")');
  await page.run('document.querySelector("#topics").closest(".scroll").focus()');
  await press(page, "Tab", 9);
  check(
    "Tab comes to the first topic",
    await page.run(`${FOCUS} === document.querySelector(".toggle")`),
  );
  await press(page, "Enter", 13);
  same("Enter opens it", await page.run(`${FOCUS}.getAttribute("aria-expanded")`), "true");
  await press(page, "ArrowDown", 40);
  check(
    "an arrow goes to its first file",
    await page.run(`${FOCUS}.closest("tr").className === "file"`),
  );
  await press(page, "Enter", 13);
  await press(page, "ArrowDown", 40);
  await press(page, "ArrowDown", 40);
  check("arrows pass by rows without buttons", await page.run(`${FOCUS}.className === "toggle"`));
  await page.run('document.querySelector(".cell").focus()');
  await press(page, "ArrowRight", 39);
  check(
    "an arrow goes to the next cell",
    await page.run(`${FOCUS}.dataset.linker === ${JSON.stringify(LABELS[1])}`),
  );
  const { nodes } = await page.send("Accessibility.getFullAXTree");
  same("what can be used has a name", NAMELESS(nodes), []);
  for (const [role, least] of [
    ["table", 3],
    ["columnheader", 12],
    ["rowheader", 8],
    ["cell", 30],
  ])
    check(
      `${role} is one to a screen reader`,
      nodes.filter((n) => n.role?.value === role).length >= least,
    );
}

async function looks(page, url) {
  const phone = { width: 360, height: 740, deviceScaleFactor: 2, mobile: true };
  const width = "document.documentElement.scrollWidth";
  const at = async (fragment) => {
    await page.send("Page.navigate", { url: "about:blank" });
    await page.send("Page.navigate", { url: url + fragment });
    await page.until('document.readyState === "complete" && document.querySelector("#topics")');
  };
  for (const scheme of ["light", "dark"]) {
    await page.send("Emulation.setEmulatedMedia", {
      features: [{ name: "prefers-color-scheme", value: scheme }],
    });
    await at("#text=case-1");
    same(`contrast, ${scheme}`, await page.run(CONTRAST), []);
  }
  check(
    "dark is dark",
    /^rgb\((\d|[1-4]\d), /.test(await page.run("getComputedStyle(document.body).backgroundColor")),
  );
  await page.send("Emulation.setDeviceMetricsOverride", phone);
  for (const fragment of [
    "",
    "#text=case-1",
    "#case=topic0/file0/case-0",
    "#case=topic1/file1/case-1&on=odd",
  ]) {
    await at(fragment);
    same(
      `a phone shows ${fragment || "the page"} without scrolling aside`,
      await page.run(width),
      360,
    );
  }
  same("nor does a cell", await page.run(`${DIALOG}.scrollWidth <= 360 && ${DIALOG}.open`), true);
  await page.send("Emulation.clearDeviceMetricsOverride");
}

async function hostile(page) {
  same("text is no script", await page.run("typeof pwned"), "undefined");
  same("text is no element", await page.run('document.querySelectorAll("img, script").length'), 2);
  await page.run(
    `const script = document.createElement("script");
    script.textContent = "pwned = 1";
    document.body.append(script);`,
  );
  same("a script of others would not run", await page.run("typeof pwned"), "undefined");
  check(
    "the policy says so",
    page.said.some((text) => /Content Security Policy/.test(text)),
    page.said,
  );
}

async function withoutScript(browser, url) {
  const count = await openWithoutScript(browser, url);
  same("without JavaScript: the first table", await count("#linkers tbody tr"), 3);
}

// -- main --------------------------------------------------------------------------------------

async function main(browser) {
  const made = path.join(folder, "made.ndjson");
  fs.writeFileSync(made, madeRecord());
  const [url, list] = [makePage(made), results(made)];
  const page = await open(browser, url);
  await common("made record", page, url, list);
  await summary(page, list);
  await filters(page, url, list);
  await cells(page, list);
  await oneCell(page, list);
  await keyboard(page, url);
  await looks(page, url);
  same("after all that nothing is said on the console", page.said, []);
  await hostile(page);
  await withoutScript(browser, url);
  for (const record of records) {
    const other = makePage(record);
    const real = await open(browser, other);
    await common(path.basename(record), real, other, results(record));
    await cells(real, results(record));
  }
}

finish(program, folder, main);
