/**
 * Code that pages print is code that works: every block of TypeScript or JavaScript of a README or a guide compiles as its reader's compiler would
 * have it, every block of JSON can be parsed. `js` blocks are plain JavaScript, and none has syntax that the lowest Node we support does not know.
 *
 * What stands in a comment before a block: `<!-- given: declare const latents: Float32Array; -->` is what the text says is there already,
 * `<!-- continues -->` puts the block before it in front, `<!-- not run: why -->` is for the test that runs them (code-blocks.slow.test.ts).
 */
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";
import { markdownFiles } from "./links.js";
import { sourceCondition } from "./workspace.js";

/** A block of a page. */
export interface CodeBlock {
  /** Path of the page, relative to the checkout. */
  readonly page: string;
  /** Line of the page on which its code begins, from 1. */
  readonly line: number;
  /** Language as the fence names it. */
  readonly language: string;
  readonly code: string;
  /** What stands before the code when it is compiled or run: blocks that it continues, and what is given. */
  readonly before: string;
  /** Whether something is given that is not there when it is run. */
  readonly given: boolean;
  /** Why it is not run, if the page says so. */
  readonly notRun: string | undefined;
}

/** Languages that are compiled. */
const COMPILED = new Set(["ts", "js"]);

/** The blocks of a page. */
export function codeBlocks(page: string, text: string): readonly CodeBlock[] {
  const blocks: CodeBlock[] = [];
  for (const match of text.matchAll(/((?:^<!--(?:(?!-->)[\s\S])*-->\n+)*)^```(\w+)\n([\s\S]*?)^```$/gm)) {
    const [whole, comments = "", language = "", code = ""] = match;
    const said = (what: string): string | undefined => new RegExp(`<!-- ${what}:?\\s*([\\s\\S]*?)\\s*-->`).exec(comments)?.[1];
    const given = said("given");
    const last = said("continues") === undefined ? undefined : blocks.findLast((block) => COMPILED.has(block.language));
    blocks.push({
      page,
      line: text.slice(0, match.index + whole.indexOf("```")).split("\n").length + 1,
      language,
      code,
      before: `${last ? last.before + last.code : ""}${given === undefined ? "" : `${given}\n`}`,
      given: given !== undefined || last?.given === true,
      notRun: said("not run") ?? last?.notRun,
    });
  }
  return blocks;
}

/** Pages whose code is checked: READMEs and guides. */
export const pagesWithCode = (checkout: string): readonly string[] =>
  markdownFiles(checkout)
    .map((path) => relative(checkout, path).replaceAll("\\", "/"))
    .filter((path) => /(^|\/)README\.md$|^docs\/guides\//.test(path) && !path.startsWith("."))
    .sort();

/** Compiler settings of somebody who begins a project today, with the sources in the place of the packages. */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts", "lib.dom.asynciterable.d.ts", "lib.esnext.disposable.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: [sourceCondition],
  strict: true,
  allowJs: true,
  checkJs: true,
  skipLibCheck: true,
  noEmit: true,
  types: ["node"],
};

/** What is wrong with the code of a checkout's pages, as `file:line …`. Empty means all of it works as printed. */
export function checkCodeBlocks(checkout: string): readonly string[] {
  const blocks = pagesWithCode(checkout).flatMap((page) => codeBlocks(page, readFileSync(join(checkout, page), "utf8")));
  return [
    ...blocks.filter(({ language }) => language === "json").flatMap(jsonFailures),
    ...compileFailures(
      checkout,
      blocks.filter(({ language }) => COMPILED.has(language)),
    ),
  ];
}

function jsonFailures({ page, line, code }: CodeBlock): readonly string[] {
  try {
    JSON.parse(code);
    return [];
  } catch (error) {
    return [`${page}:${line} is no JSON: ${(error as Error).message}`];
  }
}

function compileFailures(checkout: string, blocks: readonly CodeBlock[]): readonly string[] {
  // Each is a file of its own beside its page, where it would find what the page's package finds.
  const files = new Map(
    blocks.map((block) => [
      join(checkout, `${block.page}.${block.line}.${block.language === "js" ? "mjs" : "mts"}`).replaceAll("\\", "/"),
      block,
    ]),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = (path) => files.has(path) || fileExists(path);
  host.getSourceFile = (path, ...more) => {
    const block = files.get(path);
    return block
      ? ts.createSourceFile(path, `${block.before}${block.code}\nexport {};\n`, more[0], true)
      : getSourceFile(path, ...more);
  };
  const cache = ts.createModuleResolutionCache(checkout, (name) => name, options);
  host.resolveModuleNameLiterals = (literals, from, _redirected, settings) =>
    literals.map(({ text }) =>
      // What our own sources import of other projects is looked at where they are checked.
      files.has(from) || /^(\.|@foley-control\/)/.test(text) || from.includes("/node_modules/")
        ? ts.resolveModuleName(text, files.has(from) ? join(checkout, "page.ts") : from, settings, host, cache)
        : { resolvedModule: undefined },
    );
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([path, block]) => {
    const file = program.getSourceFile(path);
    if (!file) return [`${block.page}:${block.line} could not be read`];
    const skipped = block.before.split("\n").length - 1;
    const lineOf = (position: number): number =>
      Math.max(block.line, block.line + file.getLineAndCharacterOfPosition(position).line - skipped);
    return [
      ...[...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
        ({ start = 0, messageText }) => `${block.page}:${lineOf(start)} ${ts.flattenDiagnosticMessageText(messageText, " ")}`,
      ),
      ...usingDeclarations(file).map(
        (start) => `${block.page}:${lineOf(start)} declares with \`using\`, which Node 20 cannot read: call dispose()`,
      ),
    ];
  });
}

/** Where a file declares with `using` or `await using`. */
function usingDeclarations(file: ts.SourceFile): readonly number[] {
  const found: number[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclarationList(node) && (node.flags & ts.NodeFlags.Using) !== 0) found.push(node.getStart(file));
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
