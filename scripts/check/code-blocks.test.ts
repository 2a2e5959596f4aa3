import { expect, it } from "vitest";
import { checkCodeBlocks, codeBlocks } from "./code-blocks.js";
import { writeCheckout } from "./temporary-checkout.test-support.js";

const fence = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\`\n`;

it("code of a page compiles with what is given and what it continues, and failures name page and line", () => {
  const checkout = writeCheckout({
    "README.md": [
      "# A",
      fence("js", "export const a = [1, 2];"),
      "<!-- continues -->",
      fence("ts", "const b: number = a[0];"),
      "<!-- given:\ndeclare const c: string;\n-->",
      fence("ts", "const d = c.length;\nconst e: string = d;"),
      fence("js", "const f: number = 1;"),
      fence("js", "const g = a;"),
      fence("sh", "not code"),
      fence("json", '{ "a": 1 }'),
      fence("json", "{ a: 1 }"),
    ].join("\n"),
    "docs/guides/b.md": fence(
      "ts",
      "\nusing h = { [Symbol.dispose]() {} };\nawait using i = { async [Symbol.asyncDispose]() {} };",
    ),
    "docs/decisions/c.md": fence("ts", "nothing compiles this"),
  });
  expect(checkCodeBlocks(checkout)).toEqual([
    expect.stringMatching(/^README\.md:\d+ is no JSON: /),
    "README.md:16 Type 'number' is not assignable to type 'string'.",
    expect.stringMatching(/^README\.md:20 Type annotations can only be used in TypeScript files/),
    "README.md:24 Cannot find name 'a'.",
    expect.stringMatching(/^docs\/guides\/b\.md:3 declares with `using`, which Node 20 cannot read/),
    expect.stringMatching(/^docs\/guides\/b\.md:4 declares with `using`/),
  ]);
});

it("a page says what is not run, and why; what continues is not run either", () => {
  const blocks = codeBlocks(
    "p",
    `<!-- not run: needs a release -->\n${fence("js", "a")}<!-- continues -->\n${fence("js", "b")}${fence("js", "c")}`,
  );
  expect(blocks.map(({ before, notRun }) => [before, notRun])).toEqual([
    ["", "needs a release"],
    ["a\n", "needs a release"],
    ["", undefined],
  ]);
});
