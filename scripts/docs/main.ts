/**
 * `npm run docs`: the guides, the pages of the packages, the decisions and the reference as a site in `out/docs`, which any static host can serve
 * from any path. Ends with 1 when a link in it leads nowhere, from a page or from a comment.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { root } from "../check/command.js";
import { writeApi } from "./api.js";
import { writePages } from "./pages.js";
import { checkSite } from "./site-links.js";

const site = join(root, "out", "docs");
rmSync(site, { recursive: true, force: true });
writePages(root, site);
const api = await writeApi(root, site).then(
  () => [],
  (error: unknown) => [`api: ${error instanceof Error ? error.message : String(error)}`],
);
const problems = [...api, ...checkSite(site)];
for (const problem of problems) console.error(problem);
const count = readdirSync(site, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".html")).length;
console.log(`${join(site, "index.html")}: ${count} pages, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
