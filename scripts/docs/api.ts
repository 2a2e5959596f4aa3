/** The reference of every entry from its doc comments, by typedoc, as a part of the site. */
import { join } from "node:path";
import { Application, Converter, JSX, ReflectionKind } from "typedoc";
import { readWorkspace } from "../check/workspace.js";

/** Writes the reference of what a checkout publishes into the folder `api` of `site`; throws when an entry cannot be read or a comment links to what nobody can see. */
export async function writeApi(checkout: string, site: string): Promise<void> {
  const published = readWorkspace(checkout).filter(({ manifest }) => !manifest.private);
  const app = await Application.bootstrap({
    name: "Foley Control",
    entryPoints: published.flatMap(({ entries }) => [...entries.values()]),
    tsconfig: join(checkout, "tsconfig.json"),
    excludeInternal: true,
    excludePrivate: true,
    skipErrorChecking: true, // The step "types" asks that.
    readme: "none",
    githubPages: false,
    includeHierarchySummary: false, // Its anchors miss types that extend a mapped one.
    logLevel: "Warn",
    validation: { notExported: false, invalidLink: true, notDocumented: false },
  });
  // Modules are called what they are imported by: "@foley-control/media/node", not "media/src/node".
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.getReflectionsByKind(ReflectionKind.Module))
      module.name = `@foley-control/${module.name.replace(/\/src(?=\/|$)/, "")}`;
  });
  app.renderer.hooks.on("content.begin", (page) =>
    JSX.createElement(
      "p",
      null,
      JSX.createElement("a", { href: page.relativeURL("../index.html") }, "Guides, packages, decisions"),
    ),
  );
  const project = await app.convert();
  if (!project) throw new Error("typedoc could not read the entries; what it says is above.");
  app.validate(project);
  await app.generateDocs(project, join(site, "api"));
  if (app.logger.hasErrors() || app.logger.hasWarnings()) throw new Error("The reference has mistakes, told above.");
}
