/** Errors that survive duplicate copies of the package: checked by marker, not by class identity. */

const marker = Symbol.for("foley-control.error");

/** Machine-readable kind of a {@link FoleyError}. */
export type FoleyErrorCode =
  | "invalid-argument"
  | "shape-mismatch"
  | "unsupported"
  | "missing-dependency"
  | "bad-file"
  | "bad-weights"
  | "no-video"
  | "no-audio"
  | "too-long"
  | "not-writable"
  | "not-found"
  | "access-denied"
  | "download-failed"
  | "device-unavailable"
  | "disposed";

/** The one error class of the project: a sentence that says what was given, what was expected and what to do next. */
export class FoleyError extends Error {
  readonly [marker] = true;
  /** For programs to branch on. */
  readonly code: FoleyErrorCode;
  /** What to do next, one sentence; already part of `message`. */
  readonly hint: string | undefined;

  constructor(code: FoleyErrorCode, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(
      options.hint ? `${message} ${options.hint}` : message,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = "FoleyError";
    this.code = code;
    this.hint = options.hint;
  }

  /** True for any copy's FoleyError. */
  static isInstance(value: unknown): value is FoleyError {
    return typeof value === "object" && value !== null && (value as Record<symbol, unknown>)[marker] === true;
  }
}
