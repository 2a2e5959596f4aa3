/** Numbers as people of the chosen language write them, and read as anybody writes them. */
import { chosenLanguage } from "./text.js";

/** The sign between whole and parts, which each language has one of. */
const signs = new Map<string, string>();
function decimalSign(): string {
  const language = chosenLanguage();
  const sign = signs.get(language) ?? new Intl.NumberFormat(language).format(0.5).charAt(1);
  signs.set(language, sign);
  return sign;
}

/** A number with so many digits behind the point or comma; without `digits`, with those that it has. */
export const decimal = (value: number, digits?: number): string =>
  (digits === undefined ? String(value) : value.toFixed(digits)).replace(".", decimalSign());

/** The number that a person typed, with a point or a comma; `undefined` for what is none. */
export function parseDecimal(written: string): number | undefined {
  const text = written.trim().replace(",", ".").replace("−", "-");
  return /^[-+]?(?:\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : undefined;
}

/** Bytes as megabytes. */
export function megabytes(bytes: number): string {
  const unit = bytes >= 1e9 ? "gigabyte" : "megabyte";
  const value = bytes / (unit === "gigabyte" ? 1e9 : 1e6);
  return value.toLocaleString(chosenLanguage(), { style: "unit", unit, maximumFractionDigits: 1 });
}
