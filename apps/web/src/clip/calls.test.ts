/** Questions and answers over a channel: parts in order, errors with their code, calling off. */
import { FoleyError } from "@foley-control/core";
import { expect, it } from "vitest";
import { createAsker, serveAnswers, type WorkerPort } from "./calls.js";

function pair(): [WorkerPort, WorkerPort] {
  const { port1, port2 } = new MessageChannel();
  for (const port of [port1, port2]) {
    port.start();
    (port as unknown as { unref(): void }).unref?.();
  }
  return [port1 as WorkerPort, port2 as WorkerPort];
}

it("answers with parts, values and failures, and stops what is called off", async () => {
  const [page, worker] = pair();
  let stopped = false;
  serveAnswers(worker, {
    count: async (given: number, { tell }) => {
      for (let i = 0; i < given; i++) tell(i);
      return "done";
    },
    fail: () => Promise.reject(new FoleyError("bad-file", "It is empty.", { hint: "Copy it again." })),
    wait: (_given: undefined, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          stopped = true;
          reject(signal.reason as Error);
        });
      }),
  });
  const asker = createAsker(page);
  const items: number[] = [];
  expect(await asker.ask("count", 3, { onItem: (value: number) => items.push(value) })).toBe("done");
  expect(items).toEqual([0, 1, 2]);
  await expect(asker.ask("fail", undefined)).rejects.toMatchObject({ code: "bad-file", hint: "Copy it again." });
  const controller = new AbortController();
  const waiting = asker.ask("wait", undefined, { signal: controller.signal });
  controller.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  await asker.ask("count", 0);
  expect(stopped).toBe(true);
  asker.end(new Error("closed"));
  await expect(asker.ask("count", 1)).rejects.toThrow("closed");
});
