/** A clip to try the studio with: it comes with the page, and is kept beside the projects so that a reload finds it again. */
import { text } from "../strings/text.js";
import type { Dropped } from "./dropped.js";

const FOLDER = "sample";

/** The clip as a file. The handle is left out where the browser's own file system cannot be written so. */
export async function sampleVideo(): Promise<Dropped> {
  const response = await fetch("./sample.mp4");
  if (!response.ok) throw new Error(`sample.mp4: ${response.status}`);
  const bytes = await response.blob();
  const name = text("start.sampleName");
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle(FOLDER, { create: true });
    const handle = await folder.getFileHandle(name, { create: true });
    // What is there may be open in a project: written again it would be another file.
    if ((await handle.getFile()).size !== bytes.size) {
      const writable = await handle.createWritable();
      await writable.write(bytes);
      await writable.close();
    }
    return { file: await handle.getFile(), handle };
  } catch {
    return { file: new File([bytes], name, { type: "video/mp4" }) };
  }
}
