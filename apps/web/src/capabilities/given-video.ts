/** A video that `foley studio clip.mp4` was called with: the server that gave the page has it. */

/** The video that the page's address names, if one does and it can be had. It is asked for once: loading the page again does not open it again. */
export async function givenVideo(): Promise<File | undefined> {
  const name = new URLSearchParams(location.search).get("video");
  if (name === null || name === "") return undefined;
  history.replaceState(history.state, "", location.pathname);
  const response = await fetch(`./video/${encodeURIComponent(name)}`).catch(() => undefined);
  if (!response?.ok) return undefined;
  // Browsers keep large blobs on the disk.
  return new File([await response.blob()], name, { type: response.headers.get("content-type") ?? "" });
}
