/** What a language says in place of what packages report. */
import type { FoleyErrorCode } from "@foley-control/core";

/** By code: the message, and what to do next. */
export type ErrorWords = Readonly<Record<FoleyErrorCode, readonly [message: string, hint: string]>>;
