/** The worker that reads. What writes is not part of it: some bundlers put all that a worker may ever import into its one file. */
import { serveWorker } from "./serve-worker.js";

serveWorker(() => Promise.reject(new Error("This worker reads only.")));
