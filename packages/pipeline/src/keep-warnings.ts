/** What is odd is said, and stays with the take. */
import type { ProgressListener, Warning } from "@foley-control/core";

/** Hands events on, and keeps what is odd. */
export function keepingWarnings(warn: (warning: Warning) => void, onProgress: ProgressListener | undefined): ProgressListener {
  return (event) => {
    if (event.type === "warning") warn(event.warning);
    onProgress?.(event);
  };
}
