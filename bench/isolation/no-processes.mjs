// Loaded before a program: it can start no other process by `fork`, so that media are read in the program itself, as where there is no such process.
import childProcess from "node:child_process";
import { syncBuiltinESMExports } from "node:module";

childProcess.fork = () => {
  throw new Error("No process is started here.");
};
syncBuiltinESMExports();
