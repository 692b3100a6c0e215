import { useRef } from 'react';
import { WorkButton } from './WorkButton.tsx';

export interface FileButtonProps {
  readonly label: string;
  /** What the button says while its file is at work; the file's name for screen readers stays `label`. */
  readonly text?: string;
  /** As of an input: ".zip". */
  readonly accept?: string;
  /** The file that was given is at work. */
  readonly isWorking?: boolean;
  onFile(file: File): void;
}

/** A button that asks for one file. */
export function FileButton({ label, text = label, accept, isWorking = false, onFile }: FileButtonProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <WorkButton className="button" isWorking={isWorking} onPress={() => input.current?.click()}>
        {text}
      </WorkButton>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        aria-label={label}
        onChange={(event) => {
          const file = event.target.files?.[0];
          // So that the same file can be chosen again.
          event.target.value = '';
          if (file !== undefined) onFile(file);
        }}
      />
    </>
  );
}
