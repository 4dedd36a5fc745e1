// valid.mjs FOLDER: compiles every module of a folder; prints NAME and why, a
// line for each that is not valid.
import { readFileSync, readdirSync } from "node:fs";

for (const name of readdirSync(process.argv[2])) {
  try {
    new WebAssembly.Module(readFileSync(`${process.argv[2]}/${name}`));
  } catch (error) {
    console.log(name, error.message);
  }
}
