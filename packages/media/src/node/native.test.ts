/** FFmpeg's libraries write past everything that could be watched from within, so a program of its own decodes. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("decoding damaged packets leaves stderr to the program", () => {
  const program = `
    import { readFileSync } from "node:fs";
    import { openMedia } from "@foley-control/media/node";
    import { goldenPath } from "@foley-control/golden/node";
    process.on("unhandledRejection", () => undefined);
    const bytes = new Uint8Array(readFileSync(goldenPath("clips/h264-aac.mp4")));
    // In this file everything from here on is packets.
    for (let at = Buffer.from(bytes.buffer).indexOf("mdat") + 8; at < bytes.length; at += 11) bytes[at] ^= 0x55;
    const media = await openMedia(bytes, { backend: "native", onError: "hold" });
    let outcome = "decoded";
    try {
      for await (const frame of media.frames({ fps: 8, size: [16, 16] })) void frame;
      await media.audio();
    } catch (error) {
      outcome = error.code;
    }
    console.log(outcome);
    process.exit(0);`;
  const flags = ["--conditions=@foley-control/source", "--import", "tsx", "--input-type=module", "-e", program];
  const folder = fileURLToPath(new URL("../..", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, flags, { cwd: folder, encoding: "utf8" });
  expect(stderr).toBe("");
  expect(["decoded", "bad-file"]).toContain(stdout.trim());
});
