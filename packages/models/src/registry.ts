/** What is known of models: the ways in which each kind is released, as the packages of their networks list them. */
import { BACKBONE_RELEASES, TEXT_ENCODER_RELEASES } from "@foley-control/audio-backbone";
import { BRIDGE_RELEASE } from "@foley-control/bridge";
import { VIDEO_ENCODER_RELEASES } from "@foley-control/video-encoder";
import {
  chooseLayout,
  type FileLayout,
  type ModelFiles,
  type NamedModel,
  type PublishedModel,
  type Release,
} from "@foley-control/weights";

/** The rows of each kind of model. */
export const RELEASES = {
  "audio-backbone": BACKBONE_RELEASES,
  "text-encoder": TEXT_ENCODER_RELEASES,
  "video-encoder": VIDEO_ENCODER_RELEASES,
  bridge: { bridge: BRIDGE_RELEASE },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Release>>>>;

/** What a model is used as. */
export type ModelKind = keyof typeof RELEASES;

/** A published model that fits one of the contracts. */
export interface KnownModel extends PublishedModel {
  /** The contract that it fills. */
  readonly kind: ModelKind;
  /** The way in which it is released. */
  readonly release: Release;
}

/** Every model that is known by name. */
export const KNOWN_MODELS: readonly KnownModel[] = Object.freeze(
  (Object.keys(RELEASES) as ModelKind[]).flatMap((kind) =>
    releasesOf(kind).flatMap((release) => release.published.map((model) => ({ ...model, kind, release }))),
  ),
);

/** Every model that is asked for by one word, with its kind. */
export const NAMED_MODELS: readonly (NamedModel & { readonly kind: ModelKind })[] = Object.freeze(
  (Object.keys(RELEASES) as ModelKind[]).flatMap((kind) =>
    releasesOf(kind).flatMap(({ named = [] }) => named.map((model) => ({ ...model, kind }))),
  ),
);

/** The model that a word asks for. */
export const namedModel = (word: string): (typeof NAMED_MODELS)[number] | undefined =>
  NAMED_MODELS.find(({ name }) => name === word);

/** The known model of an id, or of the name of a checkpoint; names differ in case (`vitg`, `vitG`). */
export function knownModel(id: string): KnownModel | undefined {
  return KNOWN_MODELS.find((model) => model.id === id);
}

/** The ways in which a kind of model is released. */
export function releasesOf(kind: ModelKind): readonly Release[] {
  return Object.values(RELEASES[kind]);
}

/** The layouts of a kind of model, by a listing of files. */
export const layoutsOf = (kind: ModelKind, there: readonly string[]): readonly FileLayout[] =>
  releasesOf(kind).flatMap((release) => release.layouts(there));

/**
 * Chooses from a listing what a model of a kind needs: the first layout that is there whole, so never the same weights twice.
 *
 * @param there - paths inside the repository or folder, with `/`
 * @returns where no layout is whole, the one that lacks the smallest share
 */
export const modelFiles = (kind: ModelKind, there: readonly string[]): ModelFiles => chooseLayout(layoutsOf(kind, there), there);
