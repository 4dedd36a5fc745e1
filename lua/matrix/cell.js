// cell.js: all that is known of one case with one linker, in a dialog.
//
// Rule of thumb: first what was expected and found, then how to repeat it, then the bytes.

"use strict";

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

// Where a linker that fails it was reported.
function originPart(c) {
  if (!c.origin) return [];
  return part("Reported", el("p", {}, linked(c.origin.join(", "))));
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
    result.arguments === undefined
      ? text(result.command)
      : `${linker.command} ${text(result.arguments)}`;
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
    (_, k) =>
      k !== i && output.sha256 !== undefined && c.results[k]?.output?.sha256 === output.sha256,
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
  return inputs
    ? part(
        "Inputs",
        inputs.map((f) => file(text(f.name), f)),
      )
    : [];
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
    originPart(c),
    result.diff !== undefined && part("Difference, as structure", el("pre", {}, text(result.diff))),
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
      {
        type: "button",
        class: v ? `v-${v.name}` : "v-none",
        "aria-current": k === i && "true",
        "data-on": linker.label,
      },
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
  const i = Math.max(
    0,
    linkers.findIndex((l) => l.label === state.on),
  );
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
