/** Whether the studio works without a network, as a part of the status line. */
import { useStore } from "zustand";
import { text } from "../../strings/text.js";
import { type Offline, offlineStore } from "../../sw/client.js";

/** The words. */
export function offlineWords(offline: Offline): string {
  if (offline.state === "starting") return text("offline.starting");
  if (offline.state === "ready") return text("offline.ready");
  if (offline.state === "storing") return text("offline.storing", { share: Math.floor((100 * offline.done) / offline.total) });
  const { failure } = offline;
  if (failure.what === "no-service-worker") return text("offline.none");
  return text("offline.failed", { reason: text(`offline.${failure.what}`, { ...failure }) });
}

/** See above. */
export function OfflineLine() {
  return <span>{useStore(offlineStore, ({ offline }) => offlineWords(offline))}</span>;
}
