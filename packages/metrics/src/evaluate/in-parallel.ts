/** Bounded work on several items at a time. */

/**
 * Runs `work` for 0 … count − 1, up to `width` at once, begun in order. After a failure nothing further is begun; what runs is waited for
 * before the error goes on, so that nothing is freed that is still in use.
 */
export async function inParallel(count: number, width: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < count && !failed) {
      const index = next++;
      try {
        await work(index);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, count) }, lane));
  const broken = lanes.find((one): one is PromiseRejectedResult => one.status === "rejected");
  if (broken) throw broken.reason;
}
