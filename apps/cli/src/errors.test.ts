import { expect, it } from "vitest";
import { inFlags } from "./errors.js";

it("says flags and commands where the library says options and functions, and leaves everything else", () => {
  expect(inFlags("Choose a part with options.start and options.duration.")).toBe("Choose a part with --start and --duration.");
  expect(inFlags('Fetch it with addOfHub("org/name").')).toBe("Fetch it with `foley models add org/name`.");
  expect(inFlags('Run it first with runStage("denoiser").')).toBe("Run it first with `foley train denoiser`.");
  expect(inFlags("Give a folder that prepareDataset() wrote.")).toBe("Give a folder that `foley dataset prepare` wrote.");
  expect(inFlags('Copy it again, or read it with onError "hold".')).toBe(
    "Copy it again, or give --tolerant to generate, batch or events.",
  );
  const stays = 'options.other, options.constructor, toString("x") and f() stay.';
  expect(inFlags(stays)).toBe(stays);
});
