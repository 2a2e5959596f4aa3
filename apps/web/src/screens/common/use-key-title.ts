/** What a button is called, with the key that does the same: keys are learnt where one clicks. */
import { usePreferences } from "../../app/use-studio.js";
import { type ActionName, keysOf } from "../../shortcuts/table.js";
import { keyWords } from "../settings/key-words.js";

/** "Play (Space)"; the words alone where no key does it. */
export function useKeyTitle(words: string, name: ActionName): string {
  const [key] = usePreferences(({ shortcuts }) => keysOf(name, shortcuts));
  return key === undefined ? words : `${words} (${keyWords(key)})`;
}
