/** What Node writes, for comparison. */
import { sample } from "./support/sample.js";

/** A page of everything. */
export async function samePage(): Promise<string> {
  return sample();
}
