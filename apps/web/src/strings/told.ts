/**
 * Errors in the language of the page. What the studio says itself is of the catalogue; packages write English sentences and give a code. On a page in English
 * their sentence stands as it is; in another language the catalogue's words for the code stand there, and the sentence beside them, for who can use it.
 */
import { FoleyError, type FoleyErrorCode } from "@foley-control/core";
import { errorWords } from "./text.js";

/** What people are told of an error. */
export interface Told {
  readonly message: string;
  /** What to do next. */
  readonly hint: string | undefined;
  /** A package's own sentence, in English, on a page in another language. */
  readonly detail?: string | undefined;
}

/** What goes with a {@link ToldError}. */
interface ToldOptions {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  /** A package's own sentence that says more: it stands in for the message in English, and beside it in other languages. */
  readonly sentence?: string;
}

/** An error whose words are of the catalogue. */
export class ToldError extends FoleyError {
  /** See {@link ToldOptions}. */
  readonly detail: string | undefined;

  constructor(code: FoleyErrorCode, message: string, { sentence, ...options }: ToldOptions = {}) {
    const foreign = errorWords(code) !== undefined;
    super(code, foreign ? message : (sentence ?? message), options);
    this.detail = foreign ? sentence : undefined;
  }
}

/** The message of an error without what to do next, which is part of it. */
const withoutHint = ({ message, hint }: FoleyError): string =>
  hint !== undefined && message.endsWith(` ${hint}`) ? message.slice(0, -hint.length - 1) : message;

/** The words for an error. */
export function told(error: FoleyError): Told {
  if (error instanceof ToldError) return { message: withoutHint(error), hint: error.hint, detail: error.detail };
  const words = errorWords(error.code);
  if (words === undefined) return { message: withoutHint(error), hint: error.hint };
  return { message: words[0], hint: words[1], detail: error.message };
}
