import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

/** The folder of real test data, outside the repository; undefined (and said) when it is not there. */
export const testData: string | undefined = (() => {
  const folder = resolve(root, process.env.GANTRY_TEST_DATA ?? '../shared/data');
  if (existsSync(folder)) return folder;
  process.stderr.write(
    'SKIPPED: the real test data is missing. Put it at ../shared/data or name it in GANTRY_TEST_DATA.\n',
  );
  return undefined;
})();
