// Starts the worker from TypeScript source in a checkout; a package has node-worker.js instead.
import { register } from "tsx/esm/api";

register();
await import("./worker.ts");
