/** One id of hundreds of millions makes a vocabulary long, and costs nothing. */
import { goldenJson } from "@foley-control/golden/node";
import { expect, it } from "vitest";
import { t5Tokeniser } from "./t5-tokeniser.js";

it("a vocabulary with one huge id is refused at once", () => {
  const json = goldenJson<Record<string, Record<string, unknown>>>("metrics/ms-clap-tiny/gpt2/tokenizer.json");
  const vocab = { ...(json["model"]?.["vocab"] as Record<string, number>), huge: 400_000_000 };
  const begun = process.cpuUsage();
  const open = () => t5Tokeniser({ ...json, model: { ...json["model"], vocab } }, { vocabulary: 1000, padId: 0, endId: 1 }, 8);
  expect(open).toThrow(/ids up to 400000000, the T5 config.json has vocab_size 1000/);
  expect(process.cpuUsage(begun).user / 1e6).toBeLessThan(2);
});
