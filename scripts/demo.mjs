/**
 * `npm run demo`: installs and builds what is missing, then puts sound on a rendered clip with the embedded model.
 * Everything after `--` goes to the command line: `npm run demo -- --help`.
 */
import { join } from "node:path";
import { bootstrap, environment, pnpm, root, run } from "./bootstrap.mjs";

try {
  await bootstrap();
  const started = performance.now();
  console.log("build: the command line and the packages it stands on …");
  const built = await run(
    pnpm("exec", "turbo", "run", "build", "--filter=@foley-control/cli...", "--ui=stream", "--output-logs=errors-only"),
    { stdio: ["ignore", "ignore", "inherit"], env: { ...environment, FOLEY_DECLARATIONS: "0" } },
  );
  if (built !== 0) throw new Error('the build failed; "npm run build" shows where');
  console.log(`build: done in ${((performance.now() - started) / 1000).toFixed(1)} s\n`);
  process.exitCode = await run([
    process.execPath,
    join(root, "apps", "cli", "dist", "main.js"),
    "demo",
    ...process.argv.slice(2),
  ]);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
