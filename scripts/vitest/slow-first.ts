/**
 * Slow tests begin first and the many quick ones come last: the other way round, as vitest has it, one long file is still running at the end while
 * every other core has nothing to do.
 */
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Projects in the order in which their files begin; those that share a process last, where there is always one to hand out. */
const ORDER = ["slow", "alone", "apps", "scripts", "packages"];

/** The order of files. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ project }: TestSpecification): number => ORDER.indexOf(project.name);
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
