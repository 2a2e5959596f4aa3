/** `npm run fuzz`: see scripts/fuzz/main.ts. Plain JavaScript, because it may have to install first. */
import { join } from "node:path";
import { bootstrap, root, run } from "./bootstrap.mjs";

try {
  await bootstrap();
  process.exitCode = await run(
    [
      process.execPath,
      "--conditions=@foley-control/source",
      "--import",
      import.meta.resolve("tsx"),
      join(root, "scripts", "fuzz", "main.ts"),
      ...process.argv.slice(2),
    ],
    { stdio: "inherit" },
  );
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
