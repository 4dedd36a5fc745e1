// load.mjs PROGRAM [LIBRARY...]: loads a program and its libraries in Node, as
// DynamicLinking.md has it, runs the program, and prints what it says.
//
// Rule of thumb: of several definitions of a name the first module's is
// everybody's, the program's before those of libraries in the order given.
import { readFileSync } from "node:fs";

const PAGE = 65536;

// What "dylink.0" says: space to reserve.
function needs(module) {
  const [section] = WebAssembly.Module.customSections(module, "dylink.0");
  const bytes = new Uint8Array(section);
  let at = 0;
  function number() {
    let value = 0, shift = 0, byte;
    do {
      byte = bytes[at++];
      value += (byte & 127) * 2 ** shift;
      shift += 7;
    } while (byte & 128);
    return value;
  }
  while (at < bytes.length) {
    const kind = bytes[at++], end = number() + at;
    if (kind === 1)
      return { bytes: number(), align: 2 ** number(), slots: number() };
    at = end;
  }
  throw new Error("dylink.0 does not say what memory is needed");
}

const modules = process.argv.slice(2).map((path) => {
  const module = new WebAssembly.Module(readFileSync(path));
  return { path, module, needs: needs(module), exported: WebAssembly.Module.exports(module) };
});

// wasm64 has numbers of 64 bits for addresses and slots, as BigInt.
const wide = process.env.WASM64 === "1";
const pointer = (n) => (wide ? BigInt(n) : n);
const type = wide ? "i64" : "i32";

// -- space: a stack, then one module's data after the other's

const STACK = PAGE;
let end = STACK, slots = 1;
for (const m of modules) {
  end = Math.ceil(end / m.needs.align) * m.needs.align;
  m.memory = end;
  m.table = slots;
  end += m.needs.bytes;
  slots += m.needs.slots;
}
const pages = Math.ceil(end / PAGE);
const address = wide ? { address: "i64" } : {};
const memory = new WebAssembly.Memory({ initial: pointer(pages), ...address });
const table = new WebAssembly.Table({ element: "anyfunc", initial: pointer(slots), ...address });
const stack = new WebAssembly.Global({ value: type, mutable: true }, pointer(STACK));

const text = (at) => {
  const bytes = new Uint8Array(memory.buffer, Number(at));
  return Buffer.from(bytes.subarray(0, bytes.indexOf(0))).toString();
};
const host = { say: (what, value) => console.log(`${text(what)} ${value}`) };

// -- who has a name

function definer(name, kind) {
  return modules.find((m) => m.exported.some((e) => e.name === name && e.kind === kind));
}

// A function that may be of a module that is not there yet.
function far(name) {
  return (...args) => {
    const m = definer(name, "function");
    const f = m ? m.exports[name] : host[name];
    if (!f) throw new Error("nobody defines " + name);
    return f(...args);
  };
}

const got = new Map();
function entry(module, name) {
  const key = module + " " + name;
  if (!got.has(key))
    got.set(key, new WebAssembly.Global({ value: type, mutable: true }, pointer(0)));
  return got.get(key);
}

const constant = (n) => new WebAssembly.Global({ value: type }, pointer(n));

function imported(m, { module, name, kind }) {
  if (module.startsWith("GOT.")) return entry(module, name);
  if (name === "__memory_base") return constant(m.memory);
  if (name === "__table_base") return constant(m.table);
  if (name === "__stack_pointer") return stack;
  return { memory, table, function: far(name) }[kind];
}

for (const m of modules) {
  const imports = {};
  for (const i of WebAssembly.Module.imports(m.module))
    (imports[i.module] ??= {})[i.name] = imported(m, i);
  m.exports = new WebAssembly.Instance(m.module, imports).exports;
}

// -- the GOT: an exported address counts from its module's data; a function has one slot

function slot_of(f) {
  for (let i = 0; i < slots; i++) if (table.get(pointer(i)) === f) return i;
  table.grow(pointer(1));
  table.set(pointer(slots), f);
  return slots++;
}

for (const [key, global] of got) {
  const [module, name] = key.split(" ");
  const is_data = module === "GOT.mem";
  const m = definer(name, is_data ? "global" : "function");
  if (!m) continue; // weak, and nowhere
  const e = m.exports[name];
  global.value = is_data ? pointer(m.memory) + e.value : pointer(slot_of(e));
}

for (const m of modules) m.exports.__wasm_apply_data_relocs?.();
for (const m of modules.slice(1)) m.exports.__wasm_call_ctors();
modules[0].exports._start();
