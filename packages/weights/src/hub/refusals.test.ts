/** What a hub refuses, and what is refused of a hub. */
import type { ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { downloadFile } from "./download.js";
import { filesBelow } from "./fetch-model.js";
import { failure, files, folder, get, repository, settings, the, token, useTestHub } from "./hub.test-support.js";
import { startTestHub } from "./hub-server.test-support.js";

useTestHub();

describe("who may read", () => {
  it("the token goes to the hub and to no other host, and is in no message", async () => {
    await the.hub.close();
    the.hub = await startTestHub(repository, files, { token });
    await get({ settings: settings({ HF_TOKEN: token }) });
    const sent = new Map(the.hub.seen.map(({ host, authorization }) => [host, authorization]));
    expect(Object.fromEntries(sent)).toEqual({ hub: `Bearer ${token}`, store: undefined });
    the.hub.fault = (_, response) => {
      response.writeHead(500, { "x-error-message": token }).end(token);
      return true;
    };
    const error = await failure(get({ settings: settings({ HF_TOKEN: token }), retries: 0 }, `${repository}@refs/pr/1`));
    expect(JSON.stringify([error.message, String(error.cause), error.stack])).not.toContain(token);
  });
  it("says what to do about conditions, tokens, names, revisions and files", async () => {
    const message = async (work: Promise<unknown>) => {
      const { code, message: text } = await failure(work);
      return `${code}: ${text}`;
    };
    expect(await message(get({}, "some-org/another"))).toMatch(
      /^not-found: 127.* knows no model some-org\/another.*set HF_TOKEN/,
    );
    expect(await message(get({}, `${repository}@v9`))).toMatch(/^not-found: .*no branch, tag or commit "v9"/);
    expect(await message(get({ files: ["no.bin"] }))).toMatch(/^not-found: .*has no file "no\.bin"\. It has model\.safetensors/);
    await the.hub.close();
    the.hub = await startTestHub(repository, files, { token });
    const gated = await message(get());
    expect(gated).toMatch(/^access-denied: .*accepted its conditions\. Open http.*\/some-org\/some-model, log in and accept/);
    expect(gated).toContain(`make a token at ${the.hub.endpoint}/settings/tokens, and set HF_TOKEN`);
    expect(await message(get({ settings: settings({ HF_TOKEN: "hf_other" }) }))).toMatch(/^access-denied: .*with the account/);
    the.hub.fault = (_, response) => {
      response.writeHead(401, { "x-error-message": "Invalid credentials in Authorization header" }).end();
      return true;
    };
    expect(await message(get({ settings: settings({ HF_TOKEN: "hf_old" }) }))).toMatch(/does not accept the access token/);
  });
});

describe("hostile hubs", () => {
  const announce = (headers: Record<string, string>): void => {
    the.hub.fault = ({ method }, response) => {
      if (method === "HEAD") response.writeHead(200, headers).end();
      return method === "HEAD";
    };
  };
  it("names of files and ETags stay inside the cache", async () => {
    for (const file of ["../../../evil", "a/../../b", "/etc/passwd", "a\\..\\b", "a//b", "c:/x"]) {
      the.hub.fault = ({ path }, response) => {
        if (path.startsWith("/api"))
          response.writeHead(200).end(JSON.stringify({ sha: the.hub.commit, siblings: [{ rfilename: file }] }));
        return path.startsWith("/api");
      };
      expect((await failure(get({ files: [file] }))).message).toMatch(/not a path inside a repository/);
    }
    announce({ "x-linked-etag": '"../../evil"', "x-linked-size": "4" });
    expect((await failure(get())).message).toMatch(/cannot name a file/);
    the.hub.fault = (_, response) => {
      response.writeHead(200).end(JSON.stringify({ sha: "../../x", siblings: [] }));
      return true;
    };
    expect((await failure(get())).message).toMatch(/does not answer as a hub does/);
    expect(await filesBelow(the.home)).toEqual([]);
  });
  it("what is promised must be checkable, and fit on the disk", async () => {
    announce({ etag: '"whatever"' });
    expect((await failure(get())).message).toMatch(/neither a digest nor the size/);
    announce({ "x-linked-etag": `"${"a".repeat(64)}"`, "x-linked-size": "900000000000000" });
    const error = await failure(get());
    expect([error.code, error.message]).toEqual(["not-writable", expect.stringMatching(/needs 900000\.00 GB/)]);
  });
  it("what could steer a terminal is left out of what is told", async () => {
    the.hub.fault = ({ path }, response) => {
      const siblings = [{ rfilename: "config.json" }, { rfilename: "\u001b[2J" }];
      if (path.startsWith("/api"))
        response.end(JSON.stringify({ sha: the.hub.commit, siblings, cardData: { license: "\u001b[2J" } }));
      return path.startsWith("/api");
    };
    expect((await failure(get())).message).toMatch(/there are config\.json\.$/);
    expect((await get({ files: ["config.json"] })).licence).toBeUndefined();
  });
  it("answers have an end: listings in bytes, files and names", async () => {
    const answer = (write: (response: ServerResponse) => void): void => {
      the.hub.fault = ({ path }, response) => {
        if (path.startsWith("/api")) write(response);
        return path.startsWith("/api");
      };
    };
    answer((response) => {
      const more = (): void => void (response.write("[".repeat(1 << 20)) ? setImmediate(more) : response.once("drain", more));
      more();
    });
    expect(await failure(get())).toMatchObject({
      code: "download-failed",
      message: expect.stringMatching(/more than 16777216 bytes/),
    });
    answer((response) => response.end(`{"sha":${"[".repeat(1e6)}`));
    expect((await failure(get())).message).toMatch(/does not answer as a hub does/);
    const parts = Array.from(
      { length: 900 },
      (_, i) => `${"x".repeat(400)}-${String(i + 1).padStart(5, "0")}-of-00999.safetensors`,
    );
    answer((response) =>
      response.end(JSON.stringify({ sha: the.hub.commit, siblings: parts.map((rfilename) => ({ rfilename })) })),
    );
    const missing = await failure(get({ files: Array.from({ length: 1000 }, (_, i) => `part-${i}`) }));
    expect(missing.message).toMatch(/"part-0", "part-1", .*… \(1000 in all\)/);
    expect(missing.message.length).toBeLessThan(12_000);
  });
  it("a file that drips counts as lost, however long it could go on", async () => {
    the.hub.fault = ({ host }, response) => {
      if (host !== "store") return false;
      response.writeHead(200, { "content-length": String(files["model.safetensors"].length) });
      const drip = setInterval(() => response.write("x"), 20);
      response.on("close", () => clearInterval(drip));
      return true;
    };
    const client = { settings: settings(), fetch, retries: 1, retryDelayMs: 1, stallMs: 100, signal: undefined };
    const wanted = { folder: folder(), repository, commit: the.hub.commit, file: "model.safetensors" };
    expect((await failure(downloadFile(client, wanted))).message).toMatch(/next to nothing for long/);
  });
  it("redirects in circles end", async () => {
    the.hub.fault = ({ path }, response) => {
      response.writeHead(307, { location: path }).end();
      return true;
    };
    expect((await failure(get())).message).toMatch(/redirects in a circle/);
  });
});
