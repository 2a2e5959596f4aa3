/** Runs the TypeScript compiler over the type tests, so that a wrong axis order failing to compile is itself tested. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const folder = dirname(fileURLToPath(import.meta.url));
const file = join(folder, "tensor.test-d.ts");

/** Diagnostics of the file under the package's own compiler options, after `edit` of its text. */
function diagnose(edit: (text: string) => string): readonly ts.Diagnostic[] {
  const configPath = join(folder, "..", "tsconfig.json");
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(configPath, ts.sys.readFile).config,
    ts.sys,
    dirname(configPath),
  );
  const host = ts.createCompilerHost(options);
  const read = host.readFile;
  host.readFile = (path) => (path === file ? edit(read(path) ?? "") : read(path));
  const program = ts.createProgram([file], options, host);
  return ts.getPreEmitDiagnostics(program, program.getSourceFile(file));
}

// The compiler reads the standard library each time, which takes long on a busy machine.
describe("types of tensors", { timeout: 300_000 }, () => {
  it("reject wrong axes, dtypes and shapes at compile time", () => {
    expect(diagnose((text) => text).map((d) => ts.flattenDiagnosticMessageText(d.messageText, "\n"))).toEqual([]);
  });

  it("report one error per expectation once the expectations are removed", () => {
    let expectations = 0;
    const found = diagnose((text) =>
      text.replace(/@ts-expect-error/g, () => {
        expectations++;
        return "";
      }),
    );
    expect(expectations).toBeGreaterThan(9);
    const lines = new Set(found.map((d) => d.file?.getLineAndCharacterOfPosition(d.start ?? 0).line));
    expect(lines.size).toBe(expectations);
  });
});
