import { once } from 'node:events';
import { delimiter } from 'node:path';
import { startServer } from '../../server/index.ts';
import type { CommandContext } from '../context.ts';
import { needed, number, type Parsed, text } from '../parse.ts';

/** `gantry serve`: runs until Ctrl-C; ending it is success. */
export async function serveCommand(parsed: Parsed, { out, signal }: CommandContext): Promise<void> {
  const port = number(parsed, 'port');
  const allow = (text(parsed, 'allow') ?? '').split(delimiter).filter((folder) => folder !== '');
  const server = await startServer({
    workspace: needed(parsed, 'workspace'),
    allow,
    ...(port === undefined ? {} : { port }),
    onNotice: (message) => out.warning({ code: 'NOTICE', message }),
  });
  out.item(
    { url: server.url },
    `Gantry is at ${server.url}\nThe address holds a key; keep it to yourself. Ctrl-C ends it.`,
  );
  if (!signal.aborted) await once(signal, 'abort');
  await server.close();
  out.done({});
}
