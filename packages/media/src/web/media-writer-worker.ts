/** The worker that reads a file to write it anew. */
import { loadWriters, writers } from "../write/load-encoders.js";
import { serveWorker } from "./serve-worker.js";

serveWorker(async () => {
  await loadWriters();
  return writers();
});
