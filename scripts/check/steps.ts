/** The steps of `npm test`, in the order in which a mistake is cheapest to find. */
import { checkApi } from "./api.js";
import { runBrowserChecks, runStudio } from "./browser.js";
import { checkCircles } from "./circles.js";
import { checkCodeBlocks } from "./code-blocks.js";
import { checkCommand, root } from "./command.js";
import { checkDocs } from "./docs.js";
import { checkExamples } from "./examples.js";
import { checkFloors } from "./floors.js";
import { runFuzz } from "./fuzz.js";
import { checkHomes } from "./homes.js";
import { checkInstall } from "./install.js";
import { checkLinks } from "./links.js";
import { checkMessages } from "./messages.js";
import { checkPackages } from "./package-checks.js";
import { runParity } from "./parity.js";
import { report, type Step, sum } from "./step.js";
import { checkTypes } from "./types.js";
import { runUnitTests } from "./unit.js";
import { checkUsers } from "./users.js";

/** Every step. */
export const steps: readonly Step[] = [
  {
    name: "lint",
    about: "formatting and lint rules, with types",
    run: async () =>
      sum(
        await Promise.all([
          checkCommand("biome (format, lint, import order)", [
            "biome",
            "check",
            "--error-on-warnings",
            "--diagnostic-level=warn",
            "--max-diagnostics=200",
          ]),
          checkCommand("oxlint (types)", ["oxlint", "--type-aware", "--deny-warnings"]),
        ]),
      ),
  },
  {
    name: "types",
    about: "the TypeScript compiler over every package, type tests included",
    run: () => checkTypes(root),
  },
  {
    name: "floors",
    about:
      "packages import only from lower floors, no file imports itself through others, browser entries never reach Node, manifests say where they come from",
    run: () =>
      sum([
        report("floor rule", checkFloors(root)),
        report("circles of imports", checkCircles(root)),
        report("homes", checkHomes(root)),
      ]),
  },
  {
    name: "docs",
    about:
      "every exported symbol and public member is documented, every link leads somewhere, code of pages compiles, no library says an app's words",
    run: () =>
      sum([
        report("doc comments", checkDocs(root)),
        report("links", checkLinks(root)),
        report("messages", checkMessages(root)),
        report("code of pages", checkCodeBlocks(root)),
      ]),
  },
  {
    name: "api",
    about: "each value that an entry exports has a user, and reports say what entries offer",
    run: () => {
      const { values, failures } = checkUsers(root);
      return sum([report(`users of ${values} exported values`, failures), report("reports of the entries", checkApi(root))]);
    },
  },
  { name: "unit", about: "tests of every package, against the sources", room: "most", run: runUnitTests },
  {
    name: "build",
    about: "every package and app, cached by turbo",
    run: () => checkCommand("turbo run build", ["turbo", "run", "build", "--ui=stream"]),
  },
  {
    name: "parity",
    about: "whole networks, solvers and runs against the numbers of the reference code",
    run: runParity,
  },
  {
    name: "fuzz",
    about: "a fixed slice of damaged inputs: each is used or refused, in time and memory, and the process lives",
    run: runFuzz,
  },
  {
    name: "packages",
    about: "packed packages: manifests, types as seen by users, unused code, sizes",
    after: ["build"],
    run: checkPackages,
  },
  {
    name: "install",
    about: "npm install of every package and of foley, where nothing but a registry can be reached",
    after: ["build"],
    run: checkInstall,
  },
  {
    name: "examples",
    about: "projects of others that install the packed packages, type-checked and run",
    after: ["build"],
    run: checkExamples,
  },
  {
    name: "site",
    about: "guides, decisions and reference become a site whose links lead somewhere",
    run: () => checkCommand("npm run docs", [process.execPath, "--import", "tsx", "scripts/docs/main.ts"]),
  },
  { name: "browser", about: "the same code in headless Chromium", after: ["build"], run: runBrowserChecks },
  {
    name: "studio",
    about: "journeys through the built studio, by role and name, in Chromium and Firefox: no request leaves, nothing bars anyone",
    after: ["build"],
    room: "all",
    run: runStudio,
  },
];
