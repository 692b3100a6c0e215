import { useEffect, useLayoutEffect, useRef } from 'react';
import { useKeyDown } from '../../../lib/useKeyDown.ts';
import { actionOf } from './keys.ts';
import { zoomBy } from './Viewport.tsx';
import { useView } from './viewState.ts';

const cineMs = 100;

/** The viewer's keys, wherever the focus is on its page. */
export function useViewerKeys(onScroll: (by: number) => void): void {
  const scroll = useRef(onScroll);
  useLayoutEffect(() => {
    scroll.current = onScroll;
  });
  const cine = useRef<ReturnType<typeof setInterval>>(undefined);
  const stopCine = () => {
    clearInterval(cine.current);
    cine.current = undefined;
  };
  useEffect(() => () => clearInterval(cine.current), []);
  useKeyDown((event) => {
    const action = actionOf(event);
    if (action === undefined) return;
    const { view, set, mode, invert, smooth, reset } = useView.getState();
    const look = (next: 'difference' | 'flicker' | 'split') =>
      mode === next
        ? set({ mode: 'side', colours: 'grey' })
        : set({ mode: next, colours: next === 'difference' ? 'difference' : 'grey' });
    switch (action) {
      case 'next':
        scroll.current(1);
        break;
      case 'previous':
        scroll.current(-1);
        break;
      case 'window':
      case 'pan':
      case 'zoom':
      case 'length':
      case 'angle':
      case 'region':
        set({ tool: action });
        break;
      case 'difference':
      case 'flicker':
      case 'split':
        look(action);
        break;
      case 'invert':
        set({ invert: !invert });
        break;
      case 'smooth':
        set({ smooth: !smooth });
        break;
      case 'zoomIn':
        zoomBy(1.2);
        break;
      case 'zoomOut':
        zoomBy(1 / 1.2);
        break;
      case 'turn':
        set({ view: { ...view, turns: (view.turns + 1) % 4 } });
        break;
      case 'flip':
        set({ view: { ...view, flipped: !view.flipped } });
        break;
      case 'reset':
        reset();
        break;
      case 'cine':
        if (cine.current === undefined) cine.current = setInterval(() => scroll.current(1), cineMs);
        else stopCine();
        break;
      default:
        return;
    }
    event.preventDefault();
  });
}
