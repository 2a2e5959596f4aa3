import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { SmallModelFiles } from "../engine/engine.js";
import { createMemoryDisk } from "../storage/memory-disk.js";
import { bytesOf, download, lookUp, removeModel, storedModels } from "./hub.js";

const commit = "0123456789abcdef0123456789abcdef01234567";
const files = {
  "backbone.safetensors": new Uint8Array(9_000_000).map((_, i) => i % 251),
  "video-encoder.safetensors": new TextEncoder().encode("pictures"),
  "bridge.safetensors": new TextEncoder().encode("between"),
};
const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/** A hub of one model. `breaks` ends an answer early, `ranges` says whether it can go on in the middle, `lies` sends other bytes. */
function hub({ breaks = 0, ranges = true, lies = false } = {}) {
  const asked: string[] = [];
  let left = breaks;
  const fetch = async (address: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = String(address);
    const range = new Headers(init?.headers).get("range");
    asked.push(range ? `${url} ${range}` : url);
    if (url.startsWith("https://huggingface.co/api/models/some/one/revision/main")) {
      const siblings = Object.entries(files).map(([rfilename, bytes]) => ({
        rfilename,
        size: bytes.length,
        lfs: { sha256: sha256(bytes) },
      }));
      return Response.json({ sha: commit, cardData: { license: "mit" }, siblings });
    }
    const name = Object.keys(files).find((one) => url.endsWith(`/resolve/${commit}/${one}`)) as keyof typeof files | undefined;
    if (name === undefined) return new Response("", { status: 404 });
    const from = range && ranges ? Number(/\d+/.exec(range)?.[0]) : 0;
    const bytes = files[name].slice(from);
    if (lies) bytes[0] = 255 - (bytes[0] ?? 0);
    const short = name === "backbone.safetensors" && left-- > 0;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const most = short ? 5_000_000 : bytes.length;
        for (let at = 0; at < most; at += 1_000_000) controller.enqueue(bytes.subarray(at, Math.min(most, at + 1_000_000)));
        controller.close();
      },
    });
    return new Response(body, { status: from > 0 ? 206 : 200 });
  };
  return { asked, fetch: fetch as typeof globalThis.fetch };
}

test("a model is looked at before anything of it is fetched: licence, size, commit", async () => {
  const { fetch, asked } = hub();
  const model = await lookUp("some/one", { fetch });
  expect(model).toMatchObject({ repository: "some/one", commit, licence: "mit" });
  expect(bytesOf(model)).toBe(9_000_015);
  expect(asked).toHaveLength(1);
});

test.each(["nonsense", "../../etc", "some/none", "a/b/c"])("%s is refused in a sentence", async (name) => {
  await expect(lookUp(name, hub())).rejects.toMatchObject({ name: "FoleyError" });
});

test("it is fetched, checked, listed, used and removed", async () => {
  const disk = createMemoryDisk();
  const { fetch } = hub();
  const shares: number[] = [];
  const model = await lookUp("some/one", { fetch });
  const source = await download(model, disk, { fetch, onProgress: (share) => shares.push(share) });
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(sha256(((await source.files()) as SmallModelFiles).backbone as Uint8Array)).toBe(sha256(files["backbone.safetensors"]));
  expect((await storedModels(disk)).map(({ source: { name } }) => name)).toEqual(["some/one"]);
  await removeModel(model, disk);
  expect(disk.files.size).toBe(0);
});

test.each([true, false])(
  "what broke off goes on where it stopped (ranges: %s), and is not listed before it is whole",
  async (ranges) => {
    const disk = createMemoryDisk();
    const { fetch, asked } = hub({ breaks: 1, ranges });
    const model = await lookUp("some/one", { fetch });
    await expect(download(model, disk, { fetch })).rejects.toMatchObject({ code: "download-failed" });
    expect(await storedModels(disk)).toEqual([]);
    await download(model, disk, { fetch });
    expect(asked.at(-1)).toMatch(/backbone.* bytes=5000000-$/);
    expect(await storedModels(disk)).toHaveLength(1);
  },
);

test("other bytes than were announced are refused and thrown away", async () => {
  const disk = createMemoryDisk();
  const { fetch } = hub({ lies: true });
  await expect(download(await lookUp("some/one", { fetch }), disk, { fetch })).rejects.toMatchObject({ code: "download-failed" });
  expect(disk.files.size).toBe(0);
});
