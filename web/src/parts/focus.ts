// Where the focus goes when what has it goes away. A browser forgets it then, and the next Tab begins at the top of the
// page, far from where the person was.

/** Remember where the focus is. Returns how to go back: there, or to its row, or to the row that has taken its place, or to the title. */
export function focusPlace(element: Element | null = document.activeElement): () => void {
  const row = element?.closest("tr, li") ?? null;
  const list = row?.parentElement ?? null;
  const index = row && list ? [...list.children].indexOf(row) : 0;
  return () => {
    if (element instanceof HTMLElement && element.isConnected && element !== document.body) {
      element.focus({ preventScroll: true });
      if (document.activeElement === element) return;
    }
    const near = row?.isConnected ? row : list?.isConnected ? list.children[Math.min(index, list.children.length - 1)] : null;
    const target = near ?? document.querySelector("main h1");
    if (!(target instanceof HTMLElement)) return;
    // The row, and not a button in it: a key that is still held would press that one too.
    target.tabIndex = -1;
    target.focus();
  };
}

/** Give the focus a new place whenever a change of the page takes away what has it. Returns how to stop. */
export function keepFocus(): () => void {
  let focused: Element | null = null;
  let goBack = focusPlace(null);
  const arrive = ({ target }: FocusEvent) => {
    // Menus and dialogs stand beside the page, and give the focus back themselves.
    focused = target instanceof Element && target.closest("#console") ? target : null;
    // From a message that goes, the way leads back to where the person was before, also if that is in a dialog.
    if (target instanceof Element && !target.closest("[role=alert], [role=status]")) goBack = focusPlace(target);
  };
  const leave = ({ target }: FocusEvent) => {
    queueMicrotask(() => {
      // A press beside everything takes the focus away on purpose.
      if (focused === target && focused?.isConnected && document.activeElement !== focused) focused = null;
    });
  };
  const observer = new MutationObserver(() => {
    if (focused?.isConnected !== false || document.activeElement !== document.body) return;
    focused = null;
    goBack();
  });
  addEventListener("focusin", arrive);
  addEventListener("focusout", leave);
  observer.observe(document.body, { childList: true, subtree: true });
  return () => {
    removeEventListener("focusin", arrive);
    removeEventListener("focusout", leave);
    observer.disconnect();
  };
}
