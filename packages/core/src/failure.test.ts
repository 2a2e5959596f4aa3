/** Errors cross from a process with all that somebody decides by. */
import { expect, it } from "vitest";
import { FoleyError } from "./errors.js";
import { fromFailure, toFailure } from "./failure.js";

it("an error is the same on the other side: its code, its hint, and what the system refused", () => {
  const system = Object.assign(new Error("ENOSPC: no space left on device, write"), {
    code: "ENOSPC",
    syscall: "write",
    errno: -28,
  });
  const error = new FoleyError("not-writable", "It cannot be written.", { hint: "Choose another place.", cause: system });
  const crossed = fromFailure(structuredClone(toFailure(error))) as FoleyError;
  expect(crossed).toMatchObject({ code: "not-writable", message: error.message, hint: error.hint, stack: error.stack });
  expect(FoleyError.isInstance(crossed)).toBe(true);
  expect(crossed.cause).toMatchObject({ code: "ENOSPC", syscall: "write", message: system.message });
  expect(fromFailure(toFailure("thrown"))).toMatchObject({ name: "Error", message: "thrown" });
});
