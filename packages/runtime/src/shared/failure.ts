/** Errors as plain data, so that they cross from a worker with code, hint and stack. */
import { FoleyError, type FoleyErrorCode } from "@foley-control/core";

/** An error as plain data. */
export interface Failure {
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code: FoleyErrorCode | undefined;
}

/** Error → plain data. */
export function toFailure(error: unknown): Failure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined, code: undefined };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack,
    code: FoleyError.isInstance(error) ? error.code : undefined,
  };
}

/** Plain data → error. */
export function fromFailure(failure: Failure): Error {
  const error = failure.code === undefined ? new Error(failure.message) : new FoleyError(failure.code, failure.message);
  if (failure.code === undefined) error.name = failure.name;
  if (failure.stack !== undefined) error.stack = failure.stack;
  return error;
}
