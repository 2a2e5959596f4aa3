/** Errors as plain data, so that they cross from a worker or a process with code, hint, cause and stack. */
import { FoleyError, type FoleyErrorCode } from "./errors.js";

/** An error as plain data. */
export interface Failure {
  /** Of the error's class. */
  readonly name: string;
  /** Of the error, the hint included. */
  readonly message: string;
  /** Where it was thrown. */
  readonly stack: string | undefined;
  /** Of a FoleyError; `undefined` for others. */
  readonly code: FoleyErrorCode | undefined;
  /** Of a FoleyError. */
  readonly hint?: string | undefined;
  /** Of what the system refused: its code, such as "ENOSPC", and the call. */
  readonly system?: { readonly code: string; readonly syscall: string } | undefined;
  /** What it was caused by. */
  readonly cause?: Failure | undefined;
}

/** Causes of causes that are kept. */
const MAXIMUM_DEPTH = 4;

/** Error → plain data. */
export function toFailure(error: unknown, depth = 0): Failure {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: undefined, code: undefined };
  const known = FoleyError.isInstance(error) ? error : undefined;
  const { name, message, stack, cause } = error;
  return {
    ...{ name, message, stack, code: known?.code, hint: known?.hint, system: known ? undefined : systemOf(error) },
    cause: cause === undefined || depth >= MAXIMUM_DEPTH ? undefined : toFailure(cause, depth + 1),
  };
}

function systemOf(error: Error): Failure["system"] {
  const { code, syscall } = error as { readonly code?: unknown; readonly syscall?: unknown };
  return typeof code === "string" && typeof syscall === "string" ? { code, syscall } : undefined;
}

/** Plain data → error. */
export function fromFailure({ name, message, stack, code, hint, system, cause }: Failure): Error {
  const options = cause === undefined ? {} : { cause: fromFailure(cause) };
  const bare = hint !== undefined && message.endsWith(` ${hint}`) ? message.slice(0, -hint.length - 1) : message;
  const error =
    code === undefined
      ? new Error(message, options)
      : new FoleyError(code, bare, { ...options, ...(bare !== message && { hint }) });
  if (code === undefined) error.name = name;
  if (system) Object.assign(error, system);
  if (stack !== undefined) error.stack = stack;
  return error;
}
