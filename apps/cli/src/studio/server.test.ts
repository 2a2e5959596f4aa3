import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type StudioServer, serveStudio } from "./server.js";

let folder: string;
let server: StudioServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "foley-studio-test-"));
  const site = join(folder, "site");
  await mkdir(join(site, "assets"), { recursive: true });
  await writeFile(join(site, "index.html"), "<!doctype html>studio");
  await writeFile(join(site, "headers.json"), JSON.stringify({ "cross-origin-embedder-policy": "require-corp" }));
  await writeFile(join(site, "assets", "a.js"), "0123456789");
  await writeFile(join(site, "assets", "engine.wasm.part0"), "abcde");
  await writeFile(join(site, "assets", "engine.wasm.part1"), "fgh");
  await writeFile(join(folder, "secret.txt"), "secret");
  await symlink(join(folder, "secret.txt"), join(site, "link.txt"));
  await writeFile(join(folder, "ä clip.mp4"), "video");
  server = await serveStudio({ site, video: { path: join(folder, "ä clip.mp4"), name: "ä clip.mp4" } });
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const get = (path: string, init?: RequestInit): Promise<Response> => fetch(server.origin + path, init);

/** What a client that does not tidy up paths gets. */
const raw = (line: string, host = "127.0.0.1"): Promise<string> =>
  new Promise((done) => {
    const socket = connect(Number(new URL(server.origin).port), "127.0.0.1");
    let said = "";
    socket.on("data", (data) => {
      said += data;
    });
    socket.on("close", () => done(said));
    socket.write(`${line}\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
  });

test("the page comes with the headers for threads, the video by its name, and a file that was cut in one piece", async () => {
  const page = await get("/?video=x");
  expect(await page.text()).toBe("<!doctype html>studio");
  expect(page.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  expect(page.headers.get("cache-control")).toBe("no-cache");
  expect(await (await get(`/video/${encodeURIComponent("ä clip.mp4")}`)).text()).toBe("video");
  const engine = await get("/assets/engine.wasm");
  expect([engine.headers.get("content-type"), await engine.text()]).toEqual(["application/wasm", "abcdefgh"]);
});

test("nothing from outside of the folder, by no spelling", async () => {
  for (const path of [
    "/../secret.txt",
    "/%2e%2e/secret.txt",
    "/..%2fsecret.txt",
    "/assets/../../secret.txt",
    "//../secret.txt",
    "/link.txt",
    "/secret.txt",
    "/video/secret.txt",
    "/video/..%2fsecret.txt",
    "/assets",
    "/%00",
    "/..\\secret.txt",
  ]) {
    const said = await raw(`GET ${path} HTTP/1.1`);
    expect(said, path).not.toContain("secret\r");
    expect(said, path).toMatch(/^HTTP\/1.1 (400|404)/);
    expect(said, path).not.toMatch(/\r\n\r\nsecret$/);
  }
  expect(await raw("GET /%zz HTTP/1.1")).toMatch(/^HTTP\/1.1 400/);
});

test("parts of a file, across where it was cut, and none where there is nothing", async () => {
  const part = async (path: string, range: string): Promise<unknown> => {
    const response = await get(path, { headers: { range } });
    return [response.status, response.headers.get("content-range"), response.status === 206 ? await response.text() : ""];
  };
  expect(await part("/assets/a.js", "bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
  expect(await part("/assets/a.js", "bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
  expect(await part("/assets/a.js", "bytes=-3")).toEqual([206, "bytes 7-9/10", "789"]);
  expect(await part("/assets/a.js", "bytes=8-99")).toEqual([206, "bytes 8-9/10", "89"]);
  expect(await part("/assets/engine.wasm", "bytes=3-6")).toEqual([206, "bytes 3-6/8", "defg"]);
  expect(await part("/assets/a.js", "bytes=10-")).toEqual([416, "bytes */10", ""]);
  expect(await part("/assets/a.js", "bytes=1-2,4-5")).toEqual([200, null, ""]);
});

test("HEAD has the headers alone, what is unchanged is not sent again, and nothing can be written", async () => {
  const head = await get("/assets/a.js", { method: "HEAD" });
  expect([head.status, head.headers.get("content-length"), await head.text()]).toEqual([200, "10", ""]);
  const again = await get("/assets/a.js", { headers: { "if-none-match": head.headers.get("etag") ?? "" } });
  expect(again.status).toBe(304);
  for (const method of ["POST", "PUT", "DELETE"]) {
    const refused = await get("/", { method });
    expect([refused.status, refused.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  }
});

test("a page of another name that leads to this machine gets nothing", async () => {
  expect(await raw("GET / HTTP/1.1", "evil.example")).toMatch(/^HTTP\/1.1 421/);
  expect(await raw("GET / HTTP/1.1", "localhost:1")).toMatch(/^HTTP\/1.1 200/);
});

test("a port that is taken is a sentence; a client that goes away ends nothing", async () => {
  const port = Number(new URL(server.origin).port);
  await expect(serveStudio({ site: folder, port })).rejects.toThrow(`The port ${port} is in use.`);
  await new Promise<void>((done) => {
    const going = request(`${server.origin}/assets/a.js`, () => going.destroy());
    going.on("close", () => done());
    going.on("error", () => undefined);
    going.end();
  });
  expect((await get("/")).status).toBe(200);
});
