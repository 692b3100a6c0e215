import type { Language } from '../stores/preferences.ts';

/** Figures as a reader of the language expects them. */
export function formatCount(value: number, language: Language): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);
}

/** Three significant digits, for losses and rates. */
export function formatFigure(value: number | null | undefined, language: Language): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  return new Intl.NumberFormat(language, { maximumSignificantDigits: 3 }).format(value);
}

export function formatWhen(iso: string, language: Language): string {
  const date = new Date(iso);
  if (Number.isNaN(date.valueOf())) return iso;
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' }).format(date);
}

const units = {
  en: { day: ' days', h: ' h', min: ' min', s: ' s', join: ' ' },
  ja: { day: '日', h: '時間', min: '分', s: '秒', join: '' },
} as const;

/** A duration in its two largest units: "2 h 5 min", "41 s". */
export function formatDuration(seconds: number, language: Language): string {
  const unit = units[language];
  const whole = Math.max(0, Math.round(seconds));
  const h = Math.floor(whole / 3600);
  const min = Math.floor((whole % 3600) / 60);
  const s = whole % 60;
  if (h > 0) return `${h}${unit.h}${unit.join}${min}${unit.min}`;
  if (min > 0) return `${min}${unit.min}${unit.join}${s}${unit.s}`;
  return `${s}${unit.s}`;
}

/** A duration that is not known exactly, in one unit: "40 s", "10 min", "3.5 h", "4.2 days". */
export function formatAbout(seconds: number, language: Language): string {
  const unit = units[language];
  const tenths = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))}${unit.s}`;
  if (seconds < 5400) return `${Math.round(seconds / 60)}${unit.min}`;
  if (seconds < 72 * 3600) return `${tenths.format(seconds / 3600)}${unit.h}`;
  return `${tenths.format(seconds / 86_400)}${unit.day}`;
}

const byteUnits = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A size in decimal units, as file managers show it: "1.2 GB". */
export function formatBytes(bytes: number, language: Language): string {
  const power = bytes < 1 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  const digits = power === 0 || value >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${byteUnits[power]}`;
}

/** A p value behind the letter p: "= 0.012", or "< 0.001" where more digits would say nothing. */
export function formatP(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : `= ${p.toFixed(3)}`;
}
