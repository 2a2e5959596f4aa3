/** Boundary checks of this package: every message names the option. */
import { FoleyError } from "@foley-control/core";

/** Throws unless `value` is a finite number within the bounds (inclusive). Gives the value back. */
export function checkNumber(
  name: string,
  value: number,
  { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, above = Number.NEGATIVE_INFINITY } = {},
): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < min || value > max || value <= above) {
    const bounds = [
      above > Number.NEGATIVE_INFINITY ? `above ${above}` : "",
      min > Number.NEGATIVE_INFINITY ? `at least ${min}` : "",
      max < Number.POSITIVE_INFINITY ? `at most ${max}` : "",
    ].filter((part) => part !== "");
    throw new FoleyError(
      "invalid-argument",
      `${name} is ${String(value)}; it must be a finite number${bounds.length > 0 ? ` ${bounds.join(" and ")}` : ""}.`,
    );
  }
  return value;
}

/** Throws unless `steps` is an integer of at least `min`. Gives the value back. */
export function checkSteps(steps: number, min = 1): number {
  if (!Number.isSafeInteger(steps) || steps < min) {
    throw new FoleyError("invalid-argument", `steps is ${String(steps)}; it must be an integer of at least ${min}.`);
  }
  return steps;
}

/** Throws unless the levels are at least two finite numbers that fall strictly and end at 0 or above. */
export function checkLevels(name: string, levels: ArrayLike<number>): void {
  if (levels.length < 2) {
    throw new FoleyError("invalid-argument", `${name} has ${levels.length} entries; one step needs two.`);
  }
  for (let i = 0; i < levels.length; i++) {
    const level = checkNumber(`${name}[${i}]`, levels[i] as number, { min: 0 });
    if (i > 0 && level >= (levels[i - 1] as number)) {
      throw new FoleyError("invalid-argument", `${name}[${i}] is ${level}, not below ${name}[${i - 1}] = ${levels[i - 1]}.`);
    }
  }
}
