/**
 * The documentation rule: every symbol that a package exports, and every public member of its interfaces and classes,
 * has a doc comment with a sentence in it. Asked of the TypeScript compiler, so that comments inherited from an
 * implemented contract count.
 */
import { relative, sep } from "node:path";
import ts from "typescript";
import { readEntries } from "./entries.js";
import type { WorkspacePackage } from "./workspace.js";

/** True when a doc comment says something besides its tags. */
function isDocumented(symbol: ts.Symbol, checker: ts.TypeChecker): boolean {
  return ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim().length > 0;
}

/** Members that a reader of the type sees; private, protected, `_internal` and computed symbol members left out. */
function publicMembers(declaration: ts.Declaration): readonly (ts.ClassElement | ts.TypeElement)[] {
  const body =
    ts.isInterfaceDeclaration(declaration) || ts.isClassDeclaration(declaration)
      ? declaration
      : ts.isTypeAliasDeclaration(declaration) && ts.isTypeLiteralNode(declaration.type)
        ? declaration.type
        : undefined;
  const members: readonly (ts.ClassElement | ts.TypeElement)[] = body?.members ?? [];
  return members.filter((member) => {
    if (!member.name || !(ts.isIdentifier(member.name) || ts.isStringLiteral(member.name))) return false;
    const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
    return (ts.getCombinedModifierFlags(member as ts.Declaration) & hidden) === 0 && !member.name.text.startsWith("_");
  });
}

/** Undocumented exports and members of one package, as `file:line name`. */
function checkPackage(checkout: string, item: WorkspacePackage, program: ts.Program, seen: Set<ts.Symbol>): readonly string[] {
  const checker = program.getTypeChecker();
  const failures: string[] = [];
  const own = `${item.folder}${sep}`;
  const check = (symbol: ts.Symbol, declaration: ts.Declaration, name: string) => {
    if (isDocumented(symbol, checker)) return;
    const file = declaration.getSourceFile();
    const line = file.getLineAndCharacterOfPosition(declaration.getStart(file)).line + 1;
    failures.push(`${relative(checkout, file.fileName)}:${line} ${name} has no doc comment`);
  };
  const checkModule = (module: ts.Symbol) => {
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declarations =
        symbol.declarations?.filter((declaration) => declaration.getSourceFile().fileName.startsWith(own)) ?? [];
      const first = declarations[0];
      if (!first || seen.has(symbol)) continue;
      seen.add(symbol);
      if (ts.isSourceFile(first)) {
        checkModule(symbol); // `export * as name`: what counts is what the name holds.
        continue;
      }
      check(symbol, first, exported.name);
      for (const declaration of declarations) {
        for (const member of publicMembers(declaration)) {
          const memberSymbol = member.name && checker.getSymbolAtLocation(member.name);
          if (!memberSymbol || seen.has(memberSymbol)) continue;
          seen.add(memberSymbol);
          check(memberSymbol, member as ts.Declaration, `${exported.name}.${memberSymbol.name}`);
        }
      }
    }
  };
  for (const entry of item.entries.values()) {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (!file) failures.push(`${relative(checkout, entry)}:1 is named in package.json but does not exist`);
    if (module) checkModule(module);
  }
  return failures;
}

/** Checks every package of a checkout that has exports. Empty means all is documented. */
export function checkDocs(checkout: string): readonly string[] {
  const { packages, program } = readEntries(checkout);
  const seen = new Set<ts.Symbol>();
  return packages.flatMap((item) => checkPackage(checkout, item, program, seen));
}
