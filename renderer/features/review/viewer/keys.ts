import { create } from 'zustand';

/** What a key can do in the viewer, and the keys that radiologists know it by. */
export const defaultKeys = {
  next: 'ArrowDown',
  previous: 'ArrowUp',
  window: 'w',
  pan: 'p',
  zoom: 'z',
  length: 'l',
  angle: 'g',
  region: 'r',
  invert: 'i',
  smooth: 's',
  zoomIn: '+',
  zoomOut: '-',
  turn: 't',
  flip: 'h',
  difference: 'd',
  flicker: 'f',
  split: 'v',
  cine: 'c',
  reset: '0',
  accept: 'a',
  reject: 'x',
  mark: 'm',
  undo: 'u',
} as const;

export type KeyAction = keyof typeof defaultKeys;
type Keys = Readonly<Record<KeyAction, string>>;
export const keyActions = Object.keys(defaultKeys) as readonly KeyAction[];

const place = 'review-keys';

function stored(): Keys {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '{}');
    const entries = keyActions.flatMap((action) => {
      const key = typeof kept === 'object' && kept !== null ? Reflect.get(kept, action) : undefined;
      return typeof key === 'string' && key.length < 20 ? [[action, key]] : [];
    });
    return { ...defaultKeys, ...Object.fromEntries(entries) };
  } catch {
    return defaultKeys;
  }
}

interface KeyStore {
  readonly keys: Keys;
  /** Gives a key to an action; whatever had it before gets the action's old one. */
  change(action: KeyAction, key: string): void;
  restore(): void;
}

function keep(keys: Keys): void {
  try {
    localStorage.setItem(place, JSON.stringify(keys));
  } catch {
    // A browser that keeps nothing still knows them until the page is closed.
  }
}

export const useKeys = create<KeyStore>((set, get) => ({
  keys: stored(),
  change(action, key) {
    const { keys } = get();
    const other = keyActions.find((one) => keys[one] === key);
    const next = { ...keys, [action]: key, ...(other === undefined ? {} : { [other]: keys[action] }) };
    if (other === action) return;
    keep(next);
    set({ keys: next });
  },
  restore() {
    keep(defaultKeys);
    set({ keys: defaultKeys });
  },
}));

/** The action of a key press, or undefined where it is for a field, a menu or the app. */
export function actionOf(event: KeyboardEvent): KeyAction | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return undefined;
  const target = event.target as HTMLElement;
  if (target.closest('input, textarea, select, [role="listbox"], [role="dialog"], [role="menu"]') !== null) {
    return undefined;
  }
  const isArrow = event.key.startsWith('Arrow');
  // Arrows move within a group of buttons, and only there.
  if (isArrow && target.closest('[role="toolbar"], [role="radiogroup"]') !== null) return undefined;
  const { keys } = useKeys.getState();
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return keyActions.find((action) => keys[action] === key);
}
