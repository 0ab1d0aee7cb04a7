import { useEffect, useRef, useState } from "react";

/**
 * A form that a button opens in its own place: whoever goes by keyboard or ear goes on in its first field, and comes
 * back to the button.
 */
export function useOpening(initially = false) {
  const [isOpen, setOpen] = useState(initially);
  const button = useRef<HTMLButtonElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const wasOpen = useRef(false);
  useEffect(() => {
    if (isOpen === wasOpen.current) return;
    wasOpen.current = isOpen;
    const next = isOpen ? form.current?.querySelector<HTMLElement>("input, textarea, select") : button.current;
    next?.focus({ preventScroll: true });
  }, [isOpen]);
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false), button, form };
}
