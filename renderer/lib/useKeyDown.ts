import { useEffectEvent, useLayoutEffect } from 'react';

/**
 * Hears every key pressed in the window, with the handler of what is on the screen now.
 *
 * The listener is there and the handler is new in the very commit that paints them: a passive effect
 * would come later, and a quick key on a busy machine would meet the handler of the screen before it,
 * or none, and be lost.
 */
export function useKeyDown(handler: (event: KeyboardEvent) => void): void {
  const onKey = useEffectEvent(handler);
  useLayoutEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}
