/** Finds actions by the words of their names, wherever in them and in whatever order these stand. */

/** Those of `all` whose words have each word that is looked for; ones that begin with what is written come first, else they stay in order. */
export function findWords<T>(all: readonly T[], wordsOf: (one: T) => string, search: string): readonly T[] {
  const wanted = search.trim().toLowerCase();
  const parts = wanted.split(/\s+/);
  const found = all.filter((one) => parts.every((part) => wordsOf(one).toLowerCase().includes(part)));
  const first = (one: T): number => (wordsOf(one).toLowerCase().startsWith(wanted) ? 0 : 1);
  return found.toSorted((a, b) => first(a) - first(b));
}
