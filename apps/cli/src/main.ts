#!/usr/bin/env node
/** The program `foley`: joins the commands to this process. */
import { processIo } from "./process-io.js";
import { run } from "./run.js";

const io = processIo();
process.exitCode = io.exitCode(await run(process.argv.slice(2), io));
