/**
 * Every device of this machine, each tried in a process of its own: drivers write where they like, keep threads, and the worst of them take
 * their process along.
 */
import type { Device, DeviceReport, EngineSettings } from "../shared/protocol.js";
import { processChannel } from "./process.js";

/** Starts an engine on a device, with its self-test, and ends it. */
export async function tryDevice(device: Device, settings: EngineSettings): Promise<DeviceReport> {
  const apart = processChannel();
  const outcome = await apart
    .request("start", { ...settings, device, threads: 1 })
    .then((report): DeviceReport => {
      if (report.device === device) return { device, available: true };
      return { device, available: false, reason: report.selfTest.reason ?? "The self-test failed." };
    })
    .catch((error: Error): DeviceReport => ({ device, available: false, reason: error.message }));
  await apart.close();
  const said = apart.said();
  return said === "" ? outcome : { ...outcome, said };
}
