/** Where hub and cache are, by the words that Python reads. */

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubSettings } from "../node.js";
import { settings, the, useTestHub } from "./hub.test-support.js";

useTestHub();

describe("settings", () => {
  it("the cache is where Python looks, in Python's order", () => {
    const all = { HF_HUB_CACHE: "/a", HUGGINGFACE_HUB_CACHE: "/b", HF_HOME: "/c", XDG_CACHE_HOME: "/d", HOME: "/e" };
    const cacheOf = (env: Record<string, string>) => hubSettings(env).cache;
    expect(cacheOf(all)).toBe("/a");
    expect(cacheOf({ ...all, HF_HUB_CACHE: "" })).toBe("/b");
    expect(cacheOf({ HF_HOME: "/c", XDG_CACHE_HOME: "/d" })).toBe("/c/hub");
    expect(cacheOf({ XDG_CACHE_HOME: "/d" })).toBe("/d/huggingface/hub");
    expect(cacheOf({})).toMatch(/\/\.cache\/huggingface\/hub$/);
    expect(cacheOf({ HF_HUB_CACHE: "$BASE/x", BASE: "/f" })).toBe("/f/x");
  });
  it("the token is that of the environment, else that of the log-in; offline has Python's words", async () => {
    await writeFile(join(the.home, "token"), " hf_stored\n");
    expect(settings().token()).toBe("hf_stored");
    expect(settings({ HF_TOKEN: "hf_env" }).token()).toBe("hf_env");
    expect(settings({ HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" }).token()).toBeUndefined();
    expect(() => settings({ HF_TOKEN: "hf_a\nb" }).token()).toThrow(/characters that no token has/);
    expect(["1", "ON", "yes", "True", "0", ""].map((value) => settings({ HF_HUB_OFFLINE: value }).offline)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(() => settings({ HF_ENDPOINT: "file:///etc" })).toThrow(/HF_ENDPOINT/);
  });
});
