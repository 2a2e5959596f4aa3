import { expect, it } from "vitest";
import { oneAhead } from "./ahead.js";

/** Counts until it is stopped, and says what it has begun. */
function counter(begun: number[], ended: unknown[]) {
  return async function* (signal: AbortSignal): AsyncGenerator<number, string, undefined> {
    try {
      for (let i = 0; i < 3; i++) {
        begun.push(i);
        await new Promise((resolve) => setTimeout(resolve, 1));
        signal.throwIfAborted();
        yield i;
      }
      return "all";
    } finally {
      ended.push(signal.reason);
    }
  };
}

it("makes the next one meanwhile, and no more", async () => {
  const [begun, seen]: [number[], number[]] = [[], []];
  const stream = oneAhead(counter(begun, []), undefined);
  let next = await stream.next();
  for (; !next.done; next = await stream.next()) {
    seen.push(next.value);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(begun).toHaveLength(Math.min(3, next.value + 2));
  }
  expect([seen, next.value]).toEqual([[0, 1, 2], "all"]);
});

it("stops the work when the loop is left, when the signal says so, and when it fails", async () => {
  const ended: unknown[] = [];
  for await (const _one of oneAhead(counter([], ended), undefined)) break;
  expect(ended).toHaveLength(1);
  const controller = new AbortController();
  const stream = oneAhead(counter([], ended), controller.signal);
  await stream.next();
  controller.abort(new Error("enough"));
  await expect(stream.next()).rejects.toThrow("enough");
  expect(ended).toHaveLength(2);
  const failing = oneAhead(async function* () {
    yield 1;
    throw new Error("broken");
  }, undefined);
  await failing.next();
  await expect(failing.next()).rejects.toThrow("broken");
});
