/** A process that was ended while it waited for its next file is given to nobody. */
import { goldenPath } from "@foley-control/golden/node";
import { expect, it } from "vitest";
import { openMedia } from "../open-media.js";

it("a program that was too busy to hear that a file was closed reads the next one all the same", async () => {
  const path = goldenPath("clips/one-frame-20ms.mp4");
  for (let round = 0; round < 2; round++) {
    using media = await openMedia(path);
    expect(media.info.video?.width).toBeGreaterThan(0);
    let count = 0;
    for await (const _ of media.frames({ fps: 16, size: [8, 8] })) count++;
    expect(count).toBe(1);
    media.dispose();
    // The answer lies in the pipe when the time for it is over.
    const begun = performance.now();
    while (round === 0 && performance.now() - begun < 2500);
  }
});
