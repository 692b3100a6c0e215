/** Writes what is made from tables: docs/cli.md. */
import { writeFileSync } from 'node:fs';
import { errorCodes } from '../src/base/errors.ts';
import { markdown } from '../src/cli/help.ts';

writeFileSync(new URL('../docs/cli.md', import.meta.url), markdown(errorCodes));
