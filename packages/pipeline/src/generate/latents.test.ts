/** Which branches of guidance a request needs. */
import { untrainedMini } from "@foley-control/mini";
import { describe, expect, it } from "vitest";
import { checkSettings } from "../options.js";
import { planGuidance } from "./latents.js";

const mini = untrainedMini();

describe("guidance", () => {
  const plan = (more: Parameters<typeof checkSettings>[0], seen = true, sameText = false) =>
    planGuidance(checkSettings(more, mini.backbone, 1), { seen, sameText }).branches;
  it("evaluates only what has a weight", () => {
    expect(plan({ guidanceScale: 3, videoGuidanceScale: 3 })).toEqual(["none", "full"]);
    expect(plan({ guidanceScale: 3, videoGuidanceScale: 2 })).toEqual(["none", "text", "full"]);
    expect(plan({ guidanceScale: 1, videoGuidanceScale: 1 })).toEqual(["full"]);
    expect(plan({ guidanceScale: 3, videoGuidanceScale: 2 }, false)).toEqual(["none", "text"]);
    expect(plan({ guidanceScale: 3, videoGuidanceScale: 2 }, true, true)).toEqual(["text", "full"]);
  });
});
