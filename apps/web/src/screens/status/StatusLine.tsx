/** What this machine can do, in one line: what computes, where things are kept, whether it works without a network. */
import { MachineLine } from "../privacy/MachineLine.js";
import { EngineStatus } from "./EngineStatus.js";
import { StorageStatus } from "./StorageStatus.js";

/** The line. */
export function StatusLine() {
  return (
    <footer>
      <MachineLine>
        <EngineStatus />
        <StorageStatus />
      </MachineLine>
    </footer>
  );
}
