import type { Protocol } from 'electron';
import { answerContent, type MediaSource, plainAnswer } from '../src/server/index.ts';
import { appOrigin, appScheme, isAppUrl } from './navigation.ts';

/** Must run before the app is ready. */
export function declareScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/**
 * Serves the app's pages and pictures under `app://gantry/`. The same rules decide as under `gantry serve`:
 * real paths below the renderer's folder, the same headers and policy.
 */
export function serveScheme(
  protocol: Pick<Protocol, 'handle'>,
  rendererDir: string,
  media: () => MediaSource,
): void {
  protocol.handle(appScheme, async (request) => {
    const answer =
      isAppUrl(request.url) && request.method === 'GET'
        ? await answerContent(rendererDir, media(), request.url.slice(appOrigin.length)).catch(() =>
            plainAnswer(500, 'The picture or page could not be made.'),
          )
        : plainAnswer(403, 'This address is not part of the app.');
    return new Response(answer.body, { status: answer.status, headers: answer.headers });
  });
}
