/** How a graph of checked weights looks. */
import type { Graph, ParameterSource } from "@foley-control/core";

/** Sizes that a graph is made for. */
export interface NetworkSizes {
  /** Pieces, windows, clips, sounds or texts at once: the first axis of every input. Default 1. */
  readonly batch?: number;
  /** Frames of a sound, for networks that hear more than one length. Default: those of the benchmark. */
  readonly frames?: number;
}

/** Heads of the attentions by what they serve, which no tensor tells; for networks of another width than the released one. */
export type NetworkHeads = Readonly<Partial<Record<"sound" | "video" | "text" | "pair", number | undefined>>>;

/** One graph of a network: its weights, checked, and what reads them. */
export interface MetricNetwork {
  /** Identifier that features are cached under: the network and its size; on disk a digest of the weights is added. */
  readonly id: string;
  /** The weights; they stay where they are until a runtime reads them. */
  readonly weights: ParameterSource;
  /** Inputs and outputs are described where the network is made. */
  graph(sizes: NetworkSizes): Graph;
}
