import { useEffect, useState } from 'react';
import { loadImage, type ViewImage } from './image.ts';

/** The images of some addresses as they come; those of the last addresses stay until then. */
export function useImages(urls: readonly (string | null)[]): readonly (ViewImage | undefined)[] {
  const key = urls.join('\n');
  const [images, setImages] = useState<readonly (ViewImage | undefined)[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is the addresses
  useEffect(() => {
    let live = true;
    void Promise.all(
      urls.map((url) => (url === null ? undefined : loadImage(url).catch(() => undefined))),
    ).then((loaded) => {
      if (live) setImages(loaded);
    });
    return () => {
      live = false;
    };
  }, [key]);
  return images;
}
