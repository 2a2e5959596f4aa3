/** `JSON.parse` keeps the last of two equal keys silently; in a weights file that would hide one tensor behind another. */

/**
 * The first key that occurs twice in one object of a JSON text.
 *
 * @param text - valid JSON
 */
export function findDuplicateKey(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // per nesting level: the keys of an object, undefined for an array
  let keyNext = false;
  for (let position = 0; position < text.length; position++) {
    const character = text[position];
    if (character === '"') {
      const start = position++;
      while (text[position] !== '"') position += text[position] === "\\" ? 2 : 1;
      const keys = open.at(-1);
      if (!keyNext || keys === undefined) continue;
      const key = JSON.parse(text.slice(start, position + 1)) as string;
      if (keys.has(key)) return key;
      keys.add(key);
      keyNext = false;
    } else if (character === "{") {
      open.push(new Set());
      keyNext = true;
    } else if (character === "[") {
      open.push(undefined);
      keyNext = false;
    } else if (character === "}" || character === "]") {
      open.pop();
      keyNext = false;
    } else if (character === ",") {
      keyNext = open.at(-1) !== undefined;
    }
  }
  return undefined;
}
