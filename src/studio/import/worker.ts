import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { GantryError, toGantryError } from '../../base/errors.ts';
import {
  detectKind,
  normalOf,
  readHeaders,
  readImage,
  type Slice,
  stackOf,
  VolumeBuilder,
} from '../../imaging/index.ts';
// Not by the folder's face: a worker must start fast, and needs neither database nor schemas.
import { contentHash } from '../../workspace/content.ts';
import type { IncomingSlice, SeriesAttributes, SeriesGeometry } from '../../workspace/index.ts';
import { readEntry } from './archive.ts';
import { createKeyMaker, type Keys } from './identity.ts';
import { createLabelJoiner } from './labels/join.ts';
import { keptAttributes, studyDay, textsOf } from './privacy.ts';
import { Ring } from './ring.ts';
import { toStored16 } from './stored.ts';
import type {
  FileOrder,
  FileSite,
  SurveyedSlice,
  VolumeMember,
  WorkerOrder,
  WorkerReport,
  WorkerStart,
} from './types.ts';

/**
 * An import worker: reads, parses, decodes, and turns identity into keyed hashes. Orders are worked off one
 * after another. The start data and the orders come from our own pool in this same process.
 */
const start = workerData as WorkerStart;
const port = parentPort;
if (port === null) throw new Error('worker.ts is the entry of a worker thread.');

/** Shared memory of this worker. A file is sent in parts when it does not fit. */
const ring = new Ring(16 * 1024 * 1024);
/** Files above this size are looked at before they are read whole. */
const largeFile = 64 * 1024 * 1024;
const mostBytes = 2 ** 31 - 1;

const known = new Set(start.known);
const keysOf = createKeyMaker(start.secret, start.rules);
const readOptions = {
  ...(start.rules.plane === undefined ? {} : { plane: start.rules.plane }),
  ...(start.rules.volume === undefined ? {} : { volume: start.rules.volume }),
  ...(start.rules.colour === undefined ? {} : { colour: start.rules.colour }),
};
const joinLabels = start.labels === undefined ? undefined : createLabelJoiner(start.labels);

/** Parts that were sent and are not yet stored. */
let outstanding = 0;
let wake: (() => void) | undefined;

function nextStored(): Promise<void> {
  return new Promise((resolve) => {
    wake = resolve;
  });
}

/** Small files are read into the same memory one after another: nothing of a file outlives its turn. */
let scratch = Buffer.alloc(0);

function room(size: number): Buffer {
  if (size > largeFile) return Buffer.allocUnsafeSlow(size);
  if (scratch.byteLength < size) scratch = Buffer.allocUnsafeSlow(Math.max(1 << 20, size * 2));
  return scratch.subarray(0, size);
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
    return fill(room(size));
  } finally {
    closeSync(fd);
  }
}

/** To five decimals, far finer than a scanner's angles: more digits say nothing, and could repeat an identifier. */
function roundedNormal(
  orientation: NonNullable<Slice['header']['geometry']['orientation']>,
): [number, number, number] {
  const [x, y, z] = normalOf(orientation);
  const round = (value: number) => Math.round(value * 1e5) / 1e5;
  return [round(x), round(y), round(z)];
}

function geometryOf({ header }: Slice): SeriesGeometry {
  const { orientation, pixelSpacingMm, sliceThicknessMm } = header.geometry;
  return {
    ...(orientation === undefined
      ? {}
      : { orientation: [...orientation], normal: roundedNormal(orientation) }),
    ...(pixelSpacingMm === undefined ? {} : { pixelSpacingMm: [...pixelSpacingMm] }),
    ...(sliceThicknessMm === undefined ? {} : { sliceThicknessMm }),
  };
}

const { privacy } = start.rules;

