/** What a language says in place of what packages report. */
import type { FoleyErrorCode, WarningCode } from "@foley-control/core";

/** By code: the message, and what to do next. */
export type ErrorWords = Readonly<Record<FoleyErrorCode, readonly [message: string, hint: string]>>;

/** By code: a sentence with the `{values}` of its warning. */
export type WarningWords = Readonly<Record<WarningCode, string>>;
