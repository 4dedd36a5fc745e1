// run.js: runs modules for lua/node.lua.
//
// A message on standard input is its size in four bytes, little end first, then lines of text,
// an empty line, and the module:
//   function MODULE NAME TYPE VALUE     an imported function that returns VALUE (TYPE void: nothing)
//   global MODULE NAME TYPE MUTABLE VALUE
//   memory MODULE NAME MIN MAX SHARED BYTE   MAX -: none; filled with BYTE
//   table MODULE NAME MIN MAX
//   tag MODULE NAME
//   call NAME TYPE:VALUE ...            a step; get NAME: the value of an exported global
//   instance N                          a step: those that follow are on the N-th instance
// The answer, on standard output: a line a step, "value NUMBER", "void", "trap TEXT"; or "fail TEXT".
// Names are percent-encoded.

"use strict";
const fs = require("fs");

// A global that begins as 0 + 0: older Nodes know extended constant expressions, but have to be told.
const EXTENDED = Buffer.from("0061736d01000000060901" + "7f0041004100" + "6a0b", "hex");
if (!WebAssembly.validate(EXTENDED))
  require("v8").setFlagsFromString("--experimental-wasm-extended-const");

function readAll(size) {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; ) {
    const got = fs.readSync(0, bytes, at, size - at, null);
    if (got === 0) process.exit(0);
    at += got;
  }
  return bytes;
}

function send(text) {
  const body = Buffer.from(text);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(body.length);
  for (const part of [head, body])
    for (let at = 0; at < part.length; ) at += fs.writeSync(1, part, at);
}

function number(type, text) {
  return type === "i64" ? BigInt(text) : Number(text);
}

const maximum = (text) => (text === "-" ? undefined : Number(text));

const make = {
  function: (type, value) => () => (type === "void" ? undefined : number(type, value)),
  global: (type, mutable, value) =>
    new WebAssembly.Global({ value: type, mutable: mutable === "true" }, number(type, value)),
  memory: (min, max, shared, byte) => {
    const limits = { initial: Number(min), maximum: maximum(max), shared: shared === "true" };
    const memory = new WebAssembly.Memory(limits);
    new Uint8Array(memory.buffer).fill(Number(byte));
    return memory;
  },
  table: (min, max) =>
    new WebAssembly.Table({ element: "anyfunc", initial: Number(min), maximum: maximum(max) }),
  tag: () => new WebAssembly.Tag({ parameters: [] }),
};

function step(instance, words) {
  const name = decodeURIComponent(words[1]);
  const entity = instance.exports[name];
  if (entity === undefined) return "fail nothing is exported as " + name;
  if (words[0] === "get") return "value " + String(entity.value);
  const args = words.slice(2).map((word) => number(...word.split(":")));
  try {
    const value = entity(...args);
    return value === undefined ? "void" : "value " + String(value);
  } catch (error) {
    const text = String(error.message ?? error); // an exception of wasm has none
    return "trap " + text.replace(/\s+/g, " ");
  }
}

function run(message) {
  const end = message.indexOf("\n\n");
  const lines = message.toString("utf8", 0, end).split("\n").filter(Boolean);
  const imports = {};
  const steps = [];
  for (const line of lines) {
    const words = line.split(" ");
    if (words[0] === "call" || words[0] === "get" || words[0] === "instance") {
      steps.push(words);
      continue;
    }
    const [module, name] = [decodeURIComponent(words[1]), decodeURIComponent(words[2])];
    imports[module] = imports[module] || {};
    imports[module][name] = make[words[0]](...words.slice(3));
  }
  const module = new WebAssembly.Module(message.subarray(end + 2));
  const instances = [];
  let current = 0;
  const enter = (n) => {
    current = n;
    instances[n] = instances[n] || new WebAssembly.Instance(module, imports);
    return "void";
  };
  enter(1);
  const answers = steps.map((words) =>
    words[0] === "instance" ? enter(Number(words[1])) : step(instances[current], words));
  return answers.join("\n");
}

for (;;) {
  const message = readAll(readAll(4).readUInt32LE());
  let answer;
  try {
    answer = run(message);
  } catch (error) {
    answer = "fail " + error.message;
  }
  send(answer);
}
