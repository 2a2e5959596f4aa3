/** What a file refers to: every form of import, as the compiler sees it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import ts from "typescript";

/** One import, export-from, dynamic import or `new URL(…, import.meta.url)` of a file. */
export interface Reference {
  readonly specifier: string;
  /** 1-based. */
  readonly line: number;
  /** Erased by the compiler: it needs no module at run time. */
  readonly typeOnly: boolean;
  /** `new URL(…)`: a worker, which runs apart. */
  readonly isUrl: boolean;
}

/** References of files that were read; several checks ask for the same ones. */
const known = new Map<string, readonly Reference[]>();

/** What a file refers to, in order. */
export function readReferences(path: string): readonly Reference[] {
  const references = known.get(path) ?? parseReferences(path, readFileSync(path, "utf8"));
  known.set(path, references);
  return references;
}

/** What a text refers to, in order. */
export function parseReferences(path: string, text: string): readonly Reference[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const found: Reference[] = [];
  const add = (node: ts.Expression | undefined, typeOnly: boolean, isUrl = false) => {
    if (!node || !ts.isStringLiteralLike(node)) return;
    const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
    found.push({ specifier: node.text, line: line + 1, typeOnly, isUrl });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      const bindings = node.importClause?.namedBindings;
      const namesAreTypes =
        node.importClause?.name === undefined &&
        bindings !== undefined &&
        ts.isNamedImports(bindings) &&
        bindings.elements.length > 0 &&
        bindings.elements.every((element) => element.isTypeOnly);
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || namesAreTypes);
    } else if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node.argument.literal as ts.Expression, true);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node.arguments[0], false);
    } else if (
      ts.isNewExpression(node) &&
      node.expression.getText(file) === "URL" &&
      node.arguments?.[1]?.getText(file) === "import.meta.url"
    ) {
      const target = node.arguments[0];
      if (target && ts.isStringLiteralLike(target) && /^\.{1,2}\/.*\.js$/.test(target.text)) add(target, false, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** The source file behind a relative specifier (`./x.js` → `./x.ts`); undefined when it is not a source file. */
export function resolveRelative(from: string, specifier: string): string | undefined {
  const target = resolve(dirname(from), specifier);
  return [target.replace(/\.js$/, ".ts"), target.replace(/\.js$/, ".tsx"), `${target}.ts`, join(target, "index.ts")].find(
    (path) => existsSync(path),
  );
}
