import { useEffect, useRef } from "react";
import { reload } from "../router/router.ts";

/**
 * Return how a dialog closes after an answer. If the person has closed it before, another one may be open: that stays,
 * and the screen only shows what the answer changed.
 */
export function useClosing(onClose: () => void): () => void {
  const isOpen = useRef(false);
  useEffect(() => {
    isOpen.current = true;
    return () => {
      isOpen.current = false;
    };
  }, []);
  return () => {
    if (isOpen.current) onClose();
    else reload();
  };
}
