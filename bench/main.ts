/**
 * `npm run bench`: names what can be measured; `npm run bench -- NAME …` measures it, with what follows the name as its options.
 */
import { BENCHES } from "./list.js";

const [name, ...options] = process.argv.slice(2);
if (name !== undefined && Object.hasOwn(BENCHES, name)) {
  // A bench reads its options where a program of its own would.
  process.argv.splice(2, Number.POSITIVE_INFINITY, ...options);
  await import(`./${name}.js`);
} else {
  if (name !== undefined) console.error(`There is no bench "${name}".\n`);
  console.log("npm run bench -- NAME …\n");
  for (const [one, about] of Object.entries(BENCHES)) console.log(`  ${one.padEnd(18)}${about}`);
  process.exitCode = name === undefined ? 0 : 2;
}
