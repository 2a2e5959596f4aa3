/** A browser's process: started with a profile, known by the address that it prints, ended for good. */
import { spawn } from "node:child_process";

/** A process that runs. */
export interface BrowserProcess {
  /** Where it is driven, a WebSocket. */
  readonly address: string;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** Starts a browser and waits for `listening on ws://…`. */
export async function startBrowser(path: string, args: readonly string[]): Promise<BrowserProcess> {
  // A group of its own, so that its helpers end with it.
  const child = spawn(path, args, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const kill = async (): Promise<void> => {
    process.off("exit", end);
    end();
    await ended;
  };
  const end = (): void => {
    try {
      process.kill(-(child.pid as number), "SIGKILL");
    } catch {
      // It is gone.
    }
  };
  process.once("exit", end);
  let said = "";
  const address = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`${path} did not start within 60 s: ${said}`)), 60_000);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${path} ended with ${code}: ${said}`)));
    child.stderr.on("data", (data: Buffer) => {
      said = (said + data.toString()).slice(-4000);
      const found = /listening on (ws:\S+)/.exec(said)?.[1];
      if (found === undefined) return;
      clearTimeout(late);
      resolve(found);
    });
  }).catch(async (error: unknown) => {
    await kill();
    throw error;
  });
  return { address, kill };
}
