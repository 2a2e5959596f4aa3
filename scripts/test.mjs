/**
 * `npm test`: installs what is missing, then runs every check and ends with one line of counts.
 * Plain JavaScript, because it runs before anything is installed; the checks themselves are in scripts/check.
 *
 *     npm test                          everything
 *     npm test -- --only lint,types     some steps
 *     npm test -- --skip browser        all but some steps
 *     npm test -- --list                names of the steps
 */
import { bootstrap, pnpm, run } from "./bootstrap.mjs";

const started = performance.now();
try {
  await bootstrap();
  // pnpm runs the checks, so that turbo and `pnpm pack` find the pinned one on PATH.
  process.exitCode = await run(
    pnpm(
      "exec",
      "node",
      "--conditions=@foley-control/source",
      "--import",
      "tsx",
      "scripts/check/main.ts",
      ...process.argv.slice(2),
    ),
  );
} catch (error) {
  console.error(error.message);
  console.log(`\nfailed  install  ${((performance.now() - started) / 1000).toFixed(1)} s\n\n0 passed, 1 failed, 0 skipped`);
  process.exitCode = 1;
}
