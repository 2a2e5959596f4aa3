/** Taking the result home. */

/** Taking the result home. */
export function DeliverDialog() {
  return null;
}
