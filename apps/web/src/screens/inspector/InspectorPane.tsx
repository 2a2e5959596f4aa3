/** Prompt and settings of what is chosen. */

/** Prompt and settings of what is chosen. */
export function InspectorPane() {
  return null;
}
