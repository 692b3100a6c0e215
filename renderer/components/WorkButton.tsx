import { Button, type ButtonProps } from 'react-aria-components';

export interface WorkButtonProps extends Omit<ButtonProps, 'isPending'> {
  /** What the button started is under way: it takes no press, and stays where the focus is. */
  readonly isWorking: boolean;
}

/**
 * A button whose press takes time. While it works it is not disabled in the browser's sense: a disabled button loses
 * the focus, and with it a dialog its keys (Escape) and a keyboard user the place. It only says that it is
 * (`aria-disabled`) and takes no press. React Aria's own `isPending` announces an element without a name, which axe
 * reports.
 */
export function WorkButton({ isWorking, onPress, ...props }: WorkButtonProps) {
  return (
    <Button
      {...props}
      {...(isWorking ? { 'aria-disabled': true } : {})}
      onPress={(event) => {
        if (!isWorking) onPress?.(event);
      }}
    />
  );
}
