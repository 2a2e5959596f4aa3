/** Where the weights of a metric's network are published, and how a network of checked weights looks. */
import type { Graph, ParameterSource } from "@foley-control/core";
import type { OpenCheckpointOptions } from "@foley-control/weights";

/** Published weights of one network. The project ships none of them. */
export interface NetworkRelease {
  /** Name for people. */
  readonly title: string;
  /** Name of the file as published. */
  readonly file: string;
  /** Where the file is. */
  readonly url: string;
  /** Where it is described. */
  readonly page: string;
  /** Licence of the weights in a word; the page decides. */
  readonly licence: string;
  /** Whether the licence forbids commercial use. */
  readonly nonCommercial: boolean;
  /** How to open the file, so that its tensors have the names of the graph's parameters. */
  readonly checkpoint: OpenCheckpointOptions;
}

/** One network of a metric: its weights, checked, and the graph that reads them. */
export interface MetricNetwork<Options> {
  /** Identifier that features are cached under: the network and its size; on disk a digest of the weights is added. */
  readonly id: string;
  /** The weights; they stay where they are until a runtime reads them. */
  readonly weights: ParameterSource;
  /** Inputs and outputs are described where the network is made. */
  graph(options: Options): Graph;
}
