/**
 * Writes `weights/` from a finished training:
 * `node --conditions=@foley-control/source --import tsx packages/mini/scripts/pack.ts <training folder> [target folder]`.
 */
import { fileURLToPath } from "node:url";
import { packMini } from "../src/node.js";

const [trained, target = fileURLToPath(new URL("../weights/", import.meta.url))] = process.argv.slice(2);
if (trained === undefined) {
  console.error("Give the folder of a finished training.");
  process.exitCode = 2;
} else {
  const { bytes } = await packMini(trained, target);
  for (const [name, size] of Object.entries(bytes)) console.log(`${name}  ${(size / 1e6).toFixed(2)} MB`);
}
