/**
 * What is known of a way in which models are released, as data: how its files are told from others, how they are laid out, and which
 * models are published in it. Such a row stands beside the networks that read it; nothing here knows any.
 */

/** One way to lay a model out; paths inside the repository or folder, with `/`. */
export interface FileLayout {
  /** Files that must be there, weights first. */
  readonly needs: readonly string[];
  /** Files that are used where they are there. */
  readonly takes?: readonly string[];
}

/** A published model. Its licence is that of the weights, in a word; its page decides. */
export interface PublishedModel {
  /** `org/name` on the hub, or the file name of a checkpoint that is published elsewhere. */
  readonly id: string;
  /** Name for people. */
  readonly title: string;
  /** Prefixes of parameter names → the part that they belong to. */
  readonly parts: Readonly<Record<string, string>>;
  /** Licence of the weights. */
  readonly licence: string;
  /** Whether its page asks to accept conditions before the files are served. */
  readonly gated: boolean;
  /** Where it is described. */
  readonly page: string;
  /** Where the one file is, for a checkpoint that is not on the hub. */
  readonly url?: string;
}

/** Files that a named model has in one repository of the hub. */
export interface NamedPart {
  /** `org/name` on the hub. */
  readonly repository: string;
  /** How they may be laid out, the best way first. */
  readonly layouts: readonly FileLayout[];
}

/** A model that is asked for by one word, where a repository holds several, or where its files lie in several repositories. */
export interface NamedModel {
  /** The word. */
  readonly name: string;
  /** Name for people. */
  readonly title: string;
  /** Where its files are. The first file of the first part is what its opener is given. */
  readonly parts: readonly NamedPart[];
  /** All of its files together, bytes, about. */
  readonly bytes: number;
  /** Licence of the weights, in a word. */
  readonly licence: string;
  /** Whether the licence forbids commercial use: then it is accepted before anything is fetched. */
  readonly nonCommercial: boolean;
  /** Where it is described. */
  readonly page: string;
}

/** What lies at a path, or at a place of the hub. */
export interface FoundFiles {
  /** Name of the file that it is; `undefined` for a folder. */
  readonly file: string | undefined;
  /** Paths below the folder, with `/`; empty for a file. */
  readonly files: readonly string[];
  /** A JSON file of the folder; `undefined` where there is none that can be read. */
  json(path: string): Promise<unknown>;
}

/** One way in which models are released. */
export interface Release {
  /** What is expected to be found, for a person who gave something else: "a folder with …". */
  readonly looks: string;
  /** Whether files are of this kind. */
  recognises(found: FoundFiles): boolean | Promise<boolean>;
  /** How its files may be laid out, the best way first; a listing says which parts of split weights there are. */
  layouts(there: readonly string[]): readonly FileLayout[];
  /** Other models that it needs and that do not lie in these files, by id. Default: none. */
  needs?(there: readonly string[]): readonly string[];
  /** Models that are published so. */
  readonly published: readonly PublishedModel[];
  /** Those that are asked for by one word. Default: none. */
  readonly named?: readonly NamedModel[];
}

/** The files of a model that count. */
export interface ModelFiles {
  /** What to have, in the order to fetch it: what makes the set whole comes last. */
  readonly files: readonly string[];
  /** Those of them that are not there. */
  readonly missing: readonly string[];
}

/**
 * Chooses from a listing what a model needs: the first layout that is there whole, so never the same weights twice.
 *
 * @param layouts - at least one
 * @param there - paths inside the repository or folder, with `/`
 * @returns where no layout is whole, the one that lacks the smallest share
 */
export function chooseLayout(layouts: readonly FileLayout[], there: readonly string[]): ModelFiles {
  const names = new Set(there);
  const fits = layouts.map(({ needs, takes = [] }) => {
    const missing = needs.filter((file) => !names.has(file));
    return { files: [...takes.filter((file) => names.has(file)), ...needs], missing, share: missing.length / needs.length };
  });
  const { files, missing } = fits.reduce((best, fit) => (fit.share < best.share ? fit : best));
  return { files, missing };
}

/** `NAME.safetensors`, and where a listing has parts `NAME-00001-of-00003.safetensors` and their index, those too. */
export function safetensorsFiles(name: string, there: readonly string[]): readonly (readonly string[])[] {
  const index = `${name}.safetensors.index.json`;
  const part = there.map((file) => /^(.+)-(\d{5})-of-(\d{5})\.safetensors$/.exec(file)).find((match) => match?.[1] === name);
  if (!part || !there.includes(index)) return [[`${name}.safetensors`]];
  const count = part[3] as string;
  // The number comes out of a listing; no release has as many parts.
  const length = Math.min(Number(count), 1000);
  const parts = Array.from({ length }, (_, i) => `${name}-${String(i + 1).padStart(5, "0")}-of-${count}.safetensors`);
  return [[`${name}.safetensors`], [...parts, index]];
}
