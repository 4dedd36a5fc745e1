// yowasp.mjs: wasm-ld from the npm package @yowasp/clang as a program.
//
// Takes: wasm-ld's arguments; files only below the current folder, which is all
// that the linker sees.  Gives: what it prints and writes, and its exit status.
// Beside node_modules, where linkers.sh copies it.

import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { runLLVM } from '@yowasp/clang';

function read(folder) {
  const tree = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) tree[entry.name] = read(path);
    else if (entry.isFile()) tree[entry.name] = readFileSync(path);
  }
  return tree;
}

// What differs from what was there before.
function write(folder, tree, before) {
  for (const [name, content] of Object.entries(tree)) {
    const path = `${folder}/${name}`;
    if (!(content instanceof Uint8Array)) {
      mkdirSync(path, { recursive: true });
      write(path, content, before[name] ?? {});
    } else if (!before[name] || Buffer.compare(before[name], content) !== 0) {
      writeFileSync(path, content);
    }
  }
}

const print = (stream) => (bytes) => bytes && stream.write(bytes);
const files = read('.');
const options = { stdout: print(process.stdout), stderr: print(process.stderr),
  decodeASCII: false, fetchProgress() {} };
let status = 0;
try {
  write('.', await runLLVM(['wasm-ld', ...process.argv.slice(2)], files, options), files);
} catch (e) {
  if (typeof e.code !== 'number') {
    console.error(e); // a trap: it died
    process.abort();
  }
  write('.', e.files, files);
  status = e.code;
}
process.exitCode = status;
