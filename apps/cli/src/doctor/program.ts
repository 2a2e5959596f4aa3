/** `foley doctor` as a command line; what it does is loaded when it is called. */
import type { Command } from "commander";
import { addCommand } from "../command.js";
import type { Io } from "../io.js";
import { partsOptions } from "../parts/options.js";

/** Adds the command. */
export function addDoctor(program: Command, io: Io): void {
  const command = addCommand(program, "doctor", "check this machine: Node, runtime and its self-test, video codecs, weights");
  partsOptions(command, "model", "device")
    .addHelpText("after", "\nExample:\n  foley doctor --json")
    .action(async (options) => (await import("./doctor.js")).doctor(options, io));
}
