/**
 * `npm run unit`: the tests of all packages, all but the slow ones (`*.slow.test.ts`), with vitest. With a path, everything below it is run, slow
 * or not: `npm run unit -- packages/graph`. Other options are vitest's. Plain JavaScript, because it may have to install first.
 */
import { join } from "node:path";
import { bootstrap, root, run } from "./bootstrap.mjs";

const given = process.argv.slice(2);
const paths = given.some((one) => !one.startsWith("-"));
try {
  await bootstrap();
  process.exitCode = await run(
    [
      process.execPath,
      join(root, "node_modules", "vitest", "vitest.mjs"),
      "run",
      ...(paths ? [] : ["--project=!slow"]),
      ...given,
    ],
    { stdio: "inherit" },
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
