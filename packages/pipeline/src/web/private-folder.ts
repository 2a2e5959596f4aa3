/** The private file system of a page. */
import { FoleyError } from "@foley-control/core";

/**
 * A folder in it, made when it is missing.
 *
 * @throws FoleyError `unsupported` where the browser has none
 */
export async function privateFolder(name: string): Promise<FileSystemDirectoryHandle> {
  if (typeof navigator === "undefined" || typeof navigator.storage?.getDirectory !== "function")
    throw new FoleyError("unsupported", "This browser has no private file system, or the page is not served over https.", {
      hint: "Leave the option out, or use a current browser over https or on localhost.",
    });
  return (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
}
