import { readFileSync } from 'node:fs';

/** What a page holds, in MB of 1,000,000 bytes, and how many nodes and listeners it has. */
export interface PageMemory {
  /** Script objects and the buffers behind them. */
  readonly scriptMb: number;
  readonly nodes: number;
  readonly listeners: number;
}

/** A session of Chrome's protocol with the page. */
type Send = (
  method: 'HeapProfiler.collectGarbage' | 'Runtime.getHeapUsage' | 'Memory.getDOMCounters',
) => Promise<object>;

/** Collects garbage, twice: what the first time only finalises, the second one frees. */
export async function collect(send: Send): Promise<void> {
  for (let i = 0; i < 2; i++) await send('HeapProfiler.collectGarbage');
}

export async function pageMemory(send: Send): Promise<PageMemory> {
  const { usedSize, backingStorageSize = 0 } = (await send('Runtime.getHeapUsage')) as {
    usedSize: number;
    backingStorageSize?: number;
  };
  const { nodes, jsEventListeners } = (await send('Memory.getDOMCounters')) as {
    nodes: number;
    jsEventListeners: number;
  };
  return { scriptMb: (usedSize + backingStorageSize) / 1e6, nodes, listeners: jsEventListeners };
}

/** Of the processes that a browser names, that of its page: it keeps an empty one in spare, which has done nothing yet. */
export function pageProcess(
  processes: readonly { readonly type: string; readonly id: number; readonly cpuTime: number }[],
): number {
  const pages = processes.filter(({ type }) => type === 'renderer');
  return pages.sort((a, b) => b.cpuTime - a.cpuTime)[0]?.id ?? 0;
}

/** Resident memory of a process in MB (Linux); elsewhere, or when it has ended, NaN. */
export function residentMb(pid: number): number {
  try {
    const kib = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return (Number(kib) * 1024) / 1e6;
  } catch {
    return Number.NaN;
  }
}