function attributesOf({ header }: Slice, subjectKey: Uint8Array): SeriesAttributes {
  const { echoTimeMs, rescaleUnit, transferSyntax } = header;
  const texts = textsOf(header, privacy);
  const day =
    privacy.dates === 'offsets' ? studyDay(start.secret, subjectKey, header.identity.studyDate) : undefined;
  return {
    ...keptAttributes(header.attributes, privacy),
    ...(texts === undefined ? {} : { texts }),
    ...(day === undefined ? {} : { studyDay: day }),
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

/** A slice as it is to be stored; its pixels still lie where they were decoded. */
function incoming(
  slice: Slice,
  keys: Keys,
  place: number | undefined,
  labels: IncomingSlice['labels'],
): IncomingSlice {
  const { header } = slice;
  const stored = toStored16(slice.pixels, header);
  const { sex, ageBand } = keptAttributes(header.attributes, privacy);
  const sliceKeys = keys.slice(header);
  const meaning = {
    rows: header.rows,
    columns: header.columns,
    signed: stored.values instanceof Int16Array,
    slope: stored.slope,
    intercept: stored.intercept,
    inverted: header.inverted,
    padding: stored.padding,
  };
  const { values } = stored;
  const pixels = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return {
    ...meaning,
    ...sliceKeys,
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
      attributes: attributesOf(slice, sliceKeys.subjectKey),
      notices: header.notices,
    },
    contentHash: Uint8Array.from(contentHash(meaning, pixels)),
    pixels,
    bitsStored: header.bitsStored,
    positionMm: positionOf(slice),
    instance: header.instanceNumber ?? (header.pages === 1 ? place : undefined) ?? header.frame,
    labels,
  };
}

function report(message: WorkerReport): void {
  port?.postMessage(message);
}

/** Slices of one file on their way to the main thread, in shared memory. */
class Parts {
  total = 0;
  private sent = 0;
  private slices: IncomingSlice[] = [];
  private bytes = 0;
  private taken = 0;
  private lines = new Set<number>();
  private withoutLine = 0;
  /** Where the ring stood before the first slice that is not sent. */
  private head = 0;
  private readonly id: number;
  private readonly sourceKey: Uint8Array;

  constructor(id: number, sourceKey: Uint8Array) {
    this.id = id;
    this.sourceKey = sourceKey;
  }

  /** Notes the line of the table that the next slice's labels are from. */
  note(line: number | undefined): void {
    if (line === undefined) this.withoutLine++;
    else this.lines.add(line);
  }

  async add(slice: IncomingSlice): Promise<void> {
    const { byteLength } = slice.pixels;
    this.total++;
    this.bytes += byteLength;
    if (byteLength > ring.buffer.byteLength) {
      // Larger than the shared memory: copied, and waited for, so that no two of them are under way.
      this.slices.push(slice);
      this.send(false);
      while (outstanding > 0) await nextStored();
      return;
    }
    let room = ring.claim(byteLength);
    while (room === undefined) {
      this.bytes -= byteLength;
      if (this.slices.length > 0) this.send(false);
      this.bytes += byteLength;
      await nextStored();
      room = ring.claim(byteLength);
    }
    const shared = new Uint8Array(ring.buffer, room.offset, byteLength);
    shared.set(slice.pixels);
    if (this.taken === 0) this.head = room.head;
    this.taken += room.taken;
    this.slices.push({ ...slice, pixels: shared });
  }

  send(last: boolean): void {
    outstanding++;
    const { id, sourceKey, slices, bytes, taken, withoutLine } = this;
    const total = last ? this.total : null;
    const lines = [...this.lines];
    report({ type: 'slices', id, sourceKey, slices, bytes, taken, total, lines, withoutLine });
    this.lines.clear();
    this.withoutLine = 0;
    this.sent += slices.length;
    this.slices = [];
    this.bytes = 0;
    this.taken = 0;
  }

  /** Forgets what was not sent. Gives the number of slices that were. */
  drop(): number {
    if (this.taken > 0) ring.undo(this.taken, this.head);
    return this.sent;
  }
}

function bytesOf({ path, entry }: FileSite): Uint8Array {
  return entry === undefined ? readFile(path) : readEntry(path, entry);
}

function isKnown(sourceKey: Uint8Array): boolean {
  return joinLabels === undefined && known.has(Buffer.from(sourceKey).toString('hex'));
}

async function work(order: FileOrder): Promise<void> {
  const { id } = order;
  const bytes = bytesOf(order);
  const keys = keysOf.file(bytes, order);
  const sourceKey = keys.source;
  if (isKnown(sourceKey)) {
    report({ type: 'known', id, sourceKey });
    return;
  }
  const parts = new Parts(id, sourceKey);
  try {
    for await (const slice of readImage(bytes, order.relative, readOptions)) {
      const joined = joinLabels?.(slice.header, order, keys.subjectNames(slice.header));
      if (joined !== undefined) parts.note(joined.line);
      await parts.add(incoming(slice, keys, order.place, joined?.labels ?? null));
    }
  } catch (error) {
    const sent = parts.drop();
    if (sent === 0) throw error;
    const { code, message } = toGantryError(error);
    throw new GantryError(code, `${message} The ${sent} slices before the damage were imported.`);
  }
  if (parts.total === 0) throw new GantryError('NO_PIXELS', 'The file has no pixel data.');
  parts.send(true);
}

/** Says which slices a DICOM file holds; of other files, that it holds none. */
function survey(order: FileOrder): void {
  const bytes = bytesOf(order);
  const keys = keysOf.file(bytes, order);
  const isDicom = detectKind(bytes, order.relative) === 'dicom';
  const headers = isDicom ? readHeaders(bytes, order.relative, readOptions) : [];
  const slices = headers.map((header): SurveyedSlice => {
    const { rows, columns, geometry, inverted, acquisitionNumber } = header;
    const seriesKey = Buffer.from(keys.slice(header).seriesKey).toString('hex');
    return { rows, columns, geometry, inverted, seriesKey, acquisition: acquisitionNumber ?? 0 };
  });
  report({ type: 'surveyed', id: order.id, sourceKey: keys.source, slices });
}

/** Reads the files of a volume, one after another, and sends it cut along the wanted plane. */
async function cutVolume({ id }: FileOrder, members: readonly VolumeMember[]): Promise<void> {
  const [first] = members;
  const stack = stackOf(members.flatMap(({ slices }) => slices));
  if (first === undefined || typeof stack === 'string') throw new Error('The volume is none.');
  const keys = keysOf.volume(
    members.map(({ sourceKey }) => sourceKey),
    first,
  );
  if (isKnown(keys.source)) {
    report({ type: 'known', id, sourceKey: keys.source });
    return;
  }
  const builder = new VolumeBuilder(stack);
  const lines: (number | undefined)[] = [];
  let labels: IncomingSlice['labels'] = null;
  let at = 0;
  for (const [member, site] of members.entries()) {
    let isReading = true;
    try {
      for await (const slice of readImage(bytesOf(site), site.relative, readOptions)) {
        isReading = false;
        builder.add(at++, slice);
        const joined = joinLabels?.(slice.header, site, keys.subjectNames(slice.header));
        lines.push(joined?.line);
        labels ??= joined?.labels ?? null;
        isReading = true;
      }
    } catch (error) {
      // What the volume itself does not stand is no fault of the member.
      if (!isReading) throw error;
      const { code, message } = toGantryError(error);
      report({ type: 'unfit', id, member, code, reason: message });
      return;
    }
  }
  // All are made before the first is sent: a volume is stored whole or not at all.
  const cuts: IncomingSlice[] = [];
  for (const slice of builder.slices(start.rules.plane)) cuts.push(incoming(slice, keys, undefined, labels));
  const parts = new Parts(id, keys.source);
  try {
    for (const line of new Set(lines)) if (line !== undefined) parts.note(line);
    for (const cut of cuts) {
      if (joinLabels !== undefined && labels === null) parts.note(undefined);
      await parts.add(cut);
    }
  } catch (error) {
    parts.drop();
    throw error;
  }
  parts.send(true);
}

function perform(order: FileOrder): Promise<void> | void {
  if (start.task === 'survey') return survey(order);
  return order.members === undefined ? work(order) : cutVolume(order, order.members);
}

let queue = Promise.resolve();
port.on('message', (order: WorkerOrder) => {
  if (order.type === 'stored') {
    outstanding--;
    ring.release(order.taken);
    wake?.();
    wake = undefined;
    return;
  }
  queue = queue
    .then(() => perform(order))
    .catch((error: unknown) => {
      const { code, message } = toGantryError(error);
      report({ type: 'rejected', id: order.id, code, reason: message });
    });
});
report({ type: 'ready' });
