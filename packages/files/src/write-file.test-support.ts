/** Writes half of a file, says so, and waits to be killed. */
import { writeFileAtomically } from "./write-file.js";

const path = process.argv[2] as string;
await writeFileAtomically(path, async (writer) => {
  await writer.write(new Uint8Array(100_000));
  process.stdout.write("half\n");
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
