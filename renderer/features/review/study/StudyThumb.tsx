import { useEffect, useRef } from 'react';
import { studyImageUrl } from '../../../../src/contract/studyMedia.ts';
import { startView } from '../../../../src/display/viewport.ts';
import { drawView, Painted } from '../viewer/draw.ts';
import { unitImage } from '../viewer/image.ts';

/** A study's image, small. */
export function StudyThumb({ studyId, place, label }: { studyId: string; place: number; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    let live = true;
    const show = async () => {
      const answer = await fetch(studyImageUrl(studyId, place));
      const values = new Uint16Array(await answer.arrayBuffer());
      if (!live || canvas.current === null) return;
      const image = unitImage(Math.round(Math.sqrt(values.length)), values);
      const painted = new Painted().paint(image, { window: image.own, invert: false, colours: 'grey' });
      drawView(canvas.current, painted, image, startView, true);
    };
    // A picture that does not come leaves its place black; the figures beside it stand.
    show().catch(() => {});
    return () => {
      live = false;
    };
  }, [studyId, place]);
  return <canvas ref={canvas} width={128} height={128} role="img" aria-label={label} />;
}
