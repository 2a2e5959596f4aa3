import { expect, test } from "vitest";
import { DIGEST, keptBytes } from "./kept.js";

const address = new URL("https://host.example/assets/backbone.safetensors");
const store = (response: Response | undefined) => ({ match: async () => response });

test("what is kept and was compared is read; anything else is fetched", async () => {
  const kept = new Response(new Uint8Array([1, 2, 3]), { headers: { [DIGEST]: "00" } });
  expect(await keptBytes(address, store(kept))).toEqual(new Uint8Array([1, 2, 3]));
  expect(await keptBytes(address, store(new Response("of somebody else")))).toBeUndefined();
  expect(await keptBytes(address, store(undefined))).toBeUndefined();
});

test("a browser without this storage, or one that refuses it, is no error", async () => {
  expect(await keptBytes(address, undefined)).toBeUndefined();
  expect(await keptBytes(address, { match: () => Promise.reject(new Error("refused")) })).toBeUndefined();
});
