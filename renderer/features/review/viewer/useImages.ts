import { useEffect, useState } from 'react';
import { loadImage, type ViewImage } from './image.ts';

/**
 * The images of some addresses as they come; those of the last addresses stay until then, and `isBusy` says
 * that these are not yet what was asked for.
 */
export function useImages(urls: readonly (string | null)[]): {
  readonly images: readonly (ViewImage | undefined)[];
  readonly isBusy: boolean;
} {
  const key = urls.join('\n');
  const [loaded, setLoaded] = useState<{
    readonly key: string;
    readonly images: readonly (ViewImage | undefined)[];
  }>({ key: '', images: [] });
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the addresses
  useEffect(() => {
    let live = true;
    void Promise.all(
      urls.map((url) => (url === null ? undefined : loadImage(url).catch(() => undefined))),
    ).then((images) => {
      if (live) setLoaded({ key, images });
    });
    return () => {
      live = false;
    };
  }, [key]);
  return { images: loaded.images, isBusy: loaded.key !== key };
}
