import { encode } from 'fast-png';
import { GantryError } from '../../base/errors.ts';
import { windowToGrey } from '../../display/window.ts';
import type { SeriesRecord, Workspace } from '../../workspace/index.ts';
import type { Studies } from '../study/studies.ts';
import type { ReviewSets } from './sets.ts';
import { envelopeBytes, preparedValues, storedValues, unitHead } from './values.ts';

interface Picture {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const binary = 'application/octet-stream';
const text = (type: string, content: string): Picture => ({ type, bytes: new TextEncoder().encode(content) });

/** Values, thumbnails and files of review sets and studies by their address; null where there is none. */
export class ReviewMedia {
  private readonly ws: Workspace;
  private readonly sets: ReviewSets;
  private readonly studies: Studies;
  private readonly seriesOf: (slice: number) => SeriesRecord | undefined;

  constructor(
    ws: Workspace,
    sets: ReviewSets,
    studies: Studies,
    seriesOf: (slice: number) => SeriesRecord | undefined,
  ) {
    this.ws = ws;
    this.sets = sets;
    this.studies = studies;
    this.seriesOf = seriesOf;
  }

  readonly answer = (path: string): Picture | null => {
    try {
      return this.find(path);
    } catch (error) {
      if (error instanceof GantryError && (error.code === 'NOT_FOUND' || error.code === 'NO_INPUT'))
        return null;
      throw error;
    }
  };

  private find(path: string): Picture | null {
    const image = /^\/media\/studies\/(\d{1,12})\/(\d{1,6})$/.exec(path);
    if (image !== null) {
      return { type: binary, bytes: this.studies.image(Number(image[1]), Number(image[2])) };
    }
    const file =
      /^\/media\/studies\/(\d{1,12})\/(study|report\.html|answers\.csv|figures\.csv|results\.json)$/.exec(
        path,
      );
    if (file !== null) return this.file(Number(file[1]), file[2]!);
    const answers = /^\/media\/studies\/(\d{1,12})\/reader\/([A-Za-z0-9-]{1,12})$/.exec(path);
    if (answers !== null) {
      const back = this.studies.exportAnswers(Number(answers[1]), answers[2]!);
      return text('application/json', JSON.stringify(back));
    }
    const slice = /^\/media\/values\/(\d{1,12})$/.exec(path);
    if (slice !== null) {
      const series = this.seriesOf(Number(slice[1]));
      if (series === undefined) return null;
      return { type: binary, bytes: envelopeBytes(storedValues(this.ws, Number(slice[1]), series)) };
    }
    const made = /^\/media\/reviews\/(\d{1,12})\/(\d{1,6})(\.png)?$/.exec(path);
    if (made !== null) {
      const { set, values } = this.sets.pixels(Number(made[1]), Number(made[2]));
      if (made[3] === undefined) return { type: binary, bytes: envelopeBytes([unitHead(set.size), values]) };
      const data = windowToGrey(values, { low: 0, high: 65535 });
      const { size } = set;
      return { type: 'image/png', bytes: encode({ width: size, height: size, data, channels: 1, depth: 8 }) };
    }
    const real = /^\/media\/reviews\/(\d{1,12})\/real\/(\d{1,12})$/.exec(path);
    if (real === null) return null;
    const { run, size } = this.sets.store.set(Number(real[1]));
    const { dataset } = this.ws.run(run);
    return { type: binary, bytes: envelopeBytes(preparedValues(this.ws, dataset, Number(real[2]), size)) };
  }

  private file(id: number, name: string): Picture {
    switch (name) {
      case 'study':
        return { type: binary, bytes: this.studies.exportStudy(id) };
      case 'report.html':
        // As a download only: shown as a page, it would be one of our own origin.
        return { type: binary, bytes: new TextEncoder().encode(this.studies.resultText(id, 'html')) };
      case 'answers.csv':
        return text('text/csv; charset=utf-8', this.studies.resultText(id, 'csv'));
      case 'figures.csv':
        return text('text/csv; charset=utf-8', this.studies.resultText(id, 'figures'));
      default:
        return text('application/json', this.studies.resultText(id, 'json'));
    }
  }
}
