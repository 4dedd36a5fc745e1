// run.mjs MODULE BITS ROUNDS [THREADS]: main.c's module in many threads at once.
//
// In each round so many workers instantiate the module over one new memory, all at the same time,
// and count, check and write as main.c says.  The memory is dirty but for the flag of
// __wasm_init_memory, and so are the blocks of thread-local data.  Then one more instance is made,
// which must not change a byte.  Of a module that a loader places the data is at BASE.  Prints one line; exit status 1 when anything was wrong.

import { once } from "node:events";
import fs from "node:fs";
import { Worker, isMainThread, parentPort, workerData } from "node:worker_threads";

const DIRT = 0xaa;
const PAGES = 64;
const STACK = 16384;
const BASE = 65536 + 4096;
const PATIENCE = 20000; // milliseconds
const SPINS = 100000; // before a thread sleeps: who sleeps comes too late to race

// All workers of a round wait here for each other.
function meet(barrier, threads) {
  const turn = Atomics.load(barrier, 1);
  if (Atomics.add(barrier, 0, 1) === threads - 1) {
    Atomics.store(barrier, 0, 0);
    Atomics.add(barrier, 1, 1);
    Atomics.notify(barrier, 1);
  } else {
    for (let i = 0; Atomics.load(barrier, 1) === turn; i++)
      if (i > SPINS && Atomics.wait(barrier, 1, turn, PATIENCE) === "timed-out")
        throw Error("nobody came");
  }
}

const up = (value, to) => Math.ceil(value / to) * to;

// Where the k-th thread has its block of thread-local data and, above it, its stack.  Blocks are
// aligned as they must be, and no better.
function place(layout, k) {
  const stride = up(layout.size + layout.align + STACK, 2 * layout.align);
  const block = up(layout.heap, 2 * layout.align) + layout.align + k * stride;
  return { block, stack: (block + layout.size + STACK) & ~15 };
}

// An instance, with a stack of its own.
function instantiate(module, memory, bits, stack) {
  const global = (value, mutable) =>
    new WebAssembly.Global({ value: `i${bits}`, mutable }, bits === 64 ? BigInt(value) : value);
  const table = () => new WebAssembly.Table({ element: "anyfunc", initial: 16 });
  const env = { memory, __memory_base: global(BASE, false), __table_base: global(1, false),
    __stack_pointer: global(stack, true), __indirect_function_table: bits === 64 ? null : table() };
  const it = new WebAssembly.Instance(module, { env }).exports;
  if (it.__stack_pointer) it.__stack_pointer.value = env.__stack_pointer.value;
  return it;
}

const is_moved = (module) =>
  WebAssembly.Module.imports(module).some((i) => i.name === "__memory_base");

// Addresses are a number or, of 64 bits, a BigInt.
const number = (global) => Number(global.value);

function thread({ me, threads, memory, layout, module, barrier }) {
  const address = (n) => (layout.bits === 64 ? BigInt(n) : n);
  const own = place(layout, me);
  meet(barrier, threads);
  for (let i = 0; i < (me % 3) * 200; i++) Atomics.load(barrier, 0); // not quite at once
  const it = instantiate(module, memory, layout.bits, own.stack);
  it.__wasm_apply_data_relocs?.();
  const answers = [["enter", it.enter(threads)]];
  const first = number(it.__tls_base) !== 0; // this instance initialised memory
  const block = first ? number(it.__tls_base) : own.block;
  if (block % layout.align) answers.push(["the block's alignment", block]);
  it.__wasm_init_tls(address(block));
  answers.push(["new_block", it.new_block(address(block), address(layout.size))]);
  answers.push(["work", it.work(1000 + me)]);
  meet(barrier, threads);
  answers.push(["leave", it.leave(threads)]);
  const wrong = answers.filter(([, line]) => line !== 0);
  return { first, wrong: wrong.map(([what, line]) => `thread ${me}: ${what}: line ${line}`) };
}

if (!isMainThread) {
  const { me, threads, module, layout, barrier } = workerData;
  parentPort.on("message", (memory) => {
    let answer;
    try {
      answer = thread({ me, threads, memory, layout, module, barrier });
    } catch (error) {
      answer = { first: false, wrong: [`thread ${me}: ${error.message}`] };
    }
    parentPort.postMessage(answer);
  });
}

function newMemory(bits) {
  return new WebAssembly.Memory({ initial: PAGES, maximum: PAGES, shared: true, index: `i${bits}` });
}

function explore(module, bits) {
  const it = instantiate(module, newMemory(bits), bits, 0);
  const base = is_moved(module) ? BASE : 0; // what is exported counts from it
  return { bits, flag: base + number(it.__wasm_init_memory_flag),
    heap: base + number(it.__heap_base ?? it.__data_end),
    size: number(it.__tls_size), align: number(it.__tls_align) };
}

async function roundOf(workers, memory) {
  const answers = workers.map((worker) => once(worker, "message"));
  for (const worker of workers) worker.postMessage(memory);
  return (await Promise.all(answers)).flat();
}

// One more instance: it must find all done and leave all alone.
function unchanged(module, memory, bits) {
  const before = Buffer.from(new Uint8Array(memory.buffer));
  const it = instantiate(module, memory, bits, 0);
  const after = Buffer.from(new Uint8Array(memory.buffer));
  return before.equals(after) && number(it.__tls_base) === 0;
}

async function main(path, bits, rounds, threads) {
  const module = new WebAssembly.Module(fs.readFileSync(path));
  const layout = explore(module, bits);
  const barrier = new Int32Array(new SharedArrayBuffer(8));
  const workers = [];
  for (let me = 0; me < threads; me++)
    workers.push(new Worker(new URL(import.meta.url),
      { workerData: { me, threads, module, layout, barrier } }));
  const begun = Date.now();
  let wrong = [];
  let round = 0;
  for (; round < rounds && wrong.length === 0; round++) {
    const memory = newMemory(bits);
    new Uint8Array(memory.buffer).fill(DIRT);
    new Int32Array(memory.buffer)[layout.flag / 4] = 0;
    const answers = await roundOf(workers, memory);
    wrong = answers.flatMap((answer) => answer.wrong);
    const firsts = answers.filter((answer) => answer.first).length;
    if (firsts !== 1) wrong.push(`${firsts} instances initialised memory`);
    if (!unchanged(module, memory, bits)) wrong.push("a later instance changed memory");
  }
  for (const worker of workers) worker.terminate();
  if (wrong.length > 0) console.log(`round ${round}: ${wrong.join("; ")}`);
  else console.log(`${rounds} rounds of ${threads} threads in ${Date.now() - begun} ms`);
  process.exitCode = wrong.length > 0 ? 1 : 0;
}

if (isMainThread) {
  const [path, ...numbers] = process.argv.slice(2);
  const [bits, rounds, threads = 8] = numbers.map(Number);
  await main(path, bits, rounds, threads);
}
