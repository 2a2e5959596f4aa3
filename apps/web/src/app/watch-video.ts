/** Notices that a video was changed, moved or removed while it is open: a browser says nothing by itself, it only refuses the next read. */

/**
 * Looks whenever the page is looked at again. `again` gives the file as it is now where there is a handle. `onChanged` is called once.
 *
 * @returns stops looking
 */
export function watchVideo(file: File, again: () => Promise<File | undefined>, onChanged: () => void): () => void {
  let done = false;
  const look = async (): Promise<void> => {
    if (done || document.visibilityState !== "visible") return;
    const readable = await file
      .slice(0, 1)
      .arrayBuffer()
      .then(
        ({ byteLength }) => byteLength > 0,
        () => false,
      );
    const now = await again();
    const same = now === undefined || (now.size === file.size && now.lastModified === file.lastModified);
    if (done || (readable && same)) return;
    done = true;
    onChanged();
  };
  const listener = (): void => void look();
  document.addEventListener("visibilitychange", listener);
  window.addEventListener("focus", listener);
  return () => {
    done = true;
    document.removeEventListener("visibilitychange", listener);
    window.removeEventListener("focus", listener);
  };
}
