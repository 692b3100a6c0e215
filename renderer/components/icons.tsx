import type { ReactNode } from 'react';

/** Line drawings on a 16-pixel grid. They repeat what a label says and are hidden from screen readers. */
function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      width="16"
      height="16"
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const StackIcon = () => (
  <Icon>
    <path d="M8 2 14 5 8 8 2 5Z" />
    <path d="m2 8 6 3 6-3" />
    <path d="m2 11 6 3 6-3" />
  </Icon>
);
export const CurveIcon = () => (
  <Icon>
    <path d="M2 2v12h12" />
    <path d="M4.5 5c2 5.5 4 6 8.5 6" />
  </Icon>
);
export const CommandIcon = () => (
  <Icon>
    <path d="m3 5 3 3-3 3" />
    <path d="M8 12h5" />
  </Icon>
);
export const SunIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="2.6" />
    <path d="M8 1.5v1.5M8 13v1.5M1.5 8H3M13 8h1.5M3.4 3.4l1 1M11.6 11.6l1 1M12.6 3.4l-1 1M4.4 11.6l-1 1" />
  </Icon>
);
export const MoonIcon = () => (
  <Icon>
    <path d="M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5Z" />
  </Icon>
);
export const DotIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="3" fill="currentColor" />
  </Icon>
);
export const CheckIcon = () => (
  <Icon>
    <path d="m3 8.5 3.2 3L13 5" />
  </Icon>
);
export const PauseIcon = () => (
  <Icon>
    <path d="M6 4v8M10 4v8" />
  </Icon>
);
export const StopIcon = () => (
  <Icon>
    <rect x="4.5" y="4.5" width="7" height="7" rx="1" />
  </Icon>
);
export const WarnIcon = () => (
  <Icon>
    <path d="M8 2.5 14.5 13.5h-13Z" />
    <path d="M8 6.5v3.2M8 11.6v.1" />
  </Icon>
);
export const CrossIcon = () => (
  <Icon>
    <path d="m4 4 8 8M12 4l-8 8" />
  </Icon>
);
export const ClockIcon = () => (
  <Icon>
    <circle cx="8" cy="8" r="5.5" />
    <path d="M8 5v3.2l2 1.3" />
  </Icon>
);
export const CompareIcon = () => (
  <Icon>
    <rect x="2" y="3" width="5" height="10" rx="1" />
    <rect x="9" y="3" width="5" height="10" rx="1" />
  </Icon>
);
export const SparkIcon = () => (
  <Icon>
    <path d="M8 2v4M8 10v4M2 8h4M10 8h4" />
    <path d="m4.5 4.5 1.5 1.5M10 10l1.5 1.5M11.5 4.5 10 6M6 10l-1.5 1.5" />
  </Icon>
);
export const GaugeIcon = () => (
  <Icon>
    <path d="M2.5 12a5.5 5.5 0 1 1 11 0" />
    <path d="m8 12 3-4" />
  </Icon>
);
