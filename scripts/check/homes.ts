/**
 * Who finds a package on a registry must find the way to its source, its page and its bugs: the three fields of every manifest say
 * so, and all tell of the repository that the manifest of the checkout names.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readWorkspace } from "./workspace.js";

/** What is compared. */
interface Home {
  readonly repository?: unknown;
  readonly homepage?: unknown;
  readonly bugs?: unknown;
}

const readHome = (folder: string): Home => JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Home;

/** Fields of manifests that lead elsewhere or nowhere, as `file:1 …`. Empty means every package says where it comes from. */
export function checkHomes(checkout: string): readonly string[] {
  const url = (readHome(checkout).repository as { readonly url?: unknown } | undefined)?.url;
  const page = typeof url === "string" ? /^git\+(https:\/\/.+)\.git$/.exec(url)?.[1] : undefined;
  if (page === undefined) return ['package.json:1 has no "repository" with a url git+https://….git'];
  return readWorkspace(checkout).flatMap(({ folder, path }) => {
    const expected: Home = {
      repository: { type: "git", url, directory: path },
      homepage: `${page}/tree/main/${path}#readme`,
      bugs: { url: `${page}/issues` },
    };
    const found = readHome(folder);
    return (["repository", "homepage", "bugs"] as const)
      .filter((field) => JSON.stringify(found[field]) !== JSON.stringify(expected[field]))
      .map((field) => `${path}/package.json:1 should have "${field}": ${JSON.stringify(expected[field])}`);
  });
}
