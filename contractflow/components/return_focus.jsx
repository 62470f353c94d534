import { useLayoutEffect } from "react";

const CLOSED_MS = 60; // Radix lets go of the focus a moment after the dialog has left

/** Inside a dialog that the state opens: on closing, the focus goes back to where it was. Radix only knows triggers. */
export function ReturnFocus() {
  useLayoutEffect(() => {
    const opener = document.activeElement;
    return () => setTimeout(() => {
      if (document.activeElement === document.body && opener?.isConnected) opener.focus();
    }, CLOSED_MS);
  }, []);
  return null;
}
