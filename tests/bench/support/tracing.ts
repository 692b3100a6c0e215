import type { CDPSession } from 'playwright-core';

/** Events of Chrome's own tracing while something is done; those of the categories. */
export async function traceOf<Event extends object>(
  session: CDPSession,
  includedCategories: readonly string[],
  work: () => Promise<void>,
): Promise<Event[]> {
  const events: Event[] = [];
  const collect = ({ value }: { value: object[] }) => events.push(...(value as Event[]));
  session.on('Tracing.dataCollected', collect);
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: [...includedCategories] },
  });
  await work();
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.end');
  await complete;
  session.off('Tracing.dataCollected', collect);
  return events;
}
