/** How the subcommands of `foley dataset` say what they found. */
import type { ClipOutcome } from "@foley-control/train";

/** Counts as a phrase; those that are 0 are left out, but for the prepared ones. */
export function outcomesText(counts: Readonly<Record<ClipOutcome, number>>): string {
  return (Object.entries(counts) as [ClipOutcome, number][])
    .filter(([outcome, count]) => count > 0 || outcome === "prepared")
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(", ");
}
