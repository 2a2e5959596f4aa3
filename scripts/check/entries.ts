/** What the entries of the packages export, asked of the TypeScript compiler once for all checks that want to know. */
import ts from "typescript";
import { readWorkspace, sourceCondition, type WorkspacePackage } from "./workspace.js";

/**
 * Compiler settings under which every package's entries resolve to source. Of libraries only the language's own are read, and nothing of
 * other projects, which takes a third of the time: whether types are right is asked elsewhere. What they are called here is what our own
 * files say.
 */
const options: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  customConditions: [sourceCondition],
  noEmit: true,
  types: [],
};

/** Reads the workspace's own modules alone. */
function ownModules(): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const cache = ts.createModuleResolutionCache(host.getCurrentDirectory(), (name) => name, options);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) =>
      /^(\.|@foley-control\/)/.test(text)
        ? ts.resolveModuleName(text, from, options, host, cache)
        : { resolvedModule: undefined },
    );
  return host;
}

/** The packages of a checkout that have entries, and a compiler that has read them. */
export interface Entries {
  readonly packages: readonly WorkspacePackage[];
  readonly program: ts.Program;
}

const known = new Map<string, Entries>();

/** Reads the entries of every package of a checkout. */
export function readEntries(checkout: string): Entries {
  const packages = readWorkspace(checkout).filter((item) => item.entries.size > 0);
  const entries = known.get(checkout) ?? {
    packages,
    program: ts.createProgram(
      packages.flatMap((item) => [...item.entries.values()]),
      options,
      ownModules(),
    ),
  };
  known.set(checkout, entries);
  return entries;
}

/** The packages that others can get. */
export function publishedPackages({ packages }: Entries): readonly WorkspacePackage[] {
  return packages.filter(({ manifest }) => !manifest.private);
}

/** An exported name, and what it stands for. */
export interface Exported {
  readonly name: string;
  /** Behind all re-exports. */
  readonly symbol: ts.Symbol;
}

/** What a file exports, by name. */
export function exportsOf({ program }: Entries, file: string): readonly Exported[] {
  const checker = program.getTypeChecker();
  const source = program.getSourceFile(file);
  const module = source && checker.getSymbolAtLocation(source);
  return module ? moduleExports(checker, module) : [];
}

/** What a module exports, by name. */
export function moduleExports(checker: ts.TypeChecker, module: ts.Symbol): readonly Exported[] {
  return checker
    .getExportsOfModule(module)
    .map((symbol) => ({
      name: symbol.name,
      symbol: symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
