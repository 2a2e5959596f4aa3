/** Importer of sums over named axes, as products of matrices: axes that both sides have and the result keeps are the batch. */
import { elementCount, FoleyError, type GraphValue } from "@foley-control/core";
import * as f from "../../ops/functions.js";
import type { ImportedNode, Importer } from "../read-node.js";
import { integers, NODES_WORK } from "./helpers.js";

/** A value whose axes have names. */
interface Named {
  readonly value: GraphValue;
  readonly names: readonly string[];
}

const dots = /\.\.\./;

/** Letters of an equation: more than any number of values that is read has axes. */
const MAXIMUM_LENGTH = 4096;

/** Names of axes; what an ellipsis stands for is named by its place from the end. */
function namesOf(made: ImportedNode, term: string, rank: number): readonly string[] {
  const letters = term.replace(dots, "");
  const open = rank - letters.length;
  if (!/^[A-Za-z]*$/.test(letters) || open < 0 || (open > 0 && !dots.test(term)))
    throw new FoleyError("bad-file", `${made.what}: "${term.slice(0, 100)}" does not name ${rank} axes.`);
  return [...term.replace(dots, "…")].flatMap((letter) =>
    letter === "…" ? Array.from({ length: open }, (_, i) => `…${open - i}`) : [letter],
  );
}

/** An axis that is named twice is the diagonal. */
function withoutTwins({ value, names }: Named): Named {
  const twin = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twin < 0) return { value, names };
  const first = names.indexOf(names[twin] as string);
  const size = value.shape[first] as number;
  const rest = names.map((_, i) => i).filter((i) => i !== first && i !== twin);
  const turned = f.transpose(value, [first, twin, ...rest]);
  const list = f.reshape(turned, [size * size, ...turned.shape.slice(2)]);
  const diagonal = f.gather(list, integers(Array.from({ length: size }, (_, i) => i * (size + 1))));
  return withoutTwins({ value: diagonal, names: [names[first] as string, ...rest.map((i) => names[i] as string)] });
}

/** Sums away what nothing else has. */
function summed({ value, names }: Named, kept: (name: string) => boolean): Named {
  const gone = names.flatMap((name, i) => (kept(name) ? [] : [i]));
  return { value: f.sum(value, gone), names: names.filter(kept) };
}

/** Axes in the order of names, of size 1 where there is none. */
function ordered({ value, names }: Named, order: readonly string[]): GraphValue {
  const there = order.filter((name) => names.includes(name));
  const turned = f.transpose(
    value,
    there.map((name) => names.indexOf(name)),
  );
  return f.reshape(
    turned,
    order.map((name) => (names.includes(name) ? (value.shape[names.indexOf(name)] as number) : 1)),
  );
}

function joined(a: Named, b: Named, isKept: (name: string) => boolean): Named {
  const [left, right] = [
    summed(a, (name) => b.names.includes(name) || isKept(name)),
    summed(b, (name) => a.names.includes(name) || isKept(name)),
  ];
  const inBoth = left.names.filter((name) => right.names.includes(name));
  const [batch, inner] = [inBoth.filter(isKept), inBoth.filter((name) => !isKept(name))];
  const [rows, columns] = [
    left.names.filter((name) => !inBoth.includes(name)),
    right.names.filter((name) => !inBoth.includes(name)),
  ];
  const sizeOf = (name: string) =>
    Math.max(
      ...[left, right].flatMap(({ value, names }) => (names.includes(name) ? [value.shape[names.indexOf(name)] as number] : [])),
    );
  const count = (names: readonly string[]) => elementCount(names.map(sizeOf));
  // Sizes of 1 broadcast, along the axes that are summed as well.
  const wide = (x: GraphValue, order: readonly string[]) => f.expand(x, order.map(sizeOf));
  const y = f.matmul(
    f.reshape(wide(ordered(left, [...batch, ...rows, ...inner]), [...batch, ...rows, ...inner]), [
      count(batch),
      count(rows),
      count(inner),
    ]),
    f.reshape(wide(ordered(right, [...batch, ...inner, ...columns]), [...batch, ...inner, ...columns]), [
      count(batch),
      count(inner),
      count(columns),
    ]),
  );
  const names = [...batch, ...rows, ...columns];
  return { value: f.reshape(y, names.map(sizeOf)), names };
}

const einsum: Importer = (made) => {
  const text = made.text("equation", "").replace(/\s/g, "");
  if (text.length > MAXIMUM_LENGTH) throw made.unsupported(`an equation of ${text.length} letters is not supported.`);
  const [terms, wish] = text.split("->") as [string, string | undefined];
  const given = terms.split(",");
  if (given.length > 64) throw made.unsupported(`products of ${given.length} values are not supported.`);
  if (given.length !== made.inputs.length)
    throw new FoleyError("bad-file", `${made.what} names ${given.length} values and has ${made.inputs.length}.`);
  made.spend(NODES_WORK * given.length);
  const named = given.map((term, i) => ({ value: made.input(i), names: namesOf(made, term, made.input(i).shape.length) }));
  for (const { value, names } of named)
    if (new Set(names).size < names.length) made.spend(value.shape.reduce((sum, size) => sum + size, 0));
  const values = named.map(withoutTwins);
  const all = values.flatMap(({ names }) => names);
  const once = [...new Set(all)]
    .filter((name) => all.filter((other) => other === name).length === 1 && !name.startsWith("…"))
    .sort();
  // By place from the end, the farthest first.
  const open = [...new Set(all.filter((name) => name.startsWith("…")))].sort((a, b) => Number(b.slice(1)) - Number(a.slice(1)));
  const result =
    wish === undefined
      ? [...open, ...once]
      : [...wish.replace(dots, "…")].flatMap((letter) => (letter === "…" ? open : [letter]));
  if (result.some((name) => !all.includes(name)) || new Set(result).size !== result.length)
    throw new FoleyError("bad-file", `${made.what}: "${text.slice(0, 100)}" has a result of axes that are not there.`);
  const total = values.reduce((a, b, i) =>
    joined(a, b, (name) => result.includes(name) || values.slice(i + 1).some(({ names }) => names.includes(name))),
  );
  return [
    ordered(
      summed(total, (name) => result.includes(name)),
      result,
    ),
  ];
};

/** Rows by ONNX op type. */
export const einsumImporters: Readonly<Record<string, Importer>> = { Einsum: einsum };
