import type { Attachment } from 'svelte/attachments';

/** Lets a row that is wider than its place be moved by an ordinary mouse wheel, as long as there is more of it. */
export const sideways: Attachment<HTMLElement> = (row) => {
  const turn = (event: WheelEvent) => {
    if (event.deltaX !== 0 || event.ctrlKey || row.scrollWidth <= row.clientWidth) return;
    event.preventDefault();
    row.scrollLeft += event.deltaY;
  };
  row.addEventListener('wheel', turn, { passive: false });
  return () => row.removeEventListener('wheel', turn);
};
