/**
 * `npm run studio`: the studio from a clone in one command. Installs what is missing, builds the studio and the packages that it is made of, serves
 * it to this machine alone, and opens the browser. What follows `--` goes to `foley studio`: a video, `--port`, `--no-open`.
 */
import { join } from "node:path";
import { bootstrap, environment, pnpm, root, run } from "./bootstrap.mjs";

for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => {});
try {
  await bootstrap();
  console.error("build: the studio and its packages (the first time takes a minute or two) …");
  const built = await run(
    pnpm("exec", "turbo", "run", "build", "--filter=@foley-control/web...", "--ui=stream", "--output-logs=errors-only"),
    // Declarations are for who writes programs; without them the builds take half the time.
    { env: { ...environment, FOLEY_DECLARATIONS: environment.FOLEY_DECLARATIONS ?? "0" }, stdio: ["ignore", 2, 2] },
  );
  if (built !== 0) throw new Error(`the build failed (exit code ${built}).`);
  process.exitCode = await run(
    [
      process.execPath,
      "--conditions=@foley-control/source",
      "--import",
      import.meta.resolve("tsx"),
      join(root, "apps", "cli", "src", "main.ts"),
      "studio",
      ...process.argv.slice(2),
    ],
    { stdio: "inherit", cwd: process.env.INIT_CWD ?? process.cwd(), shell: false },
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
