/**
 * What an entry offers, as text: every export by name with its type, and the types seen through them that have no name outside. Read off the
 * declarations, comments and bodies left out; the compiler is asked only where a type is not written down.
 */
import { sep } from "node:path";
import ts from "typescript";
import { type Entries, type Exported, exportsOf, moduleExports } from "./entries.js";
import type { WorkspacePackage } from "./workspace.js";

const printer = ts.createPrinter({ removeComments: true });
const nodeFlags =
  ts.NodeBuilderFlags.NoTruncation |
  ts.NodeBuilderFlags.MultilineObjectLiterals |
  ts.NodeBuilderFlags.UseAliasDefinedOutsideCurrentScope;

/** The report of each entry of a package, by export subpath. */
export function reportPackage(entries: Entries, item: WorkspacePackage): ReadonlyMap<string, string> {
  const checker = entries.program.getTypeChecker();
  const lists = new Map([...item.entries].map(([subpath, file]) => [subpath, exportsOf(entries, file)]));
  const named = new Set(
    [...lists.values()].flatMap((list) => list.flatMap(({ symbol }) => [symbol, ...inside(checker, symbol)])),
  );
  const shownIn = new Map<ts.Symbol, string>();
  const reports = new Map<string, string>();
  for (const [subpath, list] of lists) {
    const asIn = new Map<string, string[]>();
    const blocks: string[] = [];
    const hidden = new Map<string, ts.Symbol>();
    for (const one of list) {
      const owner = shownIn.get(one.symbol) ?? foreignOwner(entries, item, one.symbol);
      if (owner !== undefined) asIn.set(owner, [...(asIn.get(owner) ?? []), one.name]);
      else {
        blocks.push(exportText(checker, one));
        for (const [name, symbol] of unnamedTypes(checker, item, one.symbol, named)) hidden.set(name, symbol);
      }
      shownIn.set(one.symbol, owner ?? subpath);
    }
    const seen = new Set<ts.Symbol>();
    for (const symbol of hidden.values()) {
      seen.add(symbol);
      for (const [name, further] of unnamedTypes(checker, item, symbol, named)) if (!seen.has(further)) hidden.set(name, further);
    }
    const values = list.filter(({ symbol }) => symbol.flags & ts.SymbolFlags.Value).length;
    const parts = [
      `${item.manifest.name}${subpath.slice(1)}: ${values} values, ${list.length - values} types`,
      ...[...asIn].map(([owner, names]) =>
        names.length === lists.get(owner)?.length ? `all of ${owner}` : [`of ${owner}:`, ...names].join("\n    "),
      ),
      ...blocks,
    ];
    if (hidden.size > 0) {
      const texts = [...hidden]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, symbol]) => exportText(checker, { name, symbol }));
      parts.push("seen through these, without a name outside:", ...texts);
    }
    reports.set(subpath, `${parts.reduce((text, part) => `${text}${isLine(text) && isLine(part) ? "\n" : "\n\n"}${part}`)}\n`);
  }
  return reports;
}

/** Whether a text ends with a declaration of one line. */
const isLine = (text: string): boolean => /(^|\n)[^\n ]+ [^\n]*;$/.test(text);

/** What a namespace holds; nothing for anything else. */
function inside(checker: ts.TypeChecker, symbol: ts.Symbol): readonly ts.Symbol[] {
  return symbol.declarations?.some(ts.isSourceFile) ? moduleExports(checker, symbol).map((one) => one.symbol) : [];
}

/** The package that a re-exported symbol belongs to, when it is another one. */
function foreignOwner({ packages }: Entries, item: WorkspacePackage, symbol: ts.Symbol): string | undefined {
  const file = symbol.declarations?.[0]?.getSourceFile().fileName;
  const owner = file === undefined ? undefined : packages.find(({ folder }) => file.startsWith(`${folder}${sep}`));
  return owner === undefined || owner === item ? undefined : owner.manifest.name;
}

function exportText(checker: ts.TypeChecker, { name, symbol }: Exported): string {
  const declarations = symbol.declarations ?? [];
  if (declarations.some(ts.isSourceFile)) {
    const parts = moduleExports(checker, symbol).map((one) => exportText(checker, one).replace(/^/gm, "    "));
    return `namespace ${name} {\n${parts.join("\n")}\n}`;
  }
  const overloads = declarations.filter((one) => ts.isFunctionDeclaration(one) && one.body === undefined);
  const shown = overloads.length > 0 ? overloads : declarations;
  return shown.map((declaration) => declarationText(checker, name, declaration)).join("\n");
}

