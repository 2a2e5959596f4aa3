/** A thing on a page of Firefox: looked up by the browser's own accessibility tree each time it is used. */
import type { Bidi } from "./bidi.js";
import { pressed, typed } from "./keys.js";
import { type Named, PATIENCE, type Place, type Thing, until } from "./page.js";

/** Where things are looked for. */
interface Tab {
  readonly bidi: Bidi;
  readonly context: string;
}

/** One step of the way to a thing. */
interface Step {
  readonly role: string;
  readonly named?: Named | undefined;
  readonly nth?: number;
}

interface Node {
  readonly sharedId: string;
}

/** The thing at the end of a way. */
export function firefoxThing(tab: Tab, way: readonly Step[]): Thing {
  const { bidi, context } = tab;
  const words = way.map(({ role, named }) => `${role}${named?.name === undefined ? "" : ` ${String(named.name)}`}`).join(" > ");

  const call = async (node: Node, source: string, ...values: readonly string[]): Promise<unknown> => {
    const { result, exceptionDetails } = await bidi.send("script.callFunction", {
      functionDeclaration: `async (node, ...values) => JSON.stringify(await (${source})(node, ...values))`,
      arguments: [node, ...values.map((value) => ({ type: "string", value }))],
      target: { context },
      awaitPromise: true,
      userActivation: true,
    });
    if (exceptionDetails) throw new Error(`${words}: ${exceptionDetails.text}`);
    return result.type === "string" ? JSON.parse(result.value) : undefined;
  };

  const seen = (node: Node): Promise<unknown> =>
    call(node, "(node) => node.checkVisibility({ visibilityProperty: true }) && node.getClientRects().length > 0");

  /** All that are there now. */
  const all = async (): Promise<readonly Node[]> => {
    let from: readonly Node[] | undefined;
    for (const { role, named, nth } of way) {
      const exact = typeof named?.name === "string" ? { name: named.name } : {};
      const { nodes } = (await bidi.send("browsingContext.locateNodes", {
        context,
        locator: { type: "accessibility", value: { role, ...exact } },
        ...(from && { startNodes: from.map(({ sharedId }) => ({ sharedId })) }),
      })) as { readonly nodes: readonly Node[] };
      const found: Node[] = [];
      for (const node of nodes) {
        if (named?.name instanceof RegExp && !named.name.test(String(await call(node, nameOf)))) continue;
        if (await seen(node)) found.push({ sharedId: node.sharedId });
      }
      from = nth === undefined ? found : found.slice(nth, nth === -1 ? undefined : nth + 1);
      if (from.length === 0) return [];
    }
    return from ?? [];
  };
  /** The one that is meant. */
  const one = async (timeout?: number): Promise<Node> =>
    until(
      async () => {
        // What goes away between two questions is asked for again.
        const found = await all().catch(() => []);
        if (found.length > 1) throw new Error(`${words} is there ${found.length} times`);
        return found[0];
      },
      words,
      timeout,
    );
  const usable = async (): Promise<Node> => {
    const node = await one();
    await until(async () => ((await call(node, usableNow)) ? true : undefined), `${words} that can be used`);
    await call(node, '(node) => node.scrollIntoView({ block: "nearest", inline: "nearest" })');
    await call(node, resting);
    return node;
  };
  const act = (actions: readonly object[]): Promise<void> => bidi.send("input.performActions", { context, actions });
  const keys = (actions: readonly object[]): Promise<void> => act([{ type: "key", id: "keyboard", actions }]);
  const at = async (node: Node, { x, y }: Place): Promise<{ x: number; y: number }> => {
    const box = (await call(
      node,
      "(node) => { const { x, y, width, height } = node.getBoundingClientRect(); return [x, y, width, height]; }",
    )) as number[];
    const [left = 0, top = 0, width = 0, height = 0] = box;
    return { x: Math.floor(left + x * width), y: Math.floor(top + y * height) };
  };
  const pointer = (actions: readonly object[]): object => ({
    type: "pointer",
    id: "mouse",
    parameters: { pointerType: "mouse" },
    actions,
  });
  const self: Thing = {
    getByRole: (role, named) => firefoxThing(tab, [...way, { role, named }]),
    nth: (index) =>
      firefoxThing(
        tab,
        way.map((step, i) => (i === way.length - 1 ? { ...step, nth: index } : step)),
      ),
    async click({ at: place = { x: 0.5, y: 0.5 }, modifiers = [] } = {}) {
      const node = await usable();
      const held = modifiers.flatMap((name) => pressed(name).slice(0, 1));
      if (held.length > 0) await keys(held);
      await act([
        pointer([
          { type: "pointerMove", ...(await at(node, place)) },
          { type: "pointerDown", button: 0 },
          { type: "pointerUp", button: 0 },
        ]),
      ]);
      if (held.length > 0) await keys(held.map(({ value }) => ({ type: "keyUp", value })));
    },
    async fill(text) {
      await self.click();
      await keys([...pressed("Control+a"), ...pressed("Delete"), ...typed(text)]);
    },
    async press(key) {
      await self.focus();
      await keys(pressed(key));
    },
    async focus() {
      await call(await usable(), "(node) => node.focus()");
    },
    async drag(from, to) {
      const node = await usable();
      const [start, end] = [await at(node, from), await at(node, to)];
      const between = [0.25, 0.5, 0.75, 1].map((share) => ({
        type: "pointerMove",
        x: Math.round(start.x + share * (end.x - start.x)),
        y: Math.round(start.y + share * (end.y - start.y)),
        duration: 20,
      }));
      await act([
        pointer([
          { type: "pointerMove", ...start },
          { type: "pointerDown", button: 0 },
          ...between,
          { type: "pointerUp", button: 0 },
        ]),
      ]);
    },
    text: async () => String(await call(await one(), "(node) => node.textContent")),
    value: async () => String(await call(await one(), "(node) => node.value")),
    attribute: async (name) =>
      ((await call(await one(), "(node, name) => node.getAttribute(name)", name)) as string | null) ?? undefined,
    count: async () => (await all()).length,
    async waitFor({ state = "visible", timeout = PATIENCE } = {}) {
      await until(
        async () => ((await all().catch(() => [])).length > 0 === (state === "visible") ? true : undefined),
        `${words} to be ${state}`,
        timeout,
      );
    },
    says: (pattern, { timeout = PATIENCE } = {}) =>
      until(
        async () => {
          // While a page is loaded again there is nothing to read.
          const text = await one(timeout)
            .then((node) => call(node, said))
            .catch((error: Error) => {
              if (error.message.startsWith(words)) throw error;
              return "";
            });
          return pattern.test(String(text)) ? String(text) : undefined;
        },
        `${words} that says ${pattern}`,
        timeout,
      ),
  };
  return self;
}

/** A name, near enough for a pattern: what labels it, else what it says. */
const nameOf = `(node) => {
  const by = (node.getAttribute("aria-labelledby") ?? "").split(/\\s+/).map((id) => document.getElementById(id)?.textContent ?? "").join(" ").trim();
  return by || node.ariaLabel || [...(node.labels ?? [])].map((label) => label.textContent).join(" ").trim() || (node.textContent ?? "").trim() || node.title;
}`;

/** Neither disabled nor under something else. */
const usableNow = `(node) => !node.disabled && node.ariaDisabled !== "true"`;

/** Waits until it does not move: what moves is missed. */
const resting = `async (node) => {
  const place = () => { const { x, y, width, height } = node.getBoundingClientRect(); return [x, y, width, height].join(); };
  for (let last = "", quiet = 0, i = 0; quiet < 3 && i < 200; i++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    quiet = place() === last ? quiet + 1 : 0;
    last = place();
  }
}`;

/** What it says, or holds. */
const said = "(node) => (/^(INPUT|TEXTAREA|SELECT)$/.test(node.tagName) ? node.value : node.textContent)";
