import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { GantryError, toGantryError } from '../../base/errors.ts';
import { detectKind, normalOf, readImage, type Slice } from '../../imaging/index.ts';
import {
  contentHash,
  type IncomingSlice,
  type SeriesAttributes,
  type SeriesGeometry,
} from '../../workspace/index.ts';
import { createKeyMaker, type Keys } from './identity.ts';
import { toStored16 } from './stored.ts';
import type { FileOrder, WorkerOrder, WorkerReport, WorkerStart } from './types.ts';

/**
 * An import worker: reads, parses, decodes, and turns identity into keyed hashes. Orders are worked off one
 * after another. The start data and the orders come from our own pool in this same process.
 */
const start = workerData as WorkerStart;
const port = parentPort;
if (port === null) throw new Error('worker.ts is the entry of a worker thread.');

/** Slices of a file are sent together up to this size, so that small files are taken whole or not at all. */
const partBytes = 32 * 1024 * 1024;
/** A worker waits while more than this is sent and not yet stored. */
const creditBytes = 48 * 1024 * 1024;
/** Files above this size are looked at before they are read whole. */
const largeFile = 64 * 1024 * 1024;
const mostBytes = 2 ** 31 - 1;

const known = new Set(start.known);
const keysOf = createKeyMaker(start.secret, start.rules);
const readOptions = {
  ...(start.rules.plane === undefined ? {} : { plane: start.rules.plane }),
  ...(start.rules.volume === undefined ? {} : { volume: start.rules.volume }),
};

let outstanding = 0;
let wake: (() => void) | undefined;

async function credit(bytes: number): Promise<void> {
  while (outstanding > 0 && outstanding + bytes > creditBytes) {
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
  outstanding += bytes;
}

function readFile(path: string): Uint8Array {
  const fd = openSync(path, 'r');
  try {
    const { size } = fstatSync(fd);
    const fill = (bytes: Uint8Array) => {
      let done = 0;
      while (done < bytes.byteLength) {
        const got = readSync(fd, bytes, done, bytes.byteLength - done, done);
        if (got === 0) break;
        done += got;
      }
      return bytes.subarray(0, done);
    };
    if (size > largeFile) detectKind(fill(new Uint8Array(65536)), path);
    if (size > mostBytes) throw new GantryError('TOO_LARGE', 'Files above 2 GiB cannot be read.');
    return fill(Buffer.allocUnsafeSlow(size));
  } finally {
    closeSync(fd);
  }
}

function geometryOf({ header }: Slice): SeriesGeometry {
  const { orientation, pixelSpacingMm, sliceThicknessMm } = header.geometry;
  return {
    ...(orientation === undefined
      ? {}
      : { orientation: [...orientation], normal: [...normalOf(orientation)] }),
    ...(pixelSpacingMm === undefined ? {} : { pixelSpacingMm: [...pixelSpacingMm] }),
    ...(sliceThicknessMm === undefined ? {} : { sliceThicknessMm }),
  };
}

function attributesOf({ header }: Slice): SeriesAttributes {
  const { echoTimeMs, rescaleUnit, transferSyntax } = header;
  return {
    ...header.attributes,
    ...(echoTimeMs === undefined ? {} : { echoTimeMs }),
    ...(rescaleUnit === undefined ? {} : { rescaleUnit }),
    ...(transferSyntax === undefined ? {} : { transferSyntax }),
  };
}

/** Distance of a slice along the normal of its plane. */
function positionOf({ header }: Slice): number | null {
  const { orientation, positionMm } = header.geometry;
  if (orientation === undefined || positionMm === undefined) return null;
  const n = normalOf(orientation);
  const along = n[0] * positionMm[0] + n[1] * positionMm[1] + n[2] * positionMm[2];
  return Number.isFinite(along) ? along : null;
}

function incoming(slice: Slice, keys: Keys): IncomingSlice {
  const { header } = slice;
  const stored = toStored16(slice.pixels, header);
  const { sex, ageBand } = header.attributes;
  const meaning = {
    rows: header.rows,
    columns: header.columns,
    signed: stored.values instanceof Int16Array,
    slope: stored.slope,
    intercept: stored.intercept,
    inverted: header.inverted,
    padding: stored.padding,
  };
  const pixels = new Uint8Array(stored.values.buffer);
  return {
    ...meaning,
    ...keys.slice(header),
    subjectAttributes: {
      ...(sex === undefined ? {} : { sex }),
      ...(ageBand === undefined ? {} : { ageBand }),
    },
    series: {
      kind: header.kind,
      plane: header.plane ?? null,
      rows: header.rows,
      columns: header.columns,
      geometry: geometryOf(slice),
      attributes: attributesOf(slice),
      notices: header.notices,
    },
    contentHash: Uint8Array.from(contentHash(meaning, pixels)),
    pixels,
    bitsStored: header.bitsStored,
    positionMm: positionOf(slice),
    instance: header.instanceNumber ?? header.frame,
    labels: null,
  };
}

function report(message: WorkerReport): void {
  const buffers = message.type === 'slices' ? message.slices.map(({ pixels }) => pixels.buffer) : [];
  port?.postMessage(message, buffers as ArrayBuffer[]);
}

async function work(order: FileOrder): Promise<void> {
  const { id } = order;
  const bytes = readFile(order.path);
  const keys = keysOf(bytes, order);
  const sourceKey = keys.source;
  if (known.has(Buffer.from(sourceKey).toString('hex'))) {
    report({ type: 'known', id, sourceKey });
    return;
  }
  let part: IncomingSlice[] = [];
  let size = 0;
  let total = 0;
  const send = async (last: boolean) => {
    await credit(size);
    report({ type: 'slices', id, sourceKey, slices: part, bytes: size, total: last ? total : null });
    part = [];
    size = 0;
  };
  for await (const slice of readImage(bytes, order.relative, readOptions)) {
    if (size >= partBytes) await send(false);
    const made = incoming(slice, keys);
    part.push(made);
    size += made.pixels.byteLength;
    total++;
  }
  if (total === 0) throw new GantryError('NO_PIXELS', 'The file has no pixel data.');
  await send(true);
}

let queue = Promise.resolve();
port.on('message', (order: WorkerOrder) => {
  if (order.type === 'stored') {
    outstanding -= order.bytes;
    wake?.();
    wake = undefined;
    return;
  }
  queue = queue
    .then(() => work(order))
    .catch((error: unknown) => {
      const { code, message } = toGantryError(error);
      report({ type: 'rejected', id: order.id, code, reason: message });
    });
});
