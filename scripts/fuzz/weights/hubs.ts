/** Answers of a hub that is broken or hostile: what it lists, says of files and sends, without a network. */

import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Random } from "@foley-control/core";
import { fetchModel, hubSettings } from "@foley-control/weights/node";
import { changedJsonText } from "../mutate-json.js";
import type { Family } from "./family.js";

const home = mkdtempSync(join(tmpdir(), "foley-fuzz-hub-"));
process.on("exit", () => rmSync(home, { recursive: true, force: true }));

const content = new TextEncoder().encode('{"width": 4}\n');
const etag = createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
const sha = "0123456789abcdef0123456789abcdef01234567";
const listing = {
  sha,
  siblings: [{ rfilename: "config.json" }, { rfilename: "model.safetensors" }],
  cardData: { license: "mit" },
};
const names = [
  "config.json",
  "../x",
  "a/../../b",
  "x".repeat(600),
  "\u001b[2J",
  "a//b",
  "C:\\x",
  "model-00001-of-99999.safetensors",
  "",
];

function headers(random: Random): Record<string, string> {
  const right: Record<string, string> = { etag: `"${etag}"`, "content-length": `${content.length}` };
  const wrong = ["", '"../../x"', "W/", `"${"a".repeat(64)}"`, "-1", "1e99", "900000000000000", "9".repeat(300), "0"];
  for (const key of ["etag", "x-linked-etag", "x-linked-size", "content-length", "location", "content-range", "x-error-code"])
    if (random.chance(0.2)) right[key] = random.pick([...wrong, "https://elsewhere.example/x", "/", "ftp://x", "bytes 5-9/13"]);
  return right;
}

function body(random: Random): Uint8Array<ArrayBuffer> {
  if (random.chance(0.6)) return content;
  if (random.chance(0.1)) return new Uint8Array(1 << 20);
  return content.slice(0, random.integer(0, content.length));
}

function answer(random: Random, isListing: boolean): Response {
  if (random.chance(0.03)) throw new TypeError("fetch failed");
  const status = random.chance(0.75) ? 200 : random.pick([204, 206, 301, 302, 304, 307, 401, 403, 404, 408, 416, 429, 500, 503]);
  const empty = [204, 304].includes(status);
  if (!isListing || random.chance(0.05)) return new Response(empty ? null : body(random), { status, headers: headers(random) });
  const siblings = random.chance(0.3)
    ? Array.from({ length: random.integer(0, 2000) }, () => ({ rfilename: random.pick(names) }))
    : listing.siblings;
  const text = random.chance(0.6) ? JSON.stringify({ ...listing, siblings }) : changedJsonText(random, { ...listing, siblings });
  return new Response(empty ? null : text, { status, ...(random.chance(0.2) && { headers: headers(random) }) });
}

/** Hubs. */
export const hubs: Family = (random) => {
  const place = random.integer(0, 2 ** 30);
  return {
    kind: "hub",
    size: 1 << 20,
    run: async () => {
      const cache = join(home, `${place}`);
      const settings = hubSettings({ HF_HOME: cache, HF_ENDPOINT: "https://hub.example", HF_TOKEN: "hf_x", HF_HUB_OFFLINE: "" });
      const fetch = async (url: string | URL | Request): Promise<Response> => answer(random, String(url).includes("/api/"));
      const files = random.chance(0.5) ? ["config.json"] : undefined;
      try {
        await fetchModel("some-org/some-model", { settings, fetch, retries: random.integer(0, 3), retryDelayMs: 0, files });
      } finally {
        rmSync(cache, { recursive: true, force: true });
      }
    },
  };
};
