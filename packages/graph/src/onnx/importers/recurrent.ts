/** Importers of recurrent layers, written out step by step: the number of steps is known, so that they are a network like any other. */
import type { GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { NODES_WORK } from "./helpers.js";

/** What a direction goes over, in its order: each step's share of the input [batch, gates·width], and the weights that states meet. */
interface Direction {
  readonly steps: readonly GraphValue[];
  /** [width, gates·width]. */
  readonly recurrent: GraphValue;
  /** What is added where states meet them; [gates·width]. */
  readonly bias: GraphValue | undefined;
  readonly peepholes: GraphValue | undefined;
  readonly states: readonly GraphValue[];
  readonly width: number;
}

/** One step: states before → states after, the first of which is the result. */
type Step = (share: GraphValue, states: readonly GraphValue[], direction: Direction) => readonly GraphValue[];

/** A kind of layer. */
interface Kind {
  readonly gates: number;
  readonly states: number;
  readonly activations: readonly string[];
  readonly step: (made: ImportedNode) => Step;
}

const parts = (x: GraphValue, count: number): readonly GraphValue[] => {
  const axis = x.shape.length - 1;
  const size = (x.shape[axis] as number) / count;
  return f.split(x, new Array<number>(count).fill(size), axis);
};

const met = (state: GraphValue, { recurrent, bias }: Direction): GraphValue => {
  const y = f.matmul(state, recurrent);
  return bias ? f.add(y, bias) : y;
};

const plain: Kind = {
  gates: 1,
  states: 1,
  activations: ["Tanh"],
  step: () => (share, states, direction) => [f.tanh(f.add(share, met(states[0] as GraphValue, direction)))],
};

/** Cho et al. 2014; gates: update, reset, hidden. */
const gated: Kind = {
  gates: 3,
  states: 1,
  activations: ["Sigmoid", "Tanh"],
  step: (made) => {
    const resetsLast = made.int("linear_before_reset", 0) !== 0;
    return (share, [state], direction) => {
      const old = state as GraphValue;
      const [shareZ, shareR, shareH] = parts(share, 3) as [GraphValue, GraphValue, GraphValue];
      const [stateZ, stateR, stateH] = parts(met(old, direction), 3) as [GraphValue, GraphValue, GraphValue];
      const [z, r] = [f.sigmoid(f.add(shareZ, stateZ)), f.sigmoid(f.add(shareR, stateR))];
      const inner = () => {
        const weights = parts(direction.recurrent, 3)[2] as GraphValue;
        const y = f.matmul(f.multiply(r, old), weights);
        return direction.bias ? f.add(y, parts(direction.bias, 3)[2] as GraphValue) : y;
      };
      const h = f.tanh(f.add(shareH, resetsLast ? f.multiply(r, stateH) : inner()));
      return [f.add(f.multiply(f.subtract(1, z), h), f.multiply(z, old))];
    };
  },
};

/** Hochreiter & Schmidhuber 1997; gates: input, output, forget, cell. Peepholes let the cell into the gates. */
const longShort: Kind = {
  gates: 4,
  states: 2,
  activations: ["Sigmoid", "Tanh", "Tanh"],
  step: () => (share, states, direction) => {
    const [old, cell] = states as readonly [GraphValue, GraphValue];
    const [i, o, forget, c] = parts(f.add(share, met(old, direction)), 4) as [GraphValue, GraphValue, GraphValue, GraphValue];
    const holes = direction.peepholes && (parts(direction.peepholes, 3) as [GraphValue, GraphValue, GraphValue]);
    const seen = (gate: GraphValue, hole: 0 | 1 | 2, of: GraphValue) =>
      f.sigmoid(holes ? f.add(gate, f.multiply(holes[hole], of)) : gate);
    const next = f.add(f.multiply(seen(forget, 2, cell), cell), f.multiply(seen(i, 0, cell), f.tanh(c)));
    return [f.multiply(seen(o, 1, next), f.tanh(next)), next];
  },
};

function checkUse(made: ImportedNode, { activations }: Kind, steps: number): void {
  const lengths = made.inputs[4] ? made.known(4) : undefined;
  if (lengths?.some((length) => length !== steps)) throw made.unsupported("sequences of different lengths are not supported.");
  const given = made.texts("activations");
  if (given.some((name, i) => name !== activations[i % activations.length]))
    throw made.unsupported(`the activations ${given.slice(0, 6).join(", ")} are not supported.`);
  if (made.has("clip") || made.int("input_forget", 0) !== 0)
    throw made.unsupported("clipped gates and joined ones are not supported.");
}

// @__NO_SIDE_EFFECTS__
const recurrent =
  (kind: Kind): Importer =>
  (made) => {
    const isBatchFirst = made.int("layout", 0) !== 0;
    const x = isBatchFirst ? f.transpose(made.input(0), [1, 0, 2]) : made.input(0);
    const [length, batch] = x.shape as readonly [number, number, number];
    checkUse(made, kind, length);
    const rule = made.text("direction", "forward");
    const directions = rule === "bidirectional" ? 2 : 1;
    made.spend(length * directions * NODES_WORK);
    const width = made.input(2).shape[2] as number;
    const own = (value: GraphValue, at: number) => {
      const one = f.slice(value, 0, at, at + 1);
      return f.reshape(one, one.shape.slice(1));
    };
    const first = [5, 6].slice(0, kind.states).map((index) => {
      const given = made.inputs[index];
      if (!given) return f.zeros([directions, batch, width], x.dtype);
      return isBatchFirst ? f.transpose(given, [1, 0, 2]) : given;
    });
    const step = kind.step(made);
    const runs = Array.from({ length: directions }, (_, at) => {
      const biases = made.inputs[3] && (parts(own(made.inputs[3], at), 2) as [GraphValue, GraphValue]);
      const all = f.matmul(x, f.transposeLast(own(made.input(1), at)));
      const shares = f
        .split(biases ? f.add(all, biases[0]) : all, new Array<number>(length).fill(1), 0)
        .map((one) => f.reshape(one, one.shape.slice(1)));
      const isBackwards = rule === "reverse" || at === 1;
      const direction: Direction = {
        steps: isBackwards ? shares.reverse() : shares,
        recurrent: f.transposeLast(own(made.input(2), at)),
        bias: biases?.[1],
        peepholes: made.inputs[7] && own(made.inputs[7], at),
        states: first.map((state) => own(state, at)),
        width,
      };
      let { states } = direction;
      const results = direction.steps.map((share) => {
        states = step(share, states, direction);
        return f.reshape(states[0] as GraphValue, [1, 1, batch, width]);
      });
      return { y: f.concat(isBackwards ? results.reverse() : results, 0), states };
    });
    const y = f.concat(
      runs.map((run) => run.y),
      1,
    );
    const last = Array.from({ length: kind.states }, (_, i) => {
      const joined = f.concat(
        runs.map((run) => f.reshape(run.states[i] as GraphValue, [1, batch, width])),
        0,
      );
      return isBatchFirst ? f.transpose(joined, [1, 0, 2]) : joined;
    });
    return [isBatchFirst ? f.transpose(y, [2, 0, 1, 3]) : y, ...last];
  };

/** Rows by ONNX op type. */
export const recurrentImporters: Readonly<Record<string, Importer>> = /* @__PURE__ */ (() => ({
  RNN: recurrent(plain),
  GRU: recurrent(gated),
  LSTM: recurrent(longShort),
}))();
