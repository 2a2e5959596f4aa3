/**
 * `npm run foley -- …`: the command line from its sources, with what is missing installed first. Nothing is built; reading
 * TypeScript costs about half a second of start-up. Paths are relative to where npm was called.
 */
import { join } from "node:path";
import { bootstrap, root, run } from "./bootstrap.mjs";

// Ctrl-C, and the end of a terminal, reach the command itself, which cleans up; this process stays for its exit code.
for (const signal of ["SIGINT", "SIGHUP"]) process.on(signal, () => {});
try {
  await bootstrap();
  process.exitCode = await run(
    [
      process.execPath,
      "--conditions=@foley-control/source",
      "--import",
      import.meta.resolve("tsx"),
      join(root, "apps", "cli", "src", "main.ts"),
      ...process.argv.slice(2),
    ],
    { stdio: "inherit", cwd: process.env.INIT_CWD ?? process.cwd(), shell: false },
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
