/**
 * A page as a journey sees it: things are found by role and name, as a person and a screen reader find them. One interface, two browsers:
 * `chromium.ts` drives it with Playwright, `firefox.ts` over WebDriver BiDi.
 */

/** How a thing is found: its role, and its whole name, or a pattern of it. */
export interface Named {
  readonly name?: string | RegExp;
}

/** A place within a thing, as shares of its width and height. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** A thing on the page. Nothing is looked up before it is used; what is used must be there once, and is waited for. */
export interface Thing {
  getByRole(role: string, named?: Named): Thing;
  /** Of several with this role and name, the one at a position from 0; −1 is the last. */
  nth(index: number): Thing;
  click(options?: { readonly at?: Place; readonly modifiers?: readonly string[] }): Promise<void>;
  /** Replaces the text of a field, key by key. */
  fill(text: string): Promise<void>;
  /** Gives it the focus and presses a key such as `"Enter"` or `"Control+z"`. */
  press(key: string): Promise<void>;
  focus(): Promise<void>;
  /** Drags from one place of it to another. */
  drag(from: Place, to: Place): Promise<void>;
  /** What it says, as text. */
  text(): Promise<string>;
  /** What a field holds. */
  value(): Promise<string>;
  attribute(name: string): Promise<string | undefined>;
  /** How many there are now. */
  count(): Promise<number>;
  /** Waits until it is seen, or until it is not. */
  waitFor(options?: { readonly state?: "visible" | "hidden"; readonly timeout?: number }): Promise<void>;
  /** Waits until what it says, or holds, matches; gives that. */
  says(pattern: RegExp, options?: { readonly timeout?: number }): Promise<string>;
}

/** A page. */
export interface StudioPage {
  getByRole(role: string, named?: Named): Thing;
  goto(address: string): Promise<void>;
  reload(): Promise<void>;
  /** Presses a key wherever the focus is. */
  press(key: string): Promise<void>;
  /** Types text wherever the focus is. */
  type(text: string): Promise<void>;
  /** Clicks what opens a file dialog, and chooses files there. Without the file pickers of Chromium, which nothing can answer. */
  choose(opener: Pick<Thing, "click">, paths: readonly string[]): Promise<void>;
  /** Drops files on the page, in Chromium with their handles as from a file manager. */
  drop(paths: readonly string[]): Promise<void>;
  /** Does what saves a file, and gives the path of what was saved: through the save picker where there is one, else a download. */
  saved(action: () => Promise<void>, options?: { readonly timeout?: number }): Promise<string>;
  /** Runs a function of the page: for what no role tells. Argument and result travel as JSON. */
  evaluate<A, R>(run: (argument: A) => R | Promise<R>, argument: A): Promise<R>;
  /** Runs a script in the page, whatever its policy. */
  inject(source: string): Promise<void>;
  /** Leaves the page no space to store anything more, or as much as it had. In a browser of its own, see `Journey.ownBrowser`. */
  fillStorage(full: boolean): Promise<void>;
  screenshot(path: string): Promise<void>;
  /** Width and height of the window, CSS pixels. */
  resize(width: number, height: number): Promise<void>;
  close(): Promise<void>;
}

/** What a page did that nobody sees. */
export interface PageNews {
  /** An address was asked for, by page, worker or service worker, with so many bytes of body. */
  request(url: string, bodyBytes: number): void;
  /** Something was thrown and not caught, or said as an error. */
  error(message: string): void;
}

/** How a page is opened. */
export interface PageOptions {
  readonly news: PageNews;
  /** Runs in the page before anything of it, at each load. */
  readonly before?: (() => void) | undefined;
}

/** A browser that runs, with a profile of its own. */
export interface RunningBrowser {
  newPage(options: PageOptions): Promise<StudioPage>;
  /** Ends it at once, as when the power fails; its profile stays for another one. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** Bytes that a page may store in a browser of its own: what the studio keeps, and some more, so that it is soon filled. Firefox only. */
export const OWN_ROOM = 120e6;

/** A kind of browser. */
export interface BrowserKind {
  readonly name: "chromium" | "firefox";
  /**
   * @param profile - a folder; what it holds is taken over
   * @param own - whether it is for one journey alone, whose page has not more than {@link OWN_ROOM} of space
   */
  start(profile: string, own?: boolean): Promise<RunningBrowser>;
}

/** How long something is waited for when nothing else is said, milliseconds. */
export const PATIENCE = 60_000;

/** How long a page may take for what it is asked to compute, milliseconds. */
export const LONGEST_ANSWER = 120_000;

/** What a browser says, unless it takes too long: nothing of it may hold the check for ever. The error says where it was waited for. */
export async function withinTime<T>(milliseconds: number, taking: Promise<T>, what = "an answer of the browser"): Promise<T> {
  const late = new Error(`${what} did not come within ${milliseconds / 1000} s`);
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late), milliseconds);
  });
  return Promise.race([taking, end]).finally(() => clearTimeout(timer));
}

/** Asks until there is an answer. */
export async function until<T>(ask: () => Promise<T | undefined>, what: string, timeout: number = PATIENCE): Promise<T> {
  let late = false;
  const asking = async (): Promise<T> => {
    for (;;) {
      const answer = await ask();
      if (answer !== undefined) return answer;
      if (late) throw new Error(what);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  return withinTime(timeout, asking(), what).finally(() => {
    late = true;
  });
}
