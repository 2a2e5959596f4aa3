/** Numbers as people of the chosen language write them. */

/** Bytes as megabytes. */
export function megabytes(bytes: number): string {
  const unit = bytes >= 1e9 ? "gigabyte" : "megabyte";
  const value = bytes / (unit === "gigabyte" ? 1e9 : 1e6);
  return value.toLocaleString(document.documentElement.lang, { style: "unit", unit, maximumFractionDigits: 1 });
}