function declarationText(checker: ts.TypeChecker, name: string, declaration: ts.Declaration): string {
  const print = (node: ts.Node): string => printer.printNode(ts.EmitHint.Unspecified, node, declaration.getSourceFile());
  const { factory } = ts;
  if (ts.isFunctionDeclaration(declaration)) {
    const { typeParameters, parameters } = declaration;
    const result = declaration.type ?? returnType(checker, declaration);
    const inputs = parameters.map((one) => parameterNode(checker, one));
    return print(factory.createFunctionDeclaration(undefined, undefined, name, typeParameters, inputs, result, undefined));
  }
  if (ts.isInterfaceDeclaration(declaration)) {
    const { typeParameters, heritageClauses, members } = declaration;
    return print(factory.createInterfaceDeclaration(undefined, name, typeParameters, heritageClauses, members));
  }
  if (ts.isTypeAliasDeclaration(declaration))
    return print(factory.createTypeAliasDeclaration(undefined, name, declaration.typeParameters, declaration.type));
  if (ts.isClassDeclaration(declaration)) {
    const { typeParameters, heritageClauses } = declaration;
    const members = declaration.members.filter(isPublic).map((member) => memberNode(checker, member));
    return print(factory.createClassDeclaration(undefined, name, typeParameters, heritageClauses, members));
  }
  if (ts.isVariableDeclaration(declaration) && declaration.type) return `const ${name}: ${print(declaration.type)};`;
  const type = checker.getTypeAtLocation(declaration);
  // What other projects made has no type here: how it is made says as much.
  if (type.flags & ts.TypeFlags.Any && ts.isVariableDeclaration(declaration) && declaration.initializer)
    return `const ${name} = ${print(declaration.initializer)};`;
  const node = checker.typeToTypeNode(type, declaration, nodeFlags);
  return `const ${name}: ${node ? print(node) : "unknown"};`;
}

function returnType(checker: ts.TypeChecker, declaration: ts.SignatureDeclaration): ts.TypeNode | undefined {
  const signature = checker.getSignatureFromDeclaration(declaration);
  return signature && checker.typeToTypeNode(checker.getReturnTypeOfSignature(signature), declaration, nodeFlags);
}

/** A parameter as a caller sees it: its default is only that it may be left out. */
function parameterNode(checker: ts.TypeChecker, parameter: ts.ParameterDeclaration): ts.ParameterDeclaration {
  const { dotDotDotToken, initializer, questionToken } = parameter;
  const type = parameter.type ?? checker.typeToTypeNode(checker.getTypeAtLocation(parameter), parameter, nodeFlags);
  const optional = initializer ? ts.factory.createToken(ts.SyntaxKind.QuestionToken) : questionToken;
  const name = ts.isIdentifier(parameter.name) ? parameter.name : "options";
  return ts.factory.createParameterDeclaration(undefined, dotDotDotToken, name, optional, type, undefined);
}

function isPublic(member: ts.ClassElement): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  const name = member.name;
  if (ts.isClassStaticBlockDeclaration(member) || (name && ts.isPrivateIdentifier(name))) return false;
  return (ts.getCombinedModifierFlags(member) & hidden) === 0;
}

/** A member of a class without its body or value. */
function memberNode(checker: ts.TypeChecker, member: ts.ClassElement): ts.ClassElement {
  const { factory } = ts;
  const kept = ts.canHaveModifiers(member)
    ? ts
        .getModifiers(member)
        ?.filter(({ kind }) => kind === ts.SyntaxKind.StaticKeyword || kind === ts.SyntaxKind.ReadonlyKeyword)
    : undefined;
  const inputs = () => (member as ts.MethodDeclaration).parameters.map((one) => parameterNode(checker, one));
  if (ts.isConstructorDeclaration(member)) return factory.createConstructorDeclaration(undefined, inputs(), undefined);
  if (ts.isMethodDeclaration(member)) {
    const { name, questionToken, typeParameters } = member;
    const result = member.type ?? returnType(checker, member);
    return factory.createMethodDeclaration(kept, undefined, name, questionToken, typeParameters, inputs(), result, undefined);
  }
  if (ts.isGetAccessorDeclaration(member)) {
    const result = member.type ?? returnType(checker, member);
    return factory.createGetAccessorDeclaration(kept, member.name, [], result, undefined);
  }
  if (ts.isPropertyDeclaration(member)) {
    const type = member.type ?? checker.typeToTypeNode(checker.getTypeAtLocation(member), member, nodeFlags);
    return factory.createPropertyDeclaration(kept, member.name, member.questionToken, type, undefined);
  }
  return member;
}

/** Types of the package that a declaration mentions and no entry names; bodies, values and private members are not looked into. */
function unnamedTypes(
  checker: ts.TypeChecker,
  item: WorkspacePackage,
  symbol: ts.Symbol,
  named: ReadonlySet<ts.Symbol>,
): readonly (readonly [string, ts.Symbol])[] {
  const found: (readonly [string, ts.Symbol])[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isBlock(node) || (ts.isClassElement(node) && !isPublic(node))) return;
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node) || ts.isTypeQueryNode(node)) {
      const mentioned = ts.isTypeReferenceNode(node) ? node.typeName : ts.isTypeQueryNode(node) ? node.exprName : node.expression;
      const at = checker.getSymbolAtLocation(mentioned);
      const target = at && at.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(at) : at;
      const own = target?.declarations?.[0]?.getSourceFile().fileName.startsWith(`${item.folder}${sep}`);
      if (target && own && !(target.flags & ts.SymbolFlags.TypeParameter) && !named.has(target) && target !== symbol)
        found.push([target.name, target]);
    }
    ts.forEachChild(node, visit);
  };
  for (const declaration of symbol.declarations ?? []) {
    if (ts.isSourceFile(declaration)) {
      for (const one of inside(checker, symbol)) found.push(...unnamedTypes(checker, item, one, named));
    } else if (!ts.isVariableDeclaration(declaration)) visit(declaration);
    else if (declaration.type) visit(declaration.type);
  }
  return found;
}
