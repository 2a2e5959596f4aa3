/**
 * What the studio is measured by, each by its name:
 *
 *     npm run studio:measure -- page
 *
 * The names are those of the files beside this one; what follows a name is handed on.
 */
import { readdirSync } from "node:fs";

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".ts") && file !== "main.ts")
  .map((file) => file.slice(0, -3));
const [name = ""] = process.argv.splice(2, 1);
if (names.includes(name)) await import(`./${name}.js`);
else {
  console.error(`Give one of ${names.join(", ")}: npm run studio:measure -- page`);
  process.exitCode = 1;
}
