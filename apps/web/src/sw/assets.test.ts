import { expect, test } from "vitest";
import { type Asset, assetAt, cuts, type EngineBuild, engineFor, engineOf, LARGEST_FILE, neededOffline } from "./assets.js";
import { mayReload, waits } from "./client.js";
import { addSent } from "./count.js";

const asset = (path: string, engine?: EngineBuild): Asset => ({ path, bytes: 1, sha256: "", ...(engine && { engine }) });

test("no part is larger than hosts take, and joined they are the file", () => {
  for (const bytes of [0, 1, LARGEST_FILE, LARGEST_FILE + 1, 26_781_914, 3 * LARGEST_FILE + 7]) {
    const parts = cuts(bytes);
    expect(parts.every(([from, to]) => to - from <= LARGEST_FILE)).toBe(true);
    expect(parts.slice(1).map(([from]) => from)).toEqual(parts.slice(0, -1).map(([, to]) => to));
    expect([parts[0]?.[0], parts.at(-1)?.[1]]).toEqual([0, bytes]);
  }
  expect(cuts(26_781_914)).toHaveLength(2);
});

test("an address means a file of the page's folder, wherever that is", () => {
  const assets = [asset("index.html"), asset("assets/a b.js")];
  const scope = "https://host.example/some/where/";
  const found = (address: string): string | undefined => assetAt(assets, address, scope)?.path;
  expect(found(scope)).toBe("index.html");
  expect(found(`${scope}?video=clip.mp4`)).toBe("index.html");
  expect(found(`${scope}assets/a%20b.js`)).toBe("assets/a b.js");
  expect(found("https://host.example/")).toBeUndefined();
  expect(found("https://other.example/some/where/")).toBeUndefined();
  expect(found(`${scope}video/clip.mp4`)).toBeUndefined();
});

test("a browser keeps the build of the engine that it uses, and no other", () => {
  expect(
    ["assets/ort-wasm-simd-threaded-Ab1.wasm", "ort-wasm-simd-threaded.asyncify-x.wasm", "x/ort-wasm.jspi.wasm", "a.wasm"].map(
      engineOf,
    ),
  ).toEqual(["wasm", "webgpu", "jspi", undefined]);
  expect(engineFor({ adapter: true, suspends: true })).toBe("jspi");
  expect(engineFor({ adapter: true, suspends: false })).toBe("webgpu");
  expect(engineFor({ adapter: false, suspends: true })).toBe("wasm");
  const assets = [asset("index.html"), asset("a", "wasm"), asset("b", "webgpu"), asset("c", "jspi")];
  expect(neededOffline(assets, new Set(["wasm"])).map(({ path }) => path)).toEqual(["index.html", "a"]);
});

test("a page is loaded again for its threads once at most", () => {
  expect(mayReload({ isolated: false, reloaded: false })).toBe(true);
  expect(mayReload({ isolated: false, reloaded: true })).toBe(false);
  expect(mayReload({ isolated: true, reloaded: false })).toBe(false);
});

test("requests are counted by where they go; what stays in the page is none", () => {
  let count = { since: 0, kept: 0, sent: {}, bodies: 0 };
  for (const [address, body] of [
    ["https://a.example/x", false],
    ["https://a.example/y", true],
    ["https://b.example/", false],
    ["blob:https://a.example/1", false],
    ["data:text/plain,x", false],
  ] as const)
    count = { ...addSent(count, address, body) };
  expect(count).toEqual({ since: 0, kept: 0, sent: { "https://a.example": 2, "https://b.example": 1 }, bodies: 1 });
});

test("a new version waits where another answers for the page; the first one of a browser is none, though Firefox calls it waiting", () => {
  const [old, installed, activating] = [{}, { state: "installed" }, { state: "activating" }] as const;
  expect(waits(installed, old)).toBe(true);
  expect(waits(installed, null)).toBe(false);
  expect(waits(installed, installed)).toBe(false);
  expect(waits(activating, activating)).toBe(false);
  expect(waits(activating, old)).toBe(false);
  expect(waits(null, old)).toBe(false);
});
