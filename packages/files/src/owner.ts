/** Which process something on a disk belongs to, and whether that process has ended. */
import { hostname } from "node:os";

/** Whether a process was one of this machine and is no more. Of other machines nobody here can tell. */
export function hasEnded(pid: string, host: string): boolean {
  if (host !== hostname() || !/^[1-9]\d*$/.test(pid)) return false;
  try {
    process.kill(Number(pid), 0); // asks, does not kill
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
