/** What is stored, and what computes. */

/** What is stored, and what computes. */
export function ModelsDialog() {
  return null;
}
