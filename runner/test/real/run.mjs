// run.mjs MODULE [ARG...]: runs a WASI command in Node, then prints its exit
// status as the last line.
import { readFileSync } from "node:fs";
import { WASI } from "node:wasi";

const args = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args, returnOnExit: true });
const module = await WebAssembly.compile(readFileSync(args[0]));
const instance = await WebAssembly.instantiate(module, {
  wasi_snapshot_preview1: wasi.wasiImport,
  env: { memory: new WebAssembly.Memory({ initial: 64 }) },
});
console.log(`exit ${wasi.start(instance)}`);
