/** Libraries do not print: the muxing library's console is switched off; what matters reaches the caller as errors and warnings. */
import { Logging, LogLevel } from "mediabunny";

let done = false;

/** Silences the muxing library once; a level that an application sets later stays as set. */
export function quiet(): void {
  if (done) return;
  done = true;
  Logging.level = LogLevel.Silent;
}
