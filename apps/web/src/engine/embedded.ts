/** The model that the studio brings. A module of its own, so that the addresses of its files are no part of the first script. */
import { miniWeights } from "@foley-control/mini/weights";
import { keptBytes } from "../sw/kept.js";
import type { SmallModelFiles } from "./engine.js";

/** Its files: their bytes where they are kept in this browser, else where they are. */
export async function embeddedFiles(): Promise<SmallModelFiles> {
  const { backbone, encoder, bridge } = miniWeights;
  const [first, second, third] = await Promise.all(
    [backbone, encoder, bridge].map(async (address) => (await keptBytes(address)) ?? address),
  );
  return { backbone: first ?? backbone, encoder: second ?? encoder, bridge: third ?? bridge };
}
