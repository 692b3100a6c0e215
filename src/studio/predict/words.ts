import type { Prediction } from '../../contract/index.ts';

/** Seconds as people say them when they do not know exactly: "about 8 min", "about 3.5 h". */
export function about(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 72 * 3600) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} days`;
}

/** "64 images a second", "5.2". */
export const rateText = (rate: number) => rate.toPrecision(rate < 100 ? 2 : 3);

export function byteText(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return `${Math.max(1, Math.round(bytes / 1e6))} MB`;
}

const rateBasis = {
  runs: 'as in earlier runs here with the same networks and device',
  'self-test': "from the device's self-test, if nothing else keeps the machine busy",
} as const;

const memoryBasis = {
  runs: 'as in earlier runs here',
  graph: "from the step's operations",
} as const;

function timeLine({ basis, given, imagesPerSecond, factor, images, seconds }: Prediction['time']): string {
  if (basis === 'none' || imagesPerSecond === null || factor === null) {
    return 'Time: not known before the first minute; this device has not been tested here (see `gantry plan`).';
  }
  const length =
    seconds === null || images === null
      ? ''
      : given === 'minutes'
        ? `${about(seconds)} for about ${images} images (${Math.round(images / factor)} to ${Math.round(images * factor)}), `
        : `about ${about(seconds)} for ${images} images (${about(seconds / factor)} to ${about(seconds * factor)}), `;
  return `Time: ${length}${rateText(imagesPerSecond)} images a second, ${rateBasis[basis]}.`;
}

function memoryLine({ bytes, factor, basis, totalBytes }: Prediction['memory']): string {
  const where = totalBytes === null ? 'of the device' : `of ${byteText(totalBytes)} in this machine`;
  const range = `${byteText(bytes / factor)} to ${byteText(bytes * factor)}`;
  return `Memory: about ${byteText(bytes)} (${range}) ${where}, ${memoryBasis[basis]}.`;
}

function diskLine({ checkpointBytes, checkpoints, bytes, freeBytes }: Prediction['disk']): string {
  const kept =
    checkpoints === 1
      ? `a snapshot of ${byteText(checkpointBytes)}`
      : `${checkpoints} snapshots of ${byteText(checkpointBytes)}`;
  return `Disk: at most ${byteText(bytes)}, ${kept} among it; ${byteText(freeBytes)} are free.`;
}

/** A prediction in three lines for people. */
export function predictionText({ time, memory, disk }: Prediction): string {
  return [timeLine(time), memoryLine(memory), diskLine(disk)].join('\n');
}
