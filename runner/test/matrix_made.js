// matrix_made.js: a record of three linkers and sixty cases, with every verdict, of which the third
// linker has a hostile name and says hostile things.

"use strict";

const HOSTILE = "</script><script>pwned=1</script><img src=x onerror=pwned=1>\"'&<!--";
const LABELS = ["model", "plain-ld@1.2.3", `odd-ld@${HOSTILE}`];
const VERDICTS = [
  "PASS",
  "FAIL",
  "XFAIL",
  "UNSUPPORTED",
  "CRASH",
  "TIMEOUT",
  "ACCEPTS-INVALID",
  "REJECTS-VALID",
  "XPASS",
  "BROKEN",
];
const BYTES = Buffer.from(Array.from({ length: 300 }, (_, i) => i & 0xff));

function madeResult(label, k, n) {
  const id = `topic${n % 3}/file${n % 2}/case-${n}`;
  const verdict = k === 0 ? "PASS" : VERDICTS[(n + 3 * k) % VERDICTS.length];
  const r = {
    record: "result",
    linker: label,
    id,
    verdict,
    title: `case ${n} is about ${n % 5}`,
    clauses: [`clause.${n % 4}`],
    command: `/bin/ld${k} a.o -o out.wasm`,
    repeat: `linkspec conform --linker ld${k} --filter ${id}`,
    milliseconds: n,
    inputs: [
      { name: "a.o", size: 300, base64: BYTES.toString("base64") },
      { name: "big.o", size: 9000 },
    ],
  };
  if (verdict === "XFAIL") {
    r.why = "it is so (owner/name#12)";
    r.kind = n % 3 ? "bug" : "spec-silent";
  }
  if (verdict !== "PASS") {
    Object.assign(r, {
      expected: `1 ${HOSTILE}`,
      found: `2 ${HOSTILE}`,
      where: "code: f",
      diff: "- a\n+ b",
      permissions: ["layout.stack-first"],
      output: {
        size: n + 1,
        sha256: "ab".repeat(32),
        base64: BYTES.subarray(0, n + 1).toString("base64"),
      },
    });
  }
  return r;
}

function madeRecord() {
  const lines = [
    {
      record: "run",
      format: 1,
      linkspec: "0.1",
      cases: 60,
      linkers: LABELS.map((label, k) => ({ label, name: "ld", command: `/bin/ld${k}` })),
    },
  ];
  LABELS.forEach((label, k) => {
    const counts = {};
    for (let n = 0; n < 60; n++) {
      const r = madeResult(label, k, n);
      counts[r.verdict] = (counts[r.verdict] || 0) + 1;
      lines.push(r);
    }
    lines.push({ record: "end", linker: label, counts, milliseconds: 1000 * k });
  });
  return `${lines.map((r) => JSON.stringify(r)).join("\n")}\n`;
}

module.exports = { LABELS, VERDICTS, BYTES, madeRecord };
